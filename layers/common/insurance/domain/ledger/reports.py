"""Reports: what the ledger says of a business over a time, and how profitable it was."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple, Self

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.calendar import AccountingPeriod, period_after
from insurance.domain.ledger.health import CHANGES, PAID
from insurance.domain.ledger.sources import Balances
from insurance.domain.ledger.sub_ledger import Business

PLACES: Final = Decimal("0.0001")
PERIODS_MAX: Final = 36


class BusinessMovements(NamedTuple):
    """What was posted for one business in one period."""

    period: AccountingPeriod
    business: Business
    balances: Balances


class Ratios(NamedTuple):
    """A business's figures over a time, in minor units, and its ratios on the trade basis: losses on
    earned premium, expenses on written premium, and both together."""

    written: int
    earned: int
    incurred: int
    """Claims and claim expenses, paid and reserved, less recoveries."""
    expenses: int
    """Commission."""

    @classmethod
    def of(cls, balances: Balances) -> Self:
        return cls(
            written=-balances[Account.WRITTEN_PREMIUM],
            earned=-balances[Account.EARNED_PREMIUM],
            incurred=sum(balances[account] for account in (*PAID, *CHANGES, Account.RECOVERIES)),
            expenses=balances[Account.COMMISSION_EXPENSE],
        )

    @property
    def loss_ratio(self) -> Decimal | None:
        return _ratio(self.incurred, self.earned)

    @property
    def expense_ratio(self) -> Decimal | None:
        return _ratio(self.expenses, self.written)

    @property
    def combined_ratio(self) -> Decimal | None:
        """None where one of its parts has nothing to compare with."""
        if not self.earned or not self.written:
            return None
        losses, costs = Decimal(self.incurred) / self.earned, Decimal(self.expenses) / self.written
        return (losses + costs).quantize(PLACES)


@dataclass(frozen=True, slots=True)
class BusinessReport:
    """Figures and ratios by partner and product, and of all together."""

    currency: Currency
    since: AccountingPeriod
    until: AccountingPeriod
    rows: Sequence[tuple[Business, Ratios]]
    total: Ratios

    @classmethod
    def of(
        cls,
        currency: Currency,
        periods: Sequence[AccountingPeriod],
        movements: Sequence[BusinessMovements],
    ) -> Self:
        """Report on what was posted in these periods."""
        by_business: dict[Business, list[BusinessMovements]] = {}
        for movement in movements:
            by_business.setdefault(movement.business, []).append(movement)
        return cls(
            currency=currency,
            since=periods[0],
            until=periods[-1],
            rows=[
                (business, Ratios.of(_total(by_business[business])))
                for business in sorted(by_business)
            ],
            total=Ratios.of(_total(movements)),
        )


@dataclass(frozen=True, slots=True)
class PartnerStatement:
    """What a partner's business moved in each account, by product, in one period."""

    partner: str
    currency: Currency
    period: AccountingPeriod
    rows: Sequence[BusinessMovements]


def periods_between(since: AccountingPeriod, until: AccountingPeriod) -> list[AccountingPeriod]:
    """List the periods from one to another, both included.

    Raises:
        InvalidFields: `until` is before `since`, or there are more than PERIODS_MAX periods.
    """
    periods = [since]
    while periods[-1] < until and len(periods) <= PERIODS_MAX:
        periods.append(period_after(periods[-1]))
    if since > until or len(periods) > PERIODS_MAX:
        detail = f"The same month as `since` or a later one; {PERIODS_MAX} months at most."
        raise InvalidFields([FieldFault("until", "out-of-range", detail)])
    return periods


def _total(movements: Iterable[BusinessMovements]) -> Balances:
    total: Balances = Counter()
    for movement in movements:
        total.update(movement.balances)
    return total


def _ratio(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(PLACES) if whole else None
