"""A product from its files: bounded before it is read, and every fault with its place."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final, NamedTuple, Self

from insurance.domain.core.packing import canonical
from insurance.domain.product.definition import shape
from insurance.domain.product.definition.source import ProductSource
from insurance.domain.product.faults import InvalidProduct, refuse

DOCUMENT_MAX: Final = 1_000_000
TABLES_MAX: Final = 5_000_000
TABLE_COUNT_MAX: Final = 200
NESTING_MAX: Final = 60


@cache
def schema() -> Mapping[str, Any]:
    """The published JSON Schema of product.json."""
    text = files("insurance.products").joinpath("product.schema.json").read_text("utf-8")
    document: Mapping[str, Any] = json.loads(text)
    return document


def parsed(text: str, name: str) -> Any:
    """JSON with exact decimals and no duplicate keys.

    Raises:
        InvalidProduct: The text is too long, nests too deep, or is no such JSON.
    """
    if len(text) > DOCUMENT_MAX:
        raise refuse(name, f"{len(text)} characters", f"at most {DOCUMENT_MAX}")
    _bound_nesting(text, name)
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_no_duplicates,
        )
    except json.JSONDecodeError as error:
        line = "".join(text.split("\n")[error.lineno - 1 : error.lineno]).strip()
        where = f"{name} line {error.lineno}, column {error.colno}"
        raise refuse(where, line, "JSON", f"{error.msg}.") from error
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise refuse(name, str(error), "JSON") from error


def _bound_nesting(text: str, name: str) -> None:
    """Counted over text and strings alike: a document has no reason to come near the bound."""
    depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            if depth > NESTING_MAX:
                raise refuse(name, "brackets in brackets", f"at most {NESTING_MAX} deep")
        elif character in "]}":
            depth -= 1


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the property {twice[:80]!r} twice in one object")
    return fields


class Files(NamedTuple):
    """A version's files as they were sent: what is stored, and what its address is made of."""

    document: str
    tables: Mapping[str, str]
    scenarios: str | None = None

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        return cls(**json.loads(packed))

    def packed(self) -> bytes:
        return canonical(self._asdict())

    @property
    def content(self) -> str:
        """The content's address."""
        return sha256(self.packed()).hexdigest()

    def source(self) -> ProductSource:
        """Read, and held against the schema.

        Raises:
            InvalidProduct: All the faults of its shape.
        """
        read = read_source(self.document, self.tables, self.scenarios)
        return read._replace(content=self.content)

    def trusted(self) -> ProductSource:
        """As it was when it was published: its checks are not made again, its scenarios not read."""
        written = json.loads(self.document.removeprefix("\ufeff"), parse_float=Decimal)
        return ProductSource(written, self.tables, content=self.content)


def read_source(document: str, tables: Mapping[str, str], scenarios: str | None) -> ProductSource:
    """A product of the right shape.

    Raises:
        InvalidProduct: The files are too large, no JSON, or not as the schema has it.
    """
    written = parsed(document, "product.json")
    faults = shape.faults(written, schema())
    if faults:
        raise InvalidProduct(faults)
    if len(tables) > TABLE_COUNT_MAX or sum(map(len, tables.values())) > TABLES_MAX:
        raise refuse("/", "tables too many or too large", f"at most {TABLES_MAX} characters")
    examples = None if scenarios is None else parsed(scenarios, "scenarios.json")
    return ProductSource(written, tables, examples)
