"""Reserves: what is still expected to be paid on a claim, by type of cost, and why it is that much."""

from enum import StrEnum

from pydantic import AwareDatetime

from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account
from insurance.domain.core.value import Value


class CostType(StrEnum):
    """The costs of a claim: the payment for the loss, and the expense of handling it."""

    INDEMNITY = "indemnity"
    """The payment for the loss."""
    EXPENSE = "expense"
    """What dealing with the claim costs."""
    INSURED_SHARE = "insured_share"
    """The insured's share of recoveries: money held for them, no cost of ours."""


COSTS = (CostType.INDEMNITY, CostType.EXPENSE)
"""What the claim costs the insurer."""


class ReserveReason(StrEnum):
    """Why a reserve was last changed. Coded, so that it can be counted and outlives an erasure."""

    INITIAL = "initial"
    """The claim was opened."""
    NEW_INFORMATION = "new_information"
    REVISED_ESTIMATE = "revised_estimate"
    LEGAL_ADVICE = "legal_advice"
    DECISION = "decision"
    """The claim was decided."""
    PAYMENT = "payment"
    """Something was paid."""
    PAYMENT_RETURNED = "payment_returned"
    """What was paid came back."""
    CLOSURE = "closure"
    """The claim was closed."""
    REOPENED = "reopened"
    """The claim was reopened."""
    RECOVERY = "recovery"
    """The insured's share of a recovery is to be paid."""


GIVEN_BY_PEOPLE = frozenset(
    {ReserveReason.NEW_INFORMATION, ReserveReason.REVISED_ESTIMATE, ReserveReason.LEGAL_ADVICE}
)
"""The others come with the step that makes the change."""


class Reserve(Value):
    """What is outstanding for one type of cost, who set it last, when and why."""

    cost_type: CostType
    outstanding: Money
    reason: ReserveReason
    by: str
    at: AwareDatetime


class Accounts(Value):
    """Where a type of cost is posted."""

    change: Account
    reserves: Account
    paid: Account | None
    """None where a payment is posted by the reserve that it leaves."""


ACCOUNTS = {
    CostType.INDEMNITY: Accounts(
        change=Account.CHANGE_IN_CASE_RESERVES,
        reserves=Account.CASE_RESERVES,
        paid=Account.CLAIMS_PAID,
    ),
    CostType.EXPENSE: Accounts(
        change=Account.CHANGE_IN_EXPENSE_RESERVES,
        reserves=Account.EXPENSE_RESERVES,
        paid=Account.CLAIM_EXPENSES_PAID,
    ),
    CostType.INSURED_SHARE: Accounts(
        change=Account.CASH, reserves=Account.RECOVERIES_PAYABLE, paid=None
    ),
}
