"""The products that are sold: bundled with the layer or published, each compiled once per process."""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.errors import ProductNotFound
from insurance.domain.core.identity import Mode, version_id_for
from insurance.domain.product import Product
from insurance.domain.product.publishing.release import ProductVersion, order
from insurance.products import files, product, versions

if TYPE_CHECKING:
    from insurance.domain.product.definition.files import Files
    from insurance.operations.files.ports import Objects
    from insurance.operations.products.ports import KnownVersions

STATE_SECONDS = 60
"""How long a process goes by what it read of a product's versions: a withdrawn one is sold no longer."""

PRODUCTS_MOST = 200
"""Products whose state a process remembers, and published versions that it keeps compiled."""


class BundledVersions:
    """The port `Seeds`: what ships does not change while a process lives."""

    def __init__(self) -> None:
        self._titles = tuple(versions())

    def known(self, mode: Mode, code: str | None = None) -> Sequence[ProductVersion]:
        return [
            ProductVersion.seed(version_id_for(mode, of, version), product(of, version))
            for of, version in self._titles
            if code in {None, of}
        ]

    def files(self, code: str, version: str) -> "Files":
        return files(code, version)


class Catalogue:
    """The port `Products`.

    What a published version says never changes under its content's address, so it is read and
    compiled once. Whether it is sold is read again after a minute: one read beside the command's own
    (docs/adr/0009). Who only serves policies never asks that, and needs no table of products.
    """

    def __init__(
        self,
        *,
        stored: "Callable[[], KnownVersions]",
        contents: "Callable[[], Objects]",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._stored, self._contents, self._now = stored, contents, now
        self._seeds = BundledVersions()
        self._states: dict[tuple[Mode, str | None], tuple[float, Sequence[ProductVersion]]] = {}
        self._published = lru_cache(maxsize=PRODUCTS_MOST)(self._compiled)

    def on_sale(self, code: str, day: date, mode: Mode) -> Product:
        return self._newest(code, day, mode, renewal=False)

    def for_renewal(self, code: str, day: date, mode: Mode) -> Product:
        return self._newest(code, day, mode, renewal=True)

    def version(self, ref: ProductRef) -> Product:
        return self._published(ref.content) if ref.content else product(ref.code, ref.version)

    def all_on_sale(self, day: date, mode: Mode) -> Sequence[Product]:
        newest = {
            version.code: version for version in self._known(mode, None) if version.sold_on(day)
        }
        return [self.version(newest[code].ref) for code in sorted(newest)]

    def codes(self, mode: Mode) -> Collection[str]:
        return {version.code for version in self._known(mode, None)}

    def territories(self, mode: Mode, code: str | None = None) -> Collection[str]:
        known = self._known(mode, code)
        return {place for each in known for place in self.version(each.ref).territories}

    def sells(self, ref: ProductRef, day: date, mode: Mode, *, renewal: bool) -> bool:
        return any(
            version.version == ref.version and version.sold_on(day, renewal=renewal)
            for version in self._known(mode, ref.code)
        )

    def compile_bundled(self) -> None:
        """Compile what ships, before anybody asks for it."""
        for code, version in versions():
            product(code, version).compile()

    def _newest(self, code: str, day: date, mode: Mode, *, renewal: bool) -> Product:
        for version in reversed(self._known(mode, code)):
            if version.sold_on(day, renewal=renewal):
                return self.version(version.ref)
        raise ProductNotFound(code)

    def _known(self, mode: Mode, code: str | None) -> Sequence[ProductVersion]:
        """The versions of a product, or of all, the newest last: as of a minute ago at most."""
        read_at, known = self._states.get((mode, code), (0.0, ()))
        now = self._now()
        if not 0 <= now - read_at < STATE_SECONDS:
            known = self._read(mode, code)
            if len(self._states) >= PRODUCTS_MOST:
                self._states.clear()
            self._states[mode, code] = (now, known)
        return known

    def _read(self, mode: Mode, code: str | None) -> Sequence[ProductVersion]:
        versions = {
            (version.code, version.version): version for version in self._seeds.known(mode, code)
        }
        for stored in self._stored().known(mode, code):
            versions[stored.record.code, stored.record.version] = stored.record
        return sorted(versions.values(), key=lambda version: (version.code, order(version.version)))

    def _compiled(self, content: str) -> Product:
        from insurance.operations.products.product_files import stored_files  # noqa: PLC0415 - bundled ones need none

        return Product(stored_files(content, self._contents()).trusted())
