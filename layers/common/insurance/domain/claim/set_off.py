"""Premium set-off: overdue premium is deducted from what a claim pays the policyholder.

It is deducted when the payment goes to the bank, by what is overdue on that day, and posted as a
payment of premium on the policy's account in the claim's own transaction. If the payment fails or
comes back, the account's entry is undone.
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.billing import (
    BillingAccount,
    BillingEventType,
    PremiumPayment,
    current_account,
    payment_postings,
    statement,
)
from insurance.domain.billing.account import PAYMENTS_MAX
from insurance.domain.claim.change import Act, ClaimChange
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.payment import Payment, PremiumSetOff
from insurance.domain.claim.reserve import CostType
from insurance.domain.claim.verdict import Verdict
from insurance.domain.contract.rule import RuleOutcome, RuleResult
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Posting
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.policy import Policy
from insurance.domain.product import Product


class SetOffEntry(NamedTuple):
    """What a claim's payment does to its policy's account, in the claim's own transaction."""

    event: Event
    account: BillingAccount
    before: Stored[BillingAccount] | None


class PremiumDue(NamedTuple):
    """A policy, its account as it is stored, and its product: what tells how much is overdue."""

    policy: Policy
    stored: Stored[BillingAccount] | None
    product: Product

    @property
    def account(self) -> BillingAccount:
        """The account as the policy stands now."""
        return current_account(self.policy, self.stored, self.product)

    def set_off_of(self, amount: Money, now: datetime) -> PremiumSetOff | None:
        """The premium to set off against a payment to the policyholder; None: nothing.

        Nothing is set off where the account can hold no more payments: that delays no claim.
        """
        today = now.astimezone(self.product.zone).date()
        account = self.account
        due = statement(account, self.policy, today, zone=self.product.zone)
        same_currency = amount.currency is due.overdue.currency
        if not (self.product.life.sets_off_premium and same_currency and amount):
            return None
        if due.overdue_since is None or len(account.paid_in) >= PAYMENTS_MAX:
            return None
        return PremiumSetOff(
            amount=min(amount, due.overdue),
            overdue=due.overdue,
            since=due.overdue_since,
            on=today,
        )


def with_set_off(verdict: Verdict, claim: Claim, due: PremiumDue, now: datetime) -> Verdict:
    """The verdict on a claim that pays the policyholder, with the premium that would be set off."""
    return announce_set_off(verdict, due, now) if claim.pays_policyholder else verdict


def announce_set_off(verdict: Verdict, due: PremiumDue, now: datetime) -> Verdict:
    """The verdict with the premium that would be set off, if the policyholder were paid now."""
    set_off = due.set_off_of(verdict.payable, now)
    if set_off is None:
        return verdict
    rule = RuleResult(
        code="premium_overdue",
        outcome=RuleOutcome.INFO,
        facts={"overdue": str(set_off.overdue), "since": set_off.since.isoformat()},
        explanation=(
            f"Premium of {set_off.overdue} is overdue. That ends no cover by itself; "
            f"{set_off.amount} of a payment to the policyholder would be set off."
        ),
    )
    return replace(verdict, rules=(*verdict.rules, rule), set_off=set_off)


def set_off_premium(
    change: ClaimChange,
    before: Stored[Claim] | None,
    due: PremiumDue,
    key: PartyKey | None,
    act: Act,
) -> ClaimChange:
    """Deduct overdue premium from the payment that a change sends to the bank, if there is one.

    Args:
        change: The change.
        before: The claim as it is stored; None for a new one.
        due: The policy and its account.
        key: The policyholder's key; None once it was destroyed.
        act: Who makes the change, and when.
    """
    claim = change.claim
    payment = _newly_sent(claim, before.record if before else None)
    if payment is None or payment.cost_type is not CostType.INDEMNITY or payment.set_off:
        return change  # one that was recalled has had its share deducted
    set_off = due.set_off_of(payment.amount, act.at) if claim.pays_policyholder else None
    if set_off is None:
        return change
    reduced = payment.with_set_off(set_off, at=act.at)
    if reduced.status is PaymentStatus.PAID:
        claim = claim.with_paid(reduced, by=act.by, at=act.at)
    else:
        claim = claim.with_payment(reduced)
    return change._replace(claim=claim, account=_pay_premium(payment, set_off, due, key, act))


def undo_set_off(
    lost: Payment, stored: Stored[BillingAccount] | None, key: PartyKey | None, act: Act
) -> SetOffEntry | None:
    """Undo the account's entry for a payment that was lost; None: there is no such entry."""
    paid_in = stored.record.payment(lost.id) if stored else None
    if stored is None or paid_in is None:
        return None
    account = stored.record.without_set_off(lost.id, act.at)
    postings = tuple(posting.reversed() for posting in payment_postings(paid_in))
    return _account_change(
        account, stored, BillingEventType.OFFSET_TAKEN_BACK, postings, key=key, act=act
    )


def _newly_sent(claim: Claim, before: Claim | None) -> Payment | None:
    """The payment that this change sends to the bank. A change sends one at most."""
    sent = {payment.id for payment in _executing(before)} if before else set()
    return next((payment for payment in _executing(claim) if payment.id not in sent), None)


def _executing(claim: Claim) -> list[Payment]:
    return [payment for payment in claim.payments if payment.status is PaymentStatus.EXECUTING]


def _pay_premium(
    payment: Payment, set_off: PremiumSetOff, due: PremiumDue, key: PartyKey | None, act: Act
) -> SetOffEntry:
    paid_in = PremiumPayment(
        reference=payment.id,
        amount=set_off.amount,
        received_on=set_off.on,
        posted_at=act.at,
        to_suspense=Money.zero(set_off.amount.currency),
        from_claim=True,
        under_notice=due.policy.hangs_on_payment,
    )
    account = due.account
    opening = account.opening_postings(due.stored.record if due.stored else None)
    postings = (*opening, *payment_postings(paid_in))
    return _account_change(
        account.with_payment(paid_in),
        due.stored,
        BillingEventType.ARREARS_OFFSET,
        postings,
        key=key,
        act=act,
    )


def _account_change(
    account: BillingAccount,
    before: Stored[BillingAccount] | None,
    event_type: BillingEventType,
    postings: tuple[Posting, ...],
    *,
    key: PartyKey | None,
    act: Act,
) -> SetOffEntry:
    event = Event.following(
        before.head if before else StreamPosition(),
        account,
        (before.key if before else None) or key or NothingToSeal(),
        stream=account.id,
        type=event_type,
        actor=act.by,
        now=act.at,
        postings=postings,
    )
    return SetOffEntry(event, account, before)
