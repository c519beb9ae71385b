"""Billing accounts: how a policy is paid, what came in for it, and what is due when."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from insurance.domain.bank.incoming import Reference
from insurance.domain.bank.outgoing_payment import OPEN, PaymentStatus
from insurance.domain.billing.instalments import Due, Plan, schedule
from insurance.domain.billing.refund import PAID, Refund
from insurance.domain.core.classification import Classification, Record
from insurance.domain.core.errors import (
    PlanAlreadyChosen,
    RefundNotFound,
    RefundTooLarge,
    TooManyChanges,
)
from insurance.domain.core.identity import (
    BillingId,
    PolicyId,
    billing_id_for,
    refund_id_for,
)
from insurance.domain.core.money import Money
from insurance.domain.core.money import total as total_of
from insurance.domain.core.posting import Account, Posting, post
from insurance.domain.core.value import Value
from insurance.domain.party.party import Payee
from insurance.domain.policy import Policy
from insurance.domain.policy.charging import COOLING_OFF

PAYMENTS_MAX = 400
REFUNDS_MAX = 50


class PaymentIn(Value):
    """Money that came in for the policy."""

    reference: Reference
    amount: Money
    received_on: date
    booked_at: AwareDatetime
    to_suspense: Money
    """What was more than was owed: kept apart until it is owed, or given back."""
    from_suspense: bool = False
    """It came in for nobody first, and a person said for whom it was."""
    from_claim: bool = False
    """No money came: it was kept back from the claim's payment that the reference names."""
    taken_back_at: AwareDatetime | None = None
    """When the claim's payment came to nothing, and so this."""
    under_notice: bool = False
    """It came while a lapse was announced, or after one: what it makes good is looked at at once."""


class BillingAccount(Record):
    """How one policy is paid. What is due follows from this and the policy; it is never stored."""

    SEALED_TEXTS = ("refunds/*/reason",)

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
    refunds: Annotated[tuple[Refund, ...], Field(max_length=REFUNDS_MAX)] = ()
    payees: Annotated[dict[str, Payee] | None, Classification.PERSONAL] = None
    """Whom each refund goes to, by its id; None once they were erased."""

    @classmethod
    def opened(cls, policy: Policy, plan: Plan, first_due: date) -> Self:
        charge, forgone = _price_of_plan(policy, plan, first_due)
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

    def in_step_with(self, policy: Policy) -> Self:
        """With what the plan costs and forgoes as the policy stands by now."""
        charge, forgone = _price_of_plan(policy, self.plan, self.first_due)
        return self.replace(charge=charge, forgone=forgone)

    def paid(self, payment: PaymentIn) -> Self:
        return self.replace(paid_in=(*self.paid_in, payment))

    def payment(self, reference: str) -> PaymentIn | None:
        return next((each for each in self.paid_in if each.reference == reference), None)

    def taking_back(self, reference: str, at: datetime) -> Self:
        """As if what was kept back under this reference had never been."""
        return self.replace(
            paid_in=tuple(
                each.replace(taken_back_at=at) if each.reference == reference else each
                for each in self.paid_in
            )
        )

    @property
    def standing(self) -> tuple[PaymentIn, ...]:
        """What was paid in and not taken back."""
        return tuple(each for each in self.paid_in if each.taken_back_at is None)

    def owed(self, policy: Policy) -> Money:
        """What the customer owes for the term, all in all, whatever was paid."""
        return policy.charged + self.charge - self.forgone

    @property
    def received(self) -> Money:
        """What was paid of it: without what went to suspense, and less what was given back."""
        paid = self._total(each.amount - each.to_suspense for each in self.standing)
        return paid - self._total(each.of_premium for each in self._in(PAID))

    @property
    def in_suspense(self) -> Money:
        """What was paid beyond what was owed, and was neither used nor given back since."""
        beyond = self._total(each.to_suspense for each in self.paid_in)
        return beyond - self._total(each.of_suspense for each in self._in(PAID))

    @property
    def cash(self) -> Money:
        """What came in for this policy by itself, less what went out."""
        came = (each for each in self.paid_in if not (each.from_suspense or each.from_claim))
        return self._total(each.amount for each in came) - self._total(
            each.amount for each in self._in(PAID)
        )

    @property
    def kept_back(self) -> Money:
        """What was paid of it out of claims."""
        return self._total(each.amount for each in self.standing if each.from_claim)

    def using_suspense(self, policy: Policy) -> tuple[Self, Money]:
        """With as much of what was paid too much as is owed by now; how much that was."""
        left = used = max(min(self.free_suspense, self.owed(policy) - self.received), self._nothing)
        paid_in = []
        for each in self.paid_in:
            part = min(left, each.to_suspense)
            left -= part
            paid_in.append(each.replace(to_suspense=each.to_suspense - part))
        return self.replace(paid_in=tuple(paid_in)), used

    # Refunds

    def refundable(self, policy: Policy) -> Money:
        """What was paid and is not owed, and nobody has asked for yet."""
        return self.free_suspense + max(self._free_credit(policy), self._nothing)

    def refunding(
        self, policy: Policy, amount: Money, payee: Payee, *, by: str, reason: str
    ) -> Self:
        """With one more refund, waiting for a second person. Never more than there is."""
        if len(self.refunds) >= REFUNDS_MAX:
            raise TooManyChanges(policy.id, REFUNDS_MAX, "among its refunds")
        if amount > self.refundable(policy):
            raise RefundTooLarge(policy.id, self.refundable(policy), amount)
        refund = Refund(
            id=refund_id_for(policy.id, len(self.refunds) + 1),
            amount=amount,
            of_suspense=min(amount, self.free_suspense),
            status=PaymentStatus.AWAITING_APPROVAL,
            requested_by=by,
            reason=reason,
        )
        payees = (self.payees or {}) | {refund.id: payee}
        return self.replace(refunds=(*self.refunds, refund), payees=payees)

    def check_refund(self, policy: Policy, refund: Refund) -> None:
        """Raise RefundTooLarge when the policy changed since, so that the money is owed again."""
        missing = -self._free_credit(policy)
        if refund.of_premium and missing > self._nothing:
            raise RefundTooLarge(policy.id, refund.amount - missing, refund.amount)

    def refund(self, refund_id: str) -> Refund:
        for refund in self.refunds:
            if refund.id == refund_id:
                return refund
        raise RefundNotFound(refund_id)

    def with_refund(self, changed: Refund) -> Self:
        kept = tuple(changed if refund.id == changed.id else refund for refund in self.refunds)
        return self.replace(refunds=kept)

    @property
    def free_suspense(self) -> Money:
        """What is in suspense and nobody has asked back."""
        return self.in_suspense - self._total(each.of_suspense for each in self._in(OPEN))

    def _free_credit(self, policy: Policy) -> Money:
        """Negative: refunds are on their way of what is owed again."""
        open = self._total(each.of_premium for each in self._in(OPEN))
        return max(self.received - self.owed(policy), self._nothing) - open

    def _in(self, statuses: frozenset[PaymentStatus]) -> list[Refund]:
        return [each for each in self.refunds if each.status in statuses]

    def _total(self, parts: Iterable[Money]) -> Money:
        return total_of(parts, self.charge.currency)

    @property
    def _nothing(self) -> Money:
        return Money.zero(self.charge.currency)

    def opening_postings(self, before: Self | None) -> tuple[Posting, ...]:
        """What the plan costs, and what it forgoes; another plan's is taken back."""
        zero = Money.zero(self.charge.currency)
        charge = self.charge - (before.charge if before else zero)
        forgone = self.forgone - (before.forgone if before else zero)
        return (
            *post(Account.PREMIUM_RECEIVABLE, Account.FEE_INCOME, charge),
            *post(Account.WRITE_OFF, Account.PREMIUM_RECEIVABLE, forgone),
        )


