"""The types of product expressions: every number has a scale that is known before it is run.

A number is held as a whole number of 10^-scale: 0.35 is 35 at scale 2, and 12,000.00 GBP is 1200000
at scale 2. Sums align scales, products add them, so a chain of factors is exact, and as fast as
whole numbers are.
"""

import re
from collections.abc import Mapping
from decimal import Context, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""What a name in a definition looks like."""

WIDE: Final = Context(prec=1_000)
"""Wide enough that no product of scaled numbers is ever rounded by decimal arithmetic."""


class Kind(StrEnum):
    NUMBER = "number"
    MONEY = "money"
    BOOL = "yes/no"
    TEXT = "text"
    DATE = "date"
    RECORD = "record"
    LIST = "list"


class Type(NamedTuple):
    kind: Kind
    scale: int = 0
    low: Decimal | None = None
    high: Decimal | None = None
    constant: Decimal | None = None
    choices: tuple[str, ...] = ()
    fields: "Mapping[str, Type]" = MappingProxyType({})
    fewest: int = 0
    most: int = 0
    optional: bool = False
    literal: bool = False
    """Made of written numbers alone, which may stand for money: `250`, a rate table's value."""

    def __str__(self) -> str:
        return f"an optional {self.kind}" if self.optional else f"a {self.kind}"

    @property
    def numeric(self) -> bool:
        return self.kind is Kind.NUMBER or self.kind is Kind.MONEY


class Term(NamedTuple):
    """A checked expression: its Python source and its type."""

    code: str
    type: Type


BOOL = Type(Kind.BOOL)
TEXT = Type(Kind.TEXT)
DATE = Type(Kind.DATE)


def number(scale: int = 0, low: Decimal | None = None, high: Decimal | None = None) -> Type:
    return Type(Kind.NUMBER, scale, low, high)


def money(scale: int, low: Decimal | None = None, high: Decimal | None = None) -> Type:
    return Type(Kind.MONEY, scale, low, high)


def constant(value: Decimal) -> Term:
    """A literal number at the smallest scale that holds it."""
    scale = places(value)
    whole = int(value.scaleb(scale))
    return Term(
        str(whole), Type(Kind.NUMBER, scale, low=value, high=value, constant=value, literal=True)
    )


def places(value: Decimal) -> int:
    """Decimal places that the number needs: 0.350 needs 2, 400 needs 0."""
    exponent = value.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def at_scale(term: Term, scale: int) -> str:
    """The term's source, raised to a scale that is not below its own."""
    gap = scale - term.type.scale
    if gap == 0:
        return term.code
    if term.type.constant is not None:
        return str(int(term.type.constant.scaleb(scale)))
    return f"({term.code} * {10**gap})"


def as_decimal(held: int, scale: int) -> Decimal:
    """A held number as people write it, exact."""
    return WIDE.scaleb(Decimal(held), -scale)
