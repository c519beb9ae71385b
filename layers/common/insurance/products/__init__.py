"""Product definitions: data, bundled with the code as seeds. Each folder is CODE/VERSION."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from insurance.domain.core.errors import ProductNotFound
from insurance.domain.product.definition.source import ProductSource
from insurance.domain.product.faults import did_you_mean
from insurance.domain.product.product import Product
from insurance.domain.product.publishing.release import order

if TYPE_CHECKING:
    from insurance.domain.product.definition.files import Files

HERE = Path(__file__).parent


def versions() -> Iterator[tuple[str, str]]:
    """Every bundled version, the newest of a product last."""
    folders = [document.parent for document in HERE.glob("*/*/product.json")]
    for folder in sorted(folders, key=lambda one: (one.parent.name, order(one.name))):
        yield folder.parent.name, folder.name


def read(folder: Path) -> ProductSource:
    """A definition from its folder: product.json, and the CSV tables beside it."""
    tables = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.csv"))}
    return ProductSource(_json(folder / "product.json"), tables)


def scenarios(code: str, version: str) -> Any:
    """The examples that a bundled version ships with; rating does not need them."""
    return _json(HERE / code / version / "scenarios.json")


def files(code: str, version: str) -> "Files":
    """A bundled version's files, as they ship."""
    from insurance.domain.product.definition.files import Files  # noqa: PLC0415 - only who edits wants them

    folder = HERE / code / version
    tables = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.csv"))}
    document, examples = (
        (folder / name).read_text("utf-8") for name in ("product.json", "scenarios.json")
    )
    return Files(document, tables, examples)


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"), parse_float=Decimal)


@cache
def _compiled(code: str, version: str) -> Product:
    return Product(read(HERE / code / version))


@cache
def _versions_by_code() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, version in versions():
        found[code] = (*found.get(code, ()), version)
    return MappingProxyType(found)


def bundled() -> Mapping[str, Product]:
    """The newest version of every bundled product, by code."""
    return {code: _compiled(code, known[-1]) for code, known in _versions_by_code().items()}


def product(code: str, version: str | None = None) -> Product:
    """One product, the newest version unless one is named.

    Raises:
        ProductNotFound: There is no such product, or no such version of it.
    """
    known = _versions_by_code()
    if code not in known:
        raise ProductNotFound(f"{code}. {did_you_mean(code, known)}".strip(". "))
    if version is not None and version not in known[code]:
        raise ProductNotFound(f"{code} {version}. {did_you_mean(version, known[code])}".strip(". "))
    return _compiled(code, version or known[code][-1])


class SampleLookUps:
    """Look-ups answered from a small bundled sample; what is not in it is unavailable."""

    def __init__(self) -> None:
        self._samples: dict[str, Mapping[str, Any]] = {}

    def find(self, source: str, key: str) -> Mapping[str, object] | None:
        """What is known of the key, however it is spaced and written; None: unavailable."""
        if source not in self._samples:
            path = HERE / "look_ups" / f"{source}.json"
            known = (
                json.loads(path.read_text("utf-8"), parse_float=Decimal) if path.is_file() else {}
            )
            self._samples[source] = known
        sample: Mapping[str, object] | None = self._samples[source].get(normal(key))
        return sample


def normal(key: str) -> str:
    return "".join(key.split()).upper()
