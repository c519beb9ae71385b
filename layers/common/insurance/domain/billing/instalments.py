"""Instalments: a sum over the due dates of a plan; the parts add up, and the odd units go where the
product says."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, NamedTuple

from pydantic import Field

from insurance.domain.core.arithmetic import add_months, half_up
from insurance.domain.core.money import Money
from insurance.domain.core.period import Period
from insurance.domain.core.value import Value
from insurance.domain.product import Product
from insurance.domain.product.definition import model

ANNUAL = "annual"
"""The plan that every product has: all at once."""

DAYS_OF_A_MONTH = Fraction(1461, 48)


class OddUnits(StrEnum):
    """Where the units go that do not divide."""

    FIRST = "first"
    LAST = "last"
    SPREAD_LAST = "spread_last"
    """One each over the last instalments."""
    WRITE_OFF = "write_off"
    """Nowhere: they are forgone."""


class Plan(Value):
    """A way to pay, as the product offers it."""

    code: str
    name: str
    count: Annotated[int, Field(ge=1, le=366)]
    charge_rate: Decimal = Decimal(0)
    """Of the sum: the price of paying later."""
    odd_units: OddUnits = OddUnits.FIRST

    def charge_on(self, total: Money) -> Money:
        return total.times(self.charge_rate)


class Due(Value):
    """So much, on a day."""

    number: Annotated[int, Field(ge=1)]
    due_on: date
    amount: Money


class InstalmentSchedule(NamedTuple):
    dues: tuple[Due, ...]
    forgone: Money
    """What does not divide, where the plan forgoes it."""


def plans_of(product: Product) -> tuple[Plan, ...]:
    """The plans on offer, paying at once first."""
    rows = product.life.instalments
    is_straight_through = Plan(code=ANNUAL, name="All at once", count=1)
    return (is_straight_through, *(_plan(row) for row in rows if row.code != ANNUAL))


def schedule(total: Money, plan: Plan, first_due: date, term: Period) -> InstalmentSchedule:
    """The plan's instalments of a sum, all of them due within the term; what is due never exceeds
    the sum."""
    amounts, forgone = divided(total, plan.count, plan.odd_units)
    days = _due_days(plan.count, first_due, term)
    dues = tuple(
        Due(number=place + 1, due_on=due_on, amount=amount)
        for place, (due_on, amount) in enumerate(zip(days, amounts, strict=True))
    )
    return InstalmentSchedule(dues, forgone)


def _due_days(count: int, first_due: date, term: Period) -> Iterator[date]:
    """So many whole months apart; where there are more instalments than months, in equal days."""
    days = (term.end - term.start + timedelta(hours=12)) // timedelta(days=1)
    months = round(days / DAYS_OF_A_MONTH)
    for place in range(count):
        if months >= count:
            yield add_months(first_due, place * (months // count))
        else:
            yield first_due + timedelta(days=place * days // count)


def divided(total: Money, count: int, odd_units: OddUnits) -> tuple[list[Money], Money]:
    """Equal parts, each the nearest; then what is over or short goes where the plan says."""
    equal = half_up(total.amount, count)
    if odd_units is OddUnits.WRITE_OFF:
        equal = total.amount // count
    odd = total.amount - equal * count
    parts = [equal] * count
    match odd_units:
        case OddUnits.FIRST:
            parts[0] += odd
        case OddUnits.LAST:
            parts[-1] += odd
        case OddUnits.SPREAD_LAST:
            for place in range(1, abs(odd) + 1):
                parts[-place] += 1 if odd > 0 else -1
        case OddUnits.WRITE_OFF:
            forgone = Money(amount=odd, currency=total.currency)
            return [Money(amount=part, currency=total.currency) for part in parts], forgone
    moneys = [Money(amount=part, currency=total.currency) for part in parts]
    return moneys, Money.zero(total.currency)


def _plan(row: model.InstalmentPlan) -> Plan:
    return Plan(
        code=row.code,
        name=row.title,
        count=row.count,
        charge_rate=Decimal(str(row.charge_rate)),
        odd_units=OddUnits(row.odd_units),
    )
