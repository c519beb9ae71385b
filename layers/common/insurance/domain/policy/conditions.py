"""Conditions: a product's rules for changing and ending its policies, as values."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from insurance.domain.contract.proration import DayCount, Rounding
from insurance.domain.core.money import Currency, Money
from insurance.domain.jurisdiction import Jurisdiction
from insurance.domain.policy.transaction import Initiator
from insurance.domain.product import Product
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.kinds import Term, number

LONGEST_TERM_DAYS = 3660

type Retention = Callable[[int, int], Fraction]
"""The share of the term's price that is retained, by days in force and days of the term."""


class Cancelling(NamedTuple):
    """How a cancellation is charged, by its initiator and reason."""

    by: Initiator
    reason: str | None
    """None: any reason. A row for one reason goes first."""
    method: str
    fee: Money
    retained: Fraction
    """Of what is unearned."""
    retention: Retention | None
    """Of the term's price, by a table or a formula."""
    minimum_earned: Fraction
    """In minor units, or a share of the term's price where it is at most 1."""


class Conditions(NamedTuple):
    """All that the charges of a policy need from its product."""

    currency: Currency
    zone: ZoneInfo
    day_count: DayCount
    rounding: Rounding
    adjusts: bool
    """Whether a change is charged pro rata; else only its fee is."""
    adjustment_fee: Money
    reprice_on_contract: bool
    cancelling: tuple[Cancelling, ...]
    cooling_off_days: int
    reinstatement_days: int
    jurisdiction: Jurisdiction | None
    """Whose rules of notice the insurer follows before it ends cover; None: there are none."""

    @classmethod
    def of(cls, product: Product) -> Self:
        life = product.life
        adjustment = life.section("adjustment")
        rows = life.section("cancellation").get("rows", ())
        return cls(
            currency=product.currency,
            zone=product.zone,
            day_count=DayCount(product.day_count),
            rounding=Rounding(
                mode=product.rounding.mode,
                unit=product.rounding.unit,
                by_line=adjustment.get("rounding") == "line",
            ),
            adjusts=adjustment.get("method", "pro_rata") == "pro_rata",
            adjustment_fee=life.money(adjustment.get("fee", 0)),
            reprice_on_contract=adjustment.get("reprice_on", "contract") == "contract",
            cancelling=tuple(_cancelling(row, product) for row in rows),
            cooling_off_days=life.cooling_off_days,
            reinstatement_days=life.reinstatement_days,
            jurisdiction=life.jurisdiction,
        )

    def for_cancelling(self, by: Initiator, reason: str | None) -> Cancelling | None:
        """The row for this initiator and reason, else the one for any reason."""
        rows = [row for row in self.cancelling if row.by is by]
        exact = [row for row in rows if row.reason is not None and row.reason == reason]
        return next(iter(exact or [row for row in rows if row.reason is None]), None)


def _cancelling(row: Mapping[str, Any], product: Product) -> Cancelling:
    minimum = Fraction(str(row.get("minimum_earned", 0)))
    if minimum > 1:
        minimum *= 10**product.currency.exponent
    return Cancelling(
        by=Initiator(row["by"]),
        reason=row.get("reason"),
        method=row["method"],
        fee=product.life.money(row.get("fee", 0)),
        retained=Fraction(str(row.get("retained", 0))),
        retention=_retention(row, product),
        minimum_earned=minimum,
    )


def _retention(row: Mapping[str, Any], product: Product) -> Retention | None:
    """A table is asked by days in force; a formula may also speak of the days of the term."""
    if "table" not in row and "formula" not in row:
        return None
    source = f"{row['table']}(days_in_force)" if "table" in row else row["formula"]
    days = number(0, Decimal(0), Decimal(LONGEST_TERM_DAYS))
    whole = number(0, Decimal(1), Decimal(LONGEST_TERM_DAYS))
    named = {"days_in_force": Term("force", days), "days_in_term": Term("term", whole)}
    builder = FunctionBuilder(product.scope, named)
    rate = builder.rate(source, "/life/cancellation")
    builder.write(f"return {rate.code}")
    run, scale = builder.build("force, term"), 10**rate.type.scale
    return lambda force, term: Fraction(run(force, term), scale)
