"""Double entry: money moves by postings, each of which takes from one account what it gives another."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from insurance.domain.core.money import Money
from insurance.domain.core.value import Value


class Account(StrEnum):
    """The chart of accounts. What each holds, and its normal side, is in docs/ledger.md."""

    PREMIUM_RECEIVABLE = "premium_receivable"
    CASH = "cash"
    SUSPENSE = "suspense"
    """Money that came in and that nobody could match yet."""
    WRITTEN_PREMIUM = "written_premium"
    PREMIUM_DEFERRAL = "premium_deferral"
    """What was written, taken to unearned premium: the other side of that account."""
    UNEARNED_PREMIUM = "unearned_premium"
    EARNED_PREMIUM = "earned_premium"
    RETAINED_PREMIUM = "retained_premium"
    """What a cancellation keeps beyond pro rata; given back when the policy is reinstated."""
    TAX_PAYABLE = "tax_payable"
    FEE_INCOME = "fee_income"
    COMMISSION_EXPENSE = "commission_expense"
    COMMISSION_PAYABLE = "commission_payable"
    WRITE_OFF = "write_off"
    CASE_RESERVES = "case_reserves"
    CHANGE_IN_CASE_RESERVES = "change_in_case_reserves"
    CLAIMS_PAID = "claims_paid"
    EXPENSE_RESERVES = "expense_reserves"
    CHANGE_IN_EXPENSE_RESERVES = "change_in_expense_reserves"
    CLAIM_EXPENSES_PAID = "claim_expenses_paid"
    COMPLAINT_REDRESS = "complaint_redress"
    REDRESS_PAYABLE = "redress_payable"
    """Redress that was agreed and that the bank has not paid yet."""
    PREMIUM_SET_OFF = "premium_set_off"
    """Between a claim and its policy's account: set off against payments that are not done yet."""
    RECOVERIES_PAYABLE = "recoveries_payable"
    """The insured's share of recoveries, until it is paid to them."""
    MIGRATION = "migration"
    """What the books of another system had received and settled of policies that came here."""
    RECOVERIES = "recoveries"
    """What came back on claims: from the person who caused the loss, or by selling what was left of the object."""


def _positive(money: Money) -> Money:
    if money.amount <= 0:
        raise ValueError("a posting's amount is positive: the accounts give the direction")
    return money


class Posting(Value):
    """So much, out of the credited account and into the debited one."""

    debit: Account
    credit: Account
    amount: Annotated[Money, AfterValidator(_positive)]
    partner: Annotated[str | None, Field(exclude_if=lambda partner: not partner)] = None
    """Whose business it is, where that is not the partner of the event's aggregate. It is not written
    where there is none: postings of before have the same hash."""

    def reversed(self) -> Self:
        return self.replace(debit=self.credit, credit=self.debit)


def post(
    debit: Account, credit: Account, amount: Money, partner: str | None = None
) -> tuple[Posting, ...]:
    """A posting for the amount, turned round when it is negative, none when it is nil."""
    if not amount:
        return ()
    if amount.amount < 0:
        return (Posting(debit=credit, credit=debit, amount=-amount, partner=partner),)
    return (Posting(debit=debit, credit=credit, amount=amount, partner=partner),)
