"""The trial balance: every account's opening balance, movement and closing balance in a period."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from insurance.domain.core.posting import Account
from insurance.domain.ledger.calendar import AccountingPeriod
from insurance.domain.ledger.sources import Balances


class AccountBalance(NamedTuple):
    """An account over a period; debits less credits, in minor units."""

    opening: int
    movement: int

    @property
    def closing(self) -> int:
        return self.opening + self.movement


NO_BALANCE = AccountBalance(0, 0)


def account_balances(
    by_period: Mapping[AccountingPeriod, Balances], period: AccountingPeriod
) -> dict[Account, AccountBalance]:
    """Balance each account that moved in the period or before it.

    `by_period` is what was posted to each period.
    """
    opening: Balances = Counter()
    for earlier, balances in by_period.items():
        if earlier < period:
            opening.update(balances)
    movement = by_period.get(period, Counter())
    return {
        account: AccountBalance(opening[account], movement[account])
        for account in Account
        if account in opening or account in movement
    }
