"""Conditions: a product's rules for changing and ending its policies, as values."""

from fractions import Fraction
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from insurance.domain.contract.proration import DayCount, ProrationRounding
from insurance.domain.core.money import Currency, Money
from insurance.domain.jurisdiction.jurisdiction import Jurisdiction
from insurance.domain.policy.commission import BrokerCommission, CommissionSplit
from insurance.domain.policy.transaction import Initiator
from insurance.domain.product import Product
from insurance.domain.product.definition import model
from insurance.domain.product.definition.retention import Retention


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
    rounding: ProrationRounding
    adjusts: bool
    """Whether a change is charged pro rata; else only its fee is."""
    adjustment_fee: Money
    reprice_on_contract: bool
    cancelling: tuple[Cancelling, ...]
    cooling_off_days: int
    reinstatement_days: int
    broker_commission: BrokerCommission
    """Whose the commission is, once the policy passes to another broker."""
    jurisdiction: Jurisdiction | None
    """Whose rules of notice the insurer follows before it ends cover; None: there are none."""

    @classmethod
    def of(cls, product: Product) -> Self:
        life = product.life
        adjustment = life.adjustment
        return cls(
            currency=product.currency,
            zone=product.zone,
            day_count=DayCount(product.day_count),
            rounding=ProrationRounding(
                mode=product.rounding.mode,
                unit=product.rounding.unit,
                by_line=adjustment.rounding == "line",
            ),
            adjusts=adjustment.method == "pro_rata",
            adjustment_fee=life.money(adjustment.fee),
            reprice_on_contract=adjustment.reprice_on == "contract",
            cancelling=tuple(
                _cancelling(row, retention, product)
                for row, retention in zip(life.cancellation, life.retentions, strict=True)
            ),
            cooling_off_days=life.cooling_off_days,
            reinstatement_days=life.reinstatement_days,
            broker_commission=_broker_commission(life.broker_change),
            jurisdiction=life.jurisdiction,
        )

    def for_cancelling(self, by: Initiator, reason: str | None) -> Cancelling | None:
        """The row for this initiator and reason, else the one for any reason."""
        rows = [row for row in self.cancelling if row.by is by]
        exact = [row for row in rows if row.reason is not None and row.reason == reason]
        return next(iter(exact or [row for row in rows if row.reason is None]), None)


def _broker_commission(rule: model.BrokerChange) -> BrokerCommission:
    share = Fraction(str(rule.share or 0))
    least, most = (
        share if bound is None else Fraction(str(bound))
        for bound in (rule.share_min, rule.share_max)
    )
    return BrokerCommission(CommissionSplit(rule.commission), share, least, most)


def _cancelling(
    row: model.Cancellation, retention: Retention | None, product: Product
) -> Cancelling:
    minimum = Fraction(str(row.minimum_earned))
    if minimum > 1:
        minimum *= 10**product.currency.exponent
    return Cancelling(
        by=Initiator(row.by),
        reason=row.reason,
        method=row.method,
        fee=product.life.money(row.fee),
        retained=Fraction(str(row.retained)),
        retention=retention,
        minimum_earned=minimum,
    )
