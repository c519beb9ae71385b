"""Reports: what the books say of a business over a time, and how good it was."""

from collections import Counter
from decimal import Decimal
from typing import NamedTuple, Self

from insurance.domain.core.posting import Account
from insurance.domain.ledger.booking import Business
from insurance.domain.ledger.calendar import AccountingPeriod
from insurance.domain.ledger.health import CHANGES, PAID
from insurance.domain.ledger.sources import Balances

PLACES = Decimal("0.0001")


class Movements(NamedTuple):
    """What was posted for one business in one period."""

    period: AccountingPeriod
    business: Business
    balances: Balances


class Ratios(NamedTuple):
    """A business over a time, on the trade basis: losses on what was earned, expenses on what was
    written, the two together."""

    written: int
    earned: int
    incurred: int
    """Paid and put in reserve, handling with it, less what came back."""
    expenses: int
    """Commission."""

    @classmethod
    def of(cls, balances: Balances) -> Self:
        return cls(
            written=-balances[Account.WRITTEN_PREMIUM],
            earned=-balances[Account.EARNED_PREMIUM],
            incurred=sum(balances[each] for each in (*PAID, *CHANGES, Account.RECOVERIES)),
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
        """None as long as one of its parts says nothing."""
        if not self.earned or not self.written:
            return None
        losses, costs = Decimal(self.incurred) / self.earned, Decimal(self.expenses) / self.written
        return (losses + costs).quantize(PLACES)


def together(movements: list[Movements]) -> Balances:
    """All of them as one."""
    summed: Balances = Counter()
    for each in movements:
        summed.update(each.balances)
    return summed


def _ratio(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(PLACES) if whole else None
