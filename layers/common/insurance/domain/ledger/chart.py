"""The chart of accounts as data: what kind each account is, and what people call it."""

from enum import StrEnum
from typing import Final, NamedTuple

from insurance.domain.core.posting import Account


class AccountKind(StrEnum):
    """The kinds of account of plain-text accounting; equity is not needed."""

    ASSETS = "Assets"
    LIABILITIES = "Liabilities"
    INCOME = "Income"
    EXPENSES = "Expenses"

    @property
    def is_debit(self) -> bool:
        """Whether its balance normally stands on the debit side."""
        return self in {AccountKind.ASSETS, AccountKind.EXPENSES}


class ChartEntry(NamedTuple):
    """An account's kind, and the name that people call it by."""

    kind: AccountKind
    name: str


CHART: Final[dict[Account, ChartEntry]] = {
    Account.PREMIUM_RECEIVABLE: ChartEntry(AccountKind.ASSETS, "Premium receivable"),
    Account.CASH: ChartEntry(AccountKind.ASSETS, "Cash"),
    Account.SUSPENSE: ChartEntry(AccountKind.LIABILITIES, "Suspense"),
    Account.WRITTEN_PREMIUM: ChartEntry(AccountKind.INCOME, "Written premium"),
    Account.PREMIUM_DEFERRAL: ChartEntry(AccountKind.EXPENSES, "Premium deferral"),
    Account.UNEARNED_PREMIUM: ChartEntry(AccountKind.LIABILITIES, "Unearned premium"),
    Account.EARNED_PREMIUM: ChartEntry(AccountKind.INCOME, "Earned premium"),
    Account.RETAINED_PREMIUM: ChartEntry(AccountKind.INCOME, "Retained premium"),
    Account.TAX_PAYABLE: ChartEntry(AccountKind.LIABILITIES, "Tax payable"),
    Account.FEE_INCOME: ChartEntry(AccountKind.INCOME, "Fee income"),
    Account.COMMISSION_EXPENSE: ChartEntry(AccountKind.EXPENSES, "Commission expense"),
    Account.COMMISSION_PAYABLE: ChartEntry(AccountKind.LIABILITIES, "Commission payable"),
    Account.WRITE_OFF: ChartEntry(AccountKind.EXPENSES, "Write-off"),
    Account.CASE_RESERVES: ChartEntry(AccountKind.LIABILITIES, "Case reserves"),
    Account.CHANGE_IN_CASE_RESERVES: ChartEntry(AccountKind.EXPENSES, "Change in case reserves"),
    Account.CLAIMS_PAID: ChartEntry(AccountKind.EXPENSES, "Claims paid"),
    Account.EXPENSE_RESERVES: ChartEntry(AccountKind.LIABILITIES, "Expense reserves"),
    Account.CHANGE_IN_EXPENSE_RESERVES: ChartEntry(
        AccountKind.EXPENSES, "Change in expense reserves"
    ),
    Account.CLAIM_EXPENSES_PAID: ChartEntry(AccountKind.EXPENSES, "Claim expenses paid"),
    Account.PREMIUM_SET_OFF: ChartEntry(AccountKind.ASSETS, "Premium set off against claims"),
    Account.COMPLAINT_REDRESS: ChartEntry(AccountKind.EXPENSES, "Redress of complaints"),
    Account.REDRESS_PAYABLE: ChartEntry(AccountKind.LIABILITIES, "Redress payable"),
    Account.RECOVERIES_PAYABLE: ChartEntry(AccountKind.LIABILITIES, "Recoveries payable"),
    Account.MIGRATION: ChartEntry(AccountKind.ASSETS, "Balances of policies that came here"),
    Account.RECOVERIES: ChartEntry(AccountKind.INCOME, "Recoveries"),
}


def beancount_account(account: Account) -> str:
    """The account as plain-text accounting writes it: `Assets:PremiumReceivable`."""
    return f"{CHART[account].kind}:{account.replace('_', ' ').title().replace(' ', '')}"
