"""Money: whole minor units of a currency, and the only places where it is rounded."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from functools import total_ordering
from typing import Annotated, Any, Self

from pydantic import Field

from insurance.domain.core.errors import CurrencyMismatch
from insurance.domain.core.value import Value

AMOUNT_MAX = 10**15
"""Ten trillion pounds: past any sum insured, and far inside what every consumer reads exactly."""

EXACT = Context(prec=60)
"""Wide enough that a product of an amount and a chain of rates is never rounded on the way."""


class Currency(StrEnum):
    """ISO 4217 codes that a product may be written in."""

    AUD = "AUD"
    BHD = "BHD"
    CAD = "CAD"
    CHF = "CHF"
    DKK = "DKK"
    EUR = "EUR"
    GBP = "GBP"
    JPY = "JPY"
    KRW = "KRW"
    KWD = "KWD"
    NOK = "NOK"
    NZD = "NZD"
    PLN = "PLN"
    SEK = "SEK"
    TND = "TND"
    USD = "USD"

    @property
    def exponent(self) -> int:
        """Digits of the minor unit, from the standard: JPY 0, KWD 3, else 2."""
        return EXPONENTS.get(self, 2)


EXPONENTS = {
    Currency.BHD: 3,
    Currency.JPY: 0,
    Currency.KRW: 0,
    Currency.KWD: 3,
    Currency.TND: 3,
}


@total_ordering
class Money(Value):
    """An exact amount in whole minor units: 169.26 GBP is `Money(amount=16926, currency="GBP")`."""

    amount: Annotated[int, Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
    currency: Currency

    @classmethod
    def zero(cls, currency: Currency) -> Self:
        return cls(amount=0, currency=currency)

    @classmethod
    def of(cls, major: Decimal | str, currency: Currency) -> Self:
        """From major units: `Money.of("169.26", GBP)`. Raises ValueError if it is not exact."""
        scaled = Decimal(major).scaleb(currency.exponent, EXACT)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{major} {currency} is finer than its minor unit")
        return cls(amount=int(scaled), currency=currency)

    def times(self, rate: Decimal, *, rounding: str = ROUND_HALF_UP) -> Self:
        """Scale by a rate, rounding once, here."""
        scaled = EXACT.multiply(Decimal(self.amount), rate)
        return self._with_amount(int(scaled.quantize(Decimal(1), rounding, EXACT)))

    def split(self, weights: Sequence[int | Decimal]) -> tuple[Self, ...]:
        """Share by weight; the parts add up to the whole.

        Each part is rounded towards zero; the odd units go one each to the largest remainders,
        the earlier part first when they tie.

        Raises:
            ValueError: A weight is negative, or none is positive.
        """
        return tuple(self._with_amount(share) for share in split(self.amount, weights))

    def __add__(self, other: Self) -> Self:
        return self._with_amount(self.amount + self._same(other).amount)

    def __sub__(self, other: Self) -> Self:
        return self._with_amount(self.amount - self._same(other).amount)

    def __neg__(self) -> Self:
        return self._with_amount(-self.amount)

    def __lt__(self, other: Self) -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: Self) -> bool:
        return self.amount <= self._same(other).amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.major:f} {self.currency}"

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact: for people, never for arithmetic."""
        return Decimal(self.amount).scaleb(-self.currency.exponent, EXACT)

    def _with_amount(self, amount: int) -> Self:
        return type(self)(amount=amount, currency=self.currency)

    def _same(self, other: Any) -> Self:
        if not isinstance(other, type(self)):
            raise TypeError(f"money adds to money, not to {type(other).__name__}")
        if other.currency is not self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other


def total(parts: Iterable[Money], currency: Currency) -> Money:
    """The sum of the parts, zero when there are none.

    Raises:
        CurrencyMismatch: A part has another currency.
    """
    return Money(amount=minor_units(parts, currency), currency=currency)


def minor_units(parts: Iterable[Money], currency: Currency) -> int:
    """The sum of the parts in minor units, where no `Money` is needed of it.

    Raises:
        CurrencyMismatch: A part has another currency.
    """
    amount = 0
    for part in parts:
        if part.currency is not currency:
            raise CurrencyMismatch(currency, part.currency)
        amount += part.amount
    return amount


def split(amount: int, weights: Sequence[int | Decimal]) -> list[int]:
    """`Money.split` on minor units alone.

    Raises:
        ValueError: A weight is negative, or none is positive.
    """
    units = _whole(weights)
    whole_units = sum(units)
    if whole_units <= 0 or min(units) < 0:
        raise ValueError("weights must be zero or more, and one of them positive")
    size = abs(amount)
    shares, remainders = [], []
    for unit in units:
        share, remainder = divmod(size * unit, whole_units)
        shares.append(share)
        remainders.append(remainder)
    odd = size - sum(shares)
    if odd:
        by_remainder = sorted(range(len(shares)), key=remainders.__getitem__, reverse=True)
        for place in by_remainder[:odd]:
            shares[place] += 1
    return shares if amount >= 0 else [-share for share in shares]


def _whole(weights: Sequence[int | Decimal]) -> Sequence[int]:
    """The same proportions in whole numbers: a quotient of decimals would round."""
    exact = [weight for weight in weights if isinstance(weight, Decimal)]
    if not exact:
        return [int(weight) for weight in weights]
    scale = 10 ** max(-_exponent(weight) for weight in exact)
    return [int(weight * scale) for weight in weights]


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"{number} is not a finite number")  # noqa: TRY004 - the value is at fault
    return min(exponent, 0)
