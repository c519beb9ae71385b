"""What operations on products are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from insurance.domain.contract.terms import ProductRef
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode
    from insurance.domain.core.stored import Stored
    from insurance.domain.product import Product
    from insurance.domain.product.definition.source import Files
    from insurance.domain.product.publishing.release import ProductVersion
    from insurance.operations.receipt import Receipt


class Products(Protocol):
    def on_sale(self, code: str, day: date, mode: Mode) -> Product:
        """The version that new business is written on that day, or ProductNotFound."""

    def for_renewal(self, code: str, day: date, mode: Mode) -> Product:
        """The version that renewals are written on that day, or ProductNotFound."""

    def version(self, ref: ProductRef) -> Product:
        """The version that a quote or policy was made on, on sale or not."""

    def all_on_sale(self, day: date, mode: Mode) -> Sequence[Product]: ...

    def sells(self, ref: ProductRef, day: date, mode: Mode, *, renewal: bool) -> bool:
        """Whether a quote on this version may still become a policy."""


class KnownVersions(Protocol):
    def known(self, mode: Mode, code: str | None = None) -> Sequence[Stored[ProductVersion]]:
        """Every stored version, or those of one product."""


class ProductVersions(KnownVersions, Protocol):
    """Where the versions of products stand in their lives; what they say is in `Contents`."""

    def get(self, mode: Mode, code: str, version: str) -> Stored[ProductVersion]:
        """Raise VersionNotFound when there is none."""

    def load(
        self, mode: Mode, code: str, version: str, receipt: Receipt
    ) -> Stored[ProductVersion] | None:
        """In one read with the receipt; raise AlreadyAnswered or KeyReused if that is there."""

    def store(
        self,
        event: Event,
        version: ProductVersion,
        *,
        before: Stored[ProductVersion] | None,
        receipt: Receipt,
    ) -> None:
        """Store the version as the event left it; raise StaleRevision when it has moved on."""


class Seeds(Protocol):
    """The versions that ship with the code."""

    def known(self, mode: Mode, code: str | None = None) -> Sequence[ProductVersion]: ...
    def files(self, code: str, version: str) -> Files: ...
