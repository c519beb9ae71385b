"""The chart of accounts as data: what kind each account is, and what people call it."""

from enum import StrEnum
from typing import Final, NamedTuple

from insurance.domain.core.posting import Account


class Kind(StrEnum):
    """The five kinds of plain-text accounting; ours need four."""

    ASSETS = "Assets"
    LIABILITIES = "Liabilities"
    INCOME = "Income"
    EXPENSES = "Expenses"

    @property
    def is_debit(self) -> bool:
        """Whether its balance normally stands on the debit side."""
        return self in {Kind.ASSETS, Kind.EXPENSES}


class Entry(NamedTuple):
    kind: Kind
    name: str


CHART: Final[dict[Account, Entry]] = {
    Account.PREMIUM_RECEIVABLE: Entry(Kind.ASSETS, "Premium receivable"),
    Account.CASH: Entry(Kind.ASSETS, "Cash"),
    Account.SUSPENSE: Entry(Kind.LIABILITIES, "Suspense"),
    Account.WRITTEN_PREMIUM: Entry(Kind.INCOME, "Written premium"),
    Account.PREMIUM_DEFERRAL: Entry(Kind.EXPENSES, "Premium deferral"),
    Account.UNEARNED_PREMIUM: Entry(Kind.LIABILITIES, "Unearned premium"),
    Account.EARNED_PREMIUM: Entry(Kind.INCOME, "Earned premium"),
    Account.RETAINED_PREMIUM: Entry(Kind.INCOME, "Retained premium"),
    Account.TAX_PAYABLE: Entry(Kind.LIABILITIES, "Tax payable"),
    Account.FEE_INCOME: Entry(Kind.INCOME, "Fee income"),
    Account.COMMISSION_EXPENSE: Entry(Kind.EXPENSES, "Commission expense"),
    Account.COMMISSION_PAYABLE: Entry(Kind.LIABILITIES, "Commission payable"),
    Account.WRITE_OFF: Entry(Kind.EXPENSES, "Write-off"),
    Account.CASE_RESERVES: Entry(Kind.LIABILITIES, "Case reserves"),
    Account.CHANGE_IN_CASE_RESERVES: Entry(Kind.EXPENSES, "Change in case reserves"),
    Account.CLAIMS_PAID: Entry(Kind.EXPENSES, "Claims paid"),
    Account.EXPENSE_RESERVES: Entry(Kind.LIABILITIES, "Expense reserves"),
    Account.CHANGE_IN_EXPENSE_RESERVES: Entry(Kind.EXPENSES, "Change in expense reserves"),
    Account.CLAIM_EXPENSES_PAID: Entry(Kind.EXPENSES, "Claim expenses paid"),
    Account.CLAIMS_KEPT_BACK: Entry(Kind.ASSETS, "Claims kept back for premium"),
    Account.COMPLAINT_REDRESS: Entry(Kind.EXPENSES, "Redress of complaints"),
    Account.REDRESS_PAYABLE: Entry(Kind.LIABILITIES, "Redress payable"),
    Account.RECOVERIES_PAYABLE: Entry(Kind.LIABILITIES, "Recoveries payable"),
    Account.RECOVERIES: Entry(Kind.INCOME, "Recoveries"),
}


def path(account: Account) -> str:
    """The account as plain-text accounting writes it: `Assets:PremiumReceivable`."""
    return f"{CHART[account].kind}:{account.replace('_', ' ').title().replace(' ', '')}"
