"""Billing accounts: how a policy is paid, what came in for it, and what goes back."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.incoming import IncomingPayment
from insurance.domain.bank.outgoing_payment import AGREED, OPEN
from insurance.domain.bank.payer import PAYERS_MAX, Payer
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankReport
from insurance.domain.billing.instalments import Plan, schedule
from insurance.domain.billing.payers import with_payer
from insurance.domain.billing.premium_payment import PremiumPayment
from insurance.domain.billing.refund import PAID, Refund
from insurance.domain.core.classification import Classification, Internal
from insurance.domain.core.errors import (
    AlreadyErased,
    CurrencyMismatch,
    PaymentDiffers,
    PlanAlreadyChosen,
    RefundNotFound,
    RefundTooLarge,
    TooManyChanges,
)
from insurance.domain.core.house_authority import RunningTotal
from insurance.domain.core.identity import (
    BillingId,
    PolicyId,
    billing_id_for,
    named_party,
    refund_id_for,
)
from insurance.domain.core.money import Money
from insurance.domain.core.money import total as total_of
from insurance.domain.core.party_record import PartyRecord
from insurance.domain.core.posting import Account, Posting, post
from insurance.domain.party.party import Payee
from insurance.domain.policy import Policy
from insurance.domain.policy.charging import COOLING_OFF

PAYMENTS_MAX = 400
REFUNDS_MAX = 50


class BillingAccount(PartyRecord):
    """How one policy is paid. What is due follows from this and the policy; it is never stored."""

    SEALED_TEXTS = ("refunds/*/reason", "refunds/*/kept/*/reason")

    id: Internal[BillingId]
    policy_id: Internal[PolicyId]
    partner: Internal[str]
    plan: Internal[Plan]
    first_due: Internal[date]
    charge: Internal[Money]
    """The price of paying by instalments."""
    forgone: Internal[Money]
    """Odd units that the plan forgoes."""
    invoiced: Internal[Annotated[int, Field(ge=0)]] = 0
    """The number of the last due that was invoiced."""
    paid_in: Internal[tuple[PremiumPayment, ...]] = ()
    """Not called payments: in the events of claims those are instructions to the bank."""
    refunds: Internal[Annotated[tuple[Refund, ...], Field(max_length=REFUNDS_MAX)]] = ()
    payees: Annotated[dict[str, Payee] | None, Classification.PERSONAL] = None
    """The payee of each refund, by its id; None once they were erased."""
    payers: Annotated[tuple[Payer, ...], Field(max_length=PAYERS_MAX), Classification.PERSONAL] = ()
    """From whom premium came, each account once; see `PremiumPayment.payer`."""

    @classmethod
    def opened(cls, policy: Policy, plan: Plan, first_due: date) -> Self:
        """An account on which nothing was paid yet."""
        charge, forgone = _price_of_plan(policy, plan, first_due)
        return cls(
            id=billing_id_for(policy.id),
            party_id=named_party(policy.party_id, policy.id),
            policy_id=policy.id,
            partner=policy.partner,
            plan=plan,
            first_due=first_due,
            charge=charge,
            forgone=forgone,
        )

    def with_plan(self, policy: Policy, plan: Plan) -> Self:
        """The account with another plan.

        Raises:
            PlanAlreadyChosen: Something was paid, or the policy was changed.
        """
        if self.paid_in or policy.transactions:
            raise PlanAlreadyChosen(self.policy_id, self.plan.code)
        return type(self).opened(policy, plan, self.first_due)

    def held_as(self, policy: Policy) -> Self:
        """The account for the party that holds the policy now."""
        return self.replace(party_id=named_party(policy.party_id, policy.id))

    def updated_for(self, policy: Policy) -> Self:
        """The account with what its plan costs and forgoes as the policy stands."""
        charge, forgone = _price_of_plan(policy, self.plan, self.first_due)
        return self.replace(charge=charge, forgone=forgone)

    # Payments

    def received_payment(
        self,
        payment: IncomingPayment,
        policy: Policy,
        *,
        at: datetime,
        from_suspense: bool = False,
    ) -> tuple[Self, PremiumPayment]:
        """Post a payment. What is more than is owed goes to suspense.

        Args:
            payment: The payment as the bank names it.
            policy: The policy that it pays for.
            at: When it is posted.
            from_suspense: Whether it was in suspense until now.

        Raises:
            CurrencyMismatch: It is in another currency than the policy.
            PaymentDiffers: A payment of this reference was posted before.
            TooManyChanges: The account holds as many payments as it can.
        """
        if payment.amount.currency is not self.charge.currency:
            raise CurrencyMismatch(self.charge.currency, payment.amount.currency)
        if self.payment(payment.reference) is not None:
            raise PaymentDiffers(payment.reference)
        if len(self.paid_in) >= PAYMENTS_MAX:
            raise TooManyChanges(self.policy_id, PAYMENTS_MAX, "among its payments")
        owed = max(self.owed(policy) - self.received, self._nothing)
        payers, payer = with_payer(self.payers, payment.payer)
        posted = PremiumPayment(
            reference=payment.reference,
            amount=payment.amount,
            received_on=payment.received_on,
            posted_at=at,
            to_suspense=max(payment.amount - owed, self._nothing),
            from_suspense=from_suspense,
            under_notice=policy.hangs_on_payment,
            recorded_by=payment.recorded_by,
            payer=payer,
        )
        return self.replace(payers=payers).with_payment(posted), posted

    def with_payment(self, payment: PremiumPayment) -> Self:
        return self.replace(paid_in=(*self.paid_in, payment))

    def payment(self, reference: str) -> PremiumPayment | None:
        """The payment of this reference, if there is one."""
        return next((paid for paid in self.paid_in if paid.reference == reference), None)

    def without_set_off(self, reference: str, at: datetime) -> Self:
        """The account with the set-off of this reference reversed."""
        return self.replace(
            paid_in=tuple(
                paid.replace(taken_back_at=at) if paid.reference == reference else paid
                for paid in self.paid_in
            )
        )

    @property
    def valid_payments(self) -> tuple[PremiumPayment, ...]:
        """The payments that were not reversed."""
        return tuple(paid for paid in self.paid_in if paid.taken_back_at is None)

    # Balances

    def owed(self, policy: Policy) -> Money:
        """What the customer owes for the whole term, whatever was paid."""
        return policy.charged + self.charge - self.forgone

    @property
    def received(self) -> Money:
        """The sum of all payments, less suspense and refunds."""
        paid = self._total(paid.amount - paid.to_suspense for paid in self.valid_payments)
        return paid - self._total(refund.of_premium for refund in self._refunds_in(PAID))

    @property
    def in_suspense(self) -> Money:
        """The overpayment that was neither allocated nor refunded yet."""
        beyond = self._total(paid.to_suspense for paid in self.paid_in)
        return beyond - self._total(refund.of_suspense for refund in self._refunds_in(PAID))

    @property
    def cash(self) -> Money:
        """The money that came in for this policy itself, less the money that went out."""
        came = (paid for paid in self.paid_in if paid.is_cash)
        return self._total(paid.amount for paid in came) - self._total(
            refund.amount for refund in self._refunds_in(PAID)
        )

    @property
    def set_off(self) -> Money:
        """What was paid by set-off against claims."""
        return self._total(paid.amount for paid in self.valid_payments if paid.from_claim)

    @property
    def free_suspense(self) -> Money:
        """What is in suspense and no open refund takes."""
        return self.in_suspense - self._total(
            refund.of_suspense for refund in self._refunds_in(OPEN)
        )

    def with_suspense_used(self, policy: Policy) -> tuple[Self, Money]:
        """Allocate money in suspense to the amounts due by now; returns how much was allocated."""
        owed = self.owed(policy) - self.received
        left = used = max(min(self.free_suspense, owed), self._nothing)
        paid_in = []
        for paid in self.paid_in:
            part = min(left, paid.to_suspense)
            left -= part
            paid_in.append(paid.replace(to_suspense=paid.to_suspense - part))
        return self.replace(paid_in=tuple(paid_in)), used

    # Refunds

    def refundable(self, policy: Policy) -> Money:
        """What was paid, is not owed, and no open refund takes."""
        return self.free_suspense + max(self._free_credit(policy), self._nothing)

    @property
    def refunded(self) -> Money:
        """All refunds that were approved and did not come to nothing."""
        amounts = (refund.amount for refund in self.refunds if refund.status in AGREED)
        return total_of(amounts, self.charge.currency)

    def with_refund_requested(
        self, policy: Policy, amount: Money, payee: Payee, *, by: str, reason: str
    ) -> Self:
        """The account with one more refund, which awaits the approval of a second person.

        Raises:
            CurrencyMismatch: The amount is in another currency than the policy.
            RefundTooLarge: It is more than can be refunded.
            TooManyChanges: The account holds as many refunds as it can.
        """
        if amount.currency is not self.charge.currency:
            raise CurrencyMismatch(self.charge.currency, amount.currency)
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

    def with_refund_decided(
        self,
        policy: Policy,
        refund_id: str,
        approval: Approval,
        *,
        suspect: bool = False,
        over: tuple[RunningTotal, ...] = (),
    ) -> Self:
        """The account with a refund approved or refused.

        Args:
            policy: The policy as it stands.
            refund_id: The refund.
            approval: The decision of a second person.
            suspect: Whether the payee's name resembles one on a sanctions list.
            over: The running totals that it would pass.

        Raises:
            RefundNotFound: The account has no such refund.
            RefundTooLarge: The money is owed again since it was requested.
            WrongState: The refund does not await approval.
            SamePerson: The person who requested it cannot approve it.
        """
        refund = self.refund(refund_id)
        if approval.granted:
            self._check_still_free(policy, refund)
        return self.with_refund(refund.decided(approval, suspect=suspect, over=over))

    def with_refund_screened(self, policy: Policy, refund_id: str, approval: Approval) -> Self:
        """The account with a refund cleared or refused after a person looked at the payee's name.

        Raises:
            RefundNotFound: The account has no such refund.
            RefundTooLarge: The money is owed again since it was requested.
            WrongState: The refund is not being screened.
            SamePerson: The person who requested it cannot clear it.
        """
        refund = self.refund(refund_id)
        if approval.granted:
            self._check_still_free(policy, refund)
        return self.with_refund(refund.screened(approval).replace(reason=approval.reason))

    def with_refund_reported(self, report: BankReport) -> tuple[Self, tuple[Posting, ...]]:
        """The account with a refund as the bank reports it, and what that posts.

        Raises:
            RefundNotFound: The account has no such refund.
            WrongState: The bank was not told of the refund, or has said this before.
        """
        before = self.refund(report.instruction_id)
        refund = before.reported_with_kept(report)
        return self.with_refund(refund), refund.postings_since(before)

    def refund(self, refund_id: str) -> Refund:
        """One refund.

        Raises:
            RefundNotFound: The account has no such refund.
        """
        for refund in self.refunds:
            if refund.id == refund_id:
                return refund
        raise RefundNotFound(refund_id)

    def payee_of(self, refund_id: str) -> Payee:
        """The payee of a refund.

        Raises:
            RefundNotFound: The account has no such refund.
            AlreadyErased: The payee's data were erased.
        """
        payee = (self.payees or {}).get(self.refund(refund_id).id)
        if payee is None:
            raise AlreadyErased(self.id)
        return payee

    def with_refund(self, changed: Refund) -> Self:
        """The account with one refund changed."""
        refunds = (changed if refund.id == changed.id else refund for refund in self.refunds)
        return self.replace(refunds=tuple(refunds))

    def _check_still_free(self, policy: Policy, refund: Refund) -> None:
        """Raise RefundTooLarge when the policy changed since, so that the money is owed again."""
        missing = -self._free_credit(policy)
        if refund.of_premium and missing > self._nothing:
            raise RefundTooLarge(policy.id, refund.amount - missing, refund.amount)

    def _free_credit(self, policy: Policy) -> Money:
        """The credit that no open refund takes; negative: open refunds take what is owed again."""
        open_refunds = self._total(refund.of_premium for refund in self._refunds_in(OPEN))
        return max(self.received - self.owed(policy), self._nothing) - open_refunds

    def _refunds_in(self, statuses: frozenset[PaymentStatus]) -> list[Refund]:
        return [refund for refund in self.refunds if refund.status in statuses]

    def _total(self, parts: Iterable[Money]) -> Money:
        return total_of(parts, self.charge.currency)

    @property
    def _nothing(self) -> Money:
        return Money.zero(self.charge.currency)

    def opening_postings(self, before: Self | None) -> tuple[Posting, ...]:
        """What the plan costs and forgoes, less what was posted for the account before."""
        charge = self.charge - (before.charge if before else self._nothing)
        forgone = self.forgone - (before.forgone if before else self._nothing)
        return (
            *post(Account.PREMIUM_RECEIVABLE, Account.FEE_INCOME, charge),
            *post(Account.WRITE_OFF, Account.PREMIUM_RECEIVABLE, forgone),
        )


def _price_of_plan(policy: Policy, plan: Plan, first_due: date) -> tuple[Money, Money]:
    """What it costs to pay by the plan, and the odd units that it forgoes.

    A customer who cancels within the cooling-off days owes no charge, and no customer is forgone
    more than is owed.
    """
    nothing = Money.zero(policy.premium.total.currency)
    ended = policy.cancelled_by()
    cooled_off = ended is not None and ended.computation.method == COOLING_OFF
    charge = nothing if cooled_off else plan.charge_on(policy.premium.total)
    forgone = schedule(policy.premium.total + charge, plan, first_due, policy.period).forgone
    return charge, min(forgone, max(policy.charged + charge, nothing))


def payment_postings(payment: PremiumPayment) -> tuple[Posting, ...]:
    """What a payment posts."""
    paid = payment.amount - payment.to_suspense
    if payment.from_suspense:  # what stays in suspense has not moved
        return post(Account.SUSPENSE, Account.PREMIUM_RECEIVABLE, paid)
    if payment.before_migration:
        return post(Account.MIGRATION, Account.PREMIUM_RECEIVABLE, paid)
    if payment.from_claim:
        return post(Account.PREMIUM_SET_OFF, Account.PREMIUM_RECEIVABLE, paid)
    return (
        *post(Account.CASH, Account.PREMIUM_RECEIVABLE, paid),
        *post(Account.CASH, Account.SUSPENSE, payment.to_suspense),
    )
