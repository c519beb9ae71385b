"""Billing accounts: how a policy is paid, what came in for it, and what is due when."""

from datetime import date, datetime
from typing import Annotated, NamedTuple, Self

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.billing.instalments import Due, Plan, schedule
from insurance.domain.classification import Record
from insurance.domain.errors import PlanAlreadyChosen
from insurance.domain.identity import BillingId, PolicyId, billing_id_for
from insurance.domain.ledger import Account, Posting, post
from insurance.domain.money import Money
from insurance.domain.money import total as total_of
from insurance.domain.policy import Policy
from insurance.domain.value import Value

Reference = Annotated[str, StringConstraints(min_length=1, max_length=140, pattern=r"^[!-~]+$")]
"""How the outside names a payment: what makes a repeated one the same."""

PAYMENTS_MAX = 400


class PaymentIn(Value):
    """Money that came in for the policy."""

    reference: Reference
    amount: Money
    received_on: date
    booked_at: AwareDatetime
    to_suspense: Money
    """What was more than was owed: kept apart until somebody decides."""
    under_notice: bool = False
    """It came while a lapse was announced: what it makes good must be looked at at once."""


class BillingAccount(Record):
    """How one policy is paid. What is due follows from this and the policy; it is never stored."""

    id: BillingId
    policy_id: PolicyId
    partner: str
    plan: Plan
    first_due: date
    charge: Money
    """The price of paying by instalments."""
    forgone: Money
    """Odd units that the plan forgoes."""
    asked: Annotated[int, Field(ge=0)] = 0
    """How many of its dues the customer was asked for."""
    paid_in: tuple[PaymentIn, ...] = ()
    """Not called payments: in the events of claims those are instructions to the bank."""

    @classmethod
    def opened(cls, policy: Policy, plan: Plan, first_due: date) -> Self:
        charge = plan.charge_on(policy.premium.total)
        forgone = schedule(policy.premium.total + charge, plan, first_due).forgone
        return cls(
            id=billing_id_for(policy.id),
            policy_id=policy.id,
            partner=policy.partner,
            plan=plan,
            first_due=first_due,
            charge=charge,
            forgone=forgone,
        )

    def replanned(self, policy: Policy, plan: Plan) -> Self:
        """Another plan, as long as nothing was paid and nothing was changed."""
        if self.paid_in or policy.transactions:
            raise PlanAlreadyChosen(self.policy_id, self.plan.code)
        return type(self).opened(policy, plan, self.first_due)

    def paid(self, payment: PaymentIn) -> Self:
        return self.replace(paid_in=(*self.paid_in, payment))

    def payment(self, reference: str) -> PaymentIn | None:
        return next((each for each in self.paid_in if each.reference == reference), None)

    def owed(self, policy: Policy) -> Money:
        """What the customer owes for the term, all in all, whatever was paid."""
        return policy.charged + self.charge - self.forgone

    @property
    def received(self) -> Money:
        """What was paid of it: without what went to suspense."""
        zero = Money.zero(self.charge.currency)
        return total_of((each.amount - each.to_suspense for each in self.paid_in), zero.currency)

    def opening_postings(self, before: Self | None) -> tuple[Posting, ...]:
        """What the plan costs, and what it forgoes; another plan's is taken back."""
        zero = Money.zero(self.charge.currency)
        charge = self.charge - (before.charge if before else zero)
        forgone = self.forgone - (before.forgone if before else zero)
        return (
            *post(Account.PREMIUM_RECEIVABLE, Account.FEE_INCOME, charge),
            *post(Account.WRITE_OFF, Account.PREMIUM_RECEIVABLE, forgone),
        )


def payment_postings(payment: PaymentIn) -> tuple[Posting, ...]:
    return (
        *post(Account.CASH, Account.PREMIUM_RECEIVABLE, payment.amount - payment.to_suspense),
        *post(Account.CASH, Account.SUSPENSE, payment.to_suspense),
    )


class Invoice(NamedTuple):
    """One due amount, and how much of it is paid: the oldest first."""

    due: Due
    paid: Money

    @property
    def open(self) -> Money:
        return self.due.amount - self.paid


class Statement(NamedTuple):
    """An account on a day."""

    owed: Money
    received: Money
    invoices: tuple[Invoice, ...]
    overdue: Money
    overdue_since: date | None
    credit: Money
    """What was paid and is not owed any more: to be given back."""


def statement(
    account: BillingAccount, policy: Policy, today: date, *, received: Money | None = None
) -> Statement:
    """What is due when, as things stand, with what was paid set against the oldest first.

    `received`: as if so much had been paid.
    """
    dues = _dues(account, policy)
    left = account.received if received is None else received
    invoices = []
    for due in dues:
        paid = min(left, due.amount)
        left -= paid
        invoices.append(Invoice(due, paid))
    late = [each for each in invoices if each.open and each.due.due_on < today]
    return Statement(
        owed=account.owed(policy),
        received=account.received,
        invoices=tuple(invoices),
        overdue=total_of((each.open for each in late), left.currency),
        overdue_since=late[0].due.due_on if late else None,
        credit=left,
    )


def _dues(account: BillingAccount, policy: Policy) -> list[Due]:
    """The plan's instalments, with every later change spread over those that were still to come.

    A change that comes when none is left is due at once; one that gives back more than is left
    to pay empties the last instalments first.
    """
    first = policy.premium.total + account.charge
    dues = list(schedule(first, account.plan, account.first_due).dues)
    for processed_at, amount in _changes(policy):
        dues = _spread(dues, amount, processed_at.date())
    return dues


def _changes(policy: Policy) -> list[tuple[datetime, Money]]:
    """What each step changed the sum by, in the order in which they were made."""
    found = []
    for each in policy.transactions:
        undone = [one for one in policy.transactions if one.reversed_by == each.number]
        back = total_of((one.computation.total for one in undone), each.computation.total.currency)
        found.append((each.processed_at, each.computation.total - back))
    return found


def _spread(dues: list[Due], amount: Money, made_on: date) -> list[Due]:
    if amount.amount < 0:
        return _reduced(dues, -amount)
    if not amount:
        return dues
    open_places = [place for place, due in enumerate(dues) if due.due_on > made_on]
    if not open_places:
        return [*dues, Due(number=len(dues) + 1, due_on=made_on, amount=amount)]
    shares = amount.split([1] * len(open_places))
    spread = list(dues)
    for place, share in zip(open_places, shares, strict=True):
        spread[place] = dues[place].replace(amount=dues[place].amount + share)
    return spread


def _reduced(dues: list[Due], amount: Money) -> list[Due]:
    reduced = []
    for due in reversed(dues):
        less = min(amount, due.amount)
        amount -= less
        reduced.append(due.replace(amount=due.amount - less))
    return reduced[::-1]
