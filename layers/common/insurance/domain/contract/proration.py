"""Proration: the exact share of a term that a span of it is, and that share of an amount.

A day count gives every instant a position on the term; a share is the difference of two positions.
So shares of a term that is split anywhere add up to the whole, whatever the day count.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import Annotated, Final, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from insurance.domain.core.arithmetic import ROUNDING, add_months, floor
from insurance.domain.core.money import Money
from insurance.domain.core.period import Period
from insurance.domain.core.value import Value

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class DayCount(StrEnum):
    """How the length of a span is measured. Days and months are in the time zone of the risk."""

    ACTUAL = "actual"
    """Calendar days, of the calendar days of the term."""
    MONTHS = "months"
    """Months from the term's first day; a part of a month by that month's days."""
    THIRTY_360 = "30E/360"
    """Months of thirty days: the 31st counts as the 30th."""
    MILLISECONDS = "milliseconds"
    """Elapsed time: a day on which clocks change is shorter or longer."""

    @property
    def unit(self) -> str:
        return "days" if self in {DayCount.ACTUAL, DayCount.THIRTY_360} else self.value


class ProrationRounding(NamedTuple):
    """Where and how a product rounds an amount that it splits by time."""

    mode: str = "half_up"
    unit: int = 1
    """In minor units."""
    by_line: bool = False
    """Each line for itself, instead of once on the sum."""

    def rounded(self, amount: Fraction) -> int:
        units = ROUNDING[self.mode](amount.numerator, amount.denominator * self.unit)
        return units * self.unit


HALF_UP: Final = ProrationRounding()


class Share(Value):
    """A part of a whole, both counted in the same unit: 183 of 365 days."""

    part: Annotated[int, Field(ge=0)]
    whole: Annotated[int, Field(gt=0)]
    unit: str
    per_unit: Annotated[int, Field(gt=0)] = 1
    """Parts of one unit, where a unit is divided: 31 for a day of a month of 31."""

    @property
    def exact(self) -> Fraction:
        return Fraction(self.part, self.whole)

    def of(self, amount: Money, rounding: ProrationRounding = HALF_UP) -> Money:
        """This share of an amount, rounded once."""
        rounded = rounding.rounded(amount.amount * self.exact)
        return Money(amount=rounded, currency=amount.currency)

    def __str__(self) -> str:
        return f"{self._units(self.part)}/{self._units(self.whole)} {self.unit}"

    def _units(self, count: int) -> str:
        """Whole units, and what is left over as a fraction of one."""
        whole, rest = divmod(count, self.per_unit)
        if not rest:
            return str(whole)
        return f"({whole} {Fraction(rest, self.per_unit)})"


class Measure(NamedTuple):
    """A term, and how time on it is counted."""

    term: Period
    day_count: DayCount
    zone: ZoneInfo

    def share(self, span: Period) -> Share:
        """The share of the term that the span is; only its part inside the term counts."""
        return self.between(span.start, span.end)

    def between(self, first: datetime, last: datetime) -> Share:
        """The share of the term between two instants."""
        start, end = (self._position(self._inside(moment)) for moment in (first, last))
        return self._share(end - start)

    def elapsed(self, at: datetime) -> Share:
        return self._share(self._position(self._inside(at)))

    def remaining(self, at: datetime) -> Share:
        return self._share(self._whole - self._position(self._inside(at)))

    @property
    def _whole(self) -> Fraction:
        return self._position(self.term.end)

    def _share(self, part: Fraction) -> Share:
        whole = self._whole
        per_unit = reduce(lcm, (part.denominator, whole.denominator))
        return Share(
            part=int(part * per_unit),
            whole=int(whole * per_unit),
            unit=self.day_count.unit,
            per_unit=per_unit,
        )

    def _inside(self, moment: datetime) -> datetime:
        return min(max(moment, self.term.start), self.term.end)

    def _position(self, moment: datetime) -> Fraction:
        """How far the moment is from the term's start, in the day count's unit."""
        start, day = self._day(self.term.start), self._day(moment)
        match self.day_count:
            case DayCount.ACTUAL:
                return Fraction((day - start).days)
            case DayCount.MONTHS:
                return _months(start, day)
            case DayCount.THIRTY_360:
                return Fraction(_thirty_360(day) - _thirty_360(start))
            case DayCount.MILLISECONDS:
                return Fraction(_milliseconds(moment) - _milliseconds(self.term.start))

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def portions(
    amounts: Sequence[Money], share: Share, rounding: ProrationRounding = HALF_UP
) -> list[Money]:
    """The share of each amount. By default the sum is rounded once and the parts re-add to it.

    The odd units then go one each to the largest remainders, the earlier amount first.
    """
    exact = [amount.amount * share.exact for amount in amounts]
    if rounding.by_line or not amounts:
        rounded = [rounding.rounded(part) for part in exact]
    else:
        rounded = _readding(exact, rounding)
    return [
        Money(amount=whole, currency=amount.currency)
        for whole, amount in zip(rounded, amounts, strict=True)
    ]


def _readding(exact: Sequence[Fraction], rounding: ProrationRounding) -> list[int]:
    unit = rounding.unit
    parts = [floor(part.numerator, part.denominator * unit) for part in exact]
    odd = rounding.rounded(sum(exact, Fraction(0))) // unit - sum(parts)
    by_remainder = sorted(range(len(exact)), key=lambda place: parts[place] * unit - exact[place])
    for place in by_remainder[:odd]:
        parts[place] += 1
    return [part * unit for part in parts]


def _months(start: date, day: date) -> Fraction:
    """Months since the start, the last one by its own days. A start on the 31st meets month ends."""
    months = (day.year - start.year) * 12 + day.month - start.month
    if add_months(start, months) > day:
        months -= 1
    reached, following = add_months(start, months), add_months(start, months + 1)
    return months + Fraction((day - reached).days, (following - reached).days)


def _thirty_360(day: date) -> int:
    return day.year * 360 + day.month * 30 + min(day.day, 30)


def _milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


class Earning(Value):
    """An amount that is earned evenly over a span, or whole as soon as that begins."""

    amount: Money
    period: Period
    immediate: bool = False

    def earned(self, at: datetime, day_count: DayCount, zone: ZoneInfo) -> Fraction:
        """How much of it is earned at this instant, exact; all of it at the end, never more."""
        if self.immediate:
            return Fraction(self.amount.amount if at >= self.period.start else 0)
        return self.amount.amount * Measure(self.period, day_count, zone).elapsed(at).exact


def earned(
    parts: Sequence[Earning], at: datetime, *, day_count: DayCount, zone: ZoneInfo
) -> Fraction:
    """What all the parts have earned at an instant, in minor units, exact: round it once."""
    return sum((part.earned(at, day_count, zone) for part in parts), Fraction(0))
