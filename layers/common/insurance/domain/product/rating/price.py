"""A price: the net premium, the charges on it, and its parts by cover."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from insurance.domain.core.money import Money


class Line(NamedTuple):
    """One line of a price. `rate` is None for a flat amount."""

    kind: str
    code: str
    name: str
    amount: Money
    rate: Decimal | None = None
    refund: str = "pro_rata"


class Price(NamedTuple):
    net: Money
    lines: tuple[Line, ...]
    by_cover: Mapping[str, Money]
    """The net premium by cover: the parts add up to the whole."""
    total: Money
    commission: Money | None = None