def _price_of_plan(policy: Policy, plan: Plan, first_due: date) -> tuple[Money, Money]:
    """What paying by it costs, and the odd units that are forgone. Who steps back within the
    cooling-off days owes no charge; and nobody is forgone more than is owed."""
    nothing = Money.zero(policy.premium.total.currency)
    ended = policy.cancelled_by()
    cooled_off = ended is not None and ended.computation.method == COOLING_OFF
    charge = nothing if cooled_off else plan.charge_on(policy.premium.total)
    forgone = schedule(policy.premium.total + charge, plan, first_due, policy.period).forgone
    return charge, min(forgone, max(policy.charged + charge, nothing))


def payment_postings(payment: PaymentIn) -> tuple[Posting, ...]:
    paid = payment.amount - payment.to_suspense
    if payment.from_suspense:  # what stays there has not moved
        return post(Account.SUSPENSE, Account.PREMIUM_RECEIVABLE, paid)
    if payment.from_claim:
        return post(Account.CLAIMS_KEPT_BACK, Account.PREMIUM_RECEIVABLE, paid)
    return (
        *post(Account.CASH, Account.PREMIUM_RECEIVABLE, paid),
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
    account: BillingAccount,
    policy: Policy,
    today: date,
    *,
    zone: ZoneInfo,
    received: Money | None = None,
) -> Statement:
    """What is due when, as things stand, with what was paid set against the oldest first.

    `zone` says when a day begins where the risk is. `received`: as if so much had been paid.
    """
    dues = _dues(account, policy, zone)
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


def _dues(account: BillingAccount, policy: Policy, zone: ZoneInfo) -> list[Due]:
    """The plan's instalments, with every later change spread over those that were still to come.

    A change that comes when none is left is due at once; one that gives back more than is left
    to pay empties the last instalments first.
    """
    first = policy.premium.total + account.charge
    dues = list(schedule(first, account.plan, account.first_due, policy.period).dues)
    for processed_at, amount in _changes(policy):
        dues = _spread(dues, amount, processed_at.astimezone(zone).date())
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
