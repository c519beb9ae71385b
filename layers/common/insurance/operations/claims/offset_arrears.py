"""Offset arrears: what is overdue on a policy is kept back from what a claim pays the policyholder.

It is kept back when the payment goes out, by what is overdue on that day, and booked as paid in on
the policy's account in the claim's own transaction; a payment that comes to nothing undoes it there.
"""

from datetime import datetime
from typing import NamedTuple

from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.billing import (
    BillingAccount,
    BillingEventType,
    PremiumPayment,
    current_account,
    payment_postings,
    statement,
)
from insurance.domain.billing.account import PAYMENTS_MAX
from insurance.domain.claim import Claim, CostType, Payment
from insurance.domain.claim.payment import KeptBack
from insurance.domain.claim.rule import Outcome, RuleResult
from insurance.domain.claim.verification import Verdict
from insurance.domain.core.caller import Caller
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Posting
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.policy import Policy
from insurance.domain.product import Product
from insurance.operations.claims.change_claim import store_claim
from insurance.operations.claims.ports import AccountMove, ClaimContext, Claims
from insurance.operations.idempotency import Idempotency

EXECUTING = PaymentStatus.EXECUTING


class PremiumDue(NamedTuple):
    """A policy, how it is paid, and the product's word on both."""

    policy: Policy
    kept: Stored[BillingAccount] | None
    product: Product

    @property
    def account(self) -> BillingAccount:
        return current_account(self.policy, self.kept, self.product)

    def kept_back_of(self, amount: Money, now: datetime) -> KeptBack | None:
        """What stays with us of so much that goes to the policyholder; None where nothing does.

        An account that is full holds up no claim: nothing is kept back then.
        """
        today = now.astimezone(self.product.zone).date()
        account = self.account
        found = statement(account, self.policy, today, zone=self.product.zone)
        same = amount.currency is found.overdue.currency
        if not (self.product.life.offsets_arrears and same and amount):
            return None
        if found.overdue_since is None or len(account.paid_in) >= PAYMENTS_MAX:
            return None
        return KeptBack(
            amount=min(amount, found.overdue),
            overdue=found.overdue,
            since=found.overdue_since,
            on=today,
        )


def with_arrears(verdict: Verdict, due: PremiumDue, now: datetime) -> Verdict:
    """The verdict with what of it would be kept back, if it went to the policyholder today."""
    kept_back = due.kept_back_of(verdict.payable, now)
    if kept_back is None:
        return verdict
    rule = RuleResult(
        code="premium_overdue",
        outcome=Outcome.INFO,
        facts={"overdue": str(kept_back.overdue), "since": kept_back.since.isoformat()},
        explanation=(
            f"Premium of {kept_back.overdue} is overdue. That ends no cover by itself; "
            f"{kept_back.amount} of a payment to the policyholder would be kept back."
        ),
    )
    return verdict._replace(
        rules=(*verdict.rules, rule),
        kept_back=kept_back,
    )


def offset(
    claim: Claim,
    before: Claim | None,
    due: PremiumDue,
    *,
    by: str,
    key: PartyKey | None,
    now: datetime,
) -> tuple[Claim, AccountMove | None]:
    """The claim whose payment goes out less what is overdue, and the account that this is paid to."""
    payment = _going_out(claim, before)
    if payment is None or payment.cost_type is not CostType.INDEMNITY:
        return claim, None
    if not claim.pays_policyholder:
        return claim, None
    kept_back = due.kept_back_of(payment.amount, now)
    if kept_back is None:
        return claim, None
    less = payment.keeping_back(kept_back, at=now)
    done = less.status is PaymentStatus.PAID
    paid_in = PremiumPayment(
        reference=payment.id,
        amount=kept_back.amount,
        received_on=kept_back.on,
        booked_at=now,
        to_suspense=Money.zero(kept_back.amount.currency),
        from_claim=True,
        under_notice=due.policy.hangs_on_payment,
    )
    account = due.account
    opening = account.opening_postings(due.kept.record if due.kept else None)
    moved = _move(
        account.with_payment(paid_in),
        due.kept,
        BillingEventType.ARREARS_OFFSET,
        (*opening, *payment_postings(paid_in)),
        by=by,
        key=key,
        now=now,
    )
    return claim.with_paid(less, by=by, at=now) if done else claim.with_payment(less), moved


def store_less_arrears(
    claim: Claim,
    type: str,
    *,
    file: ClaimContext,
    product: Product,
    caller: Caller,
    claims: Claims,
    receipt: Idempotency,
) -> Stored[Claim]:
    """Store the claim after a step that may send a payment to the bank: less what is overdue."""
    claim, moved = offset(
        claim,
        file.claim.record,
        PremiumDue(file.policy, file.account, product),
        by=caller.principal,
        key=file.claim.key,
        now=receipt.now,
    )
    return store_claim(
        claim, type, before=file.claim, caller=caller, claims=claims, receipt=receipt, moved=moved
    )


def take_back(
    lost: Payment,
    before: Stored[BillingAccount] | None,
    *,
    by: str,
    key: PartyKey | None,
    now: datetime,
) -> AccountMove | None:
    """The account without what was kept back of a payment that has come to nothing."""
    paid_in = before.record.payment(lost.id) if before else None
    if before is None or paid_in is None:
        return None
    account = before.record.without_set_off(lost.id, now)
    postings = tuple(each.reversed() for each in payment_postings(paid_in))
    return _move(
        account, before, BillingEventType.OFFSET_TAKEN_BACK, postings, by=by, key=key, now=now
    )


def _going_out(claim: Claim, before: Claim | None) -> Payment | None:
    """The payment that this step sends to the bank: one at a time."""
    sent = {each.id for each in before.payments if each.status is EXECUTING} if before else set()
    out = (each for each in claim.payments if each.status is EXECUTING and each.id not in sent)
    return next(out, None)


def _move(
    account: BillingAccount,
    before: Stored[BillingAccount] | None,
    type: str,
    postings: tuple[Posting, ...],
    *,
    by: str,
    key: PartyKey | None,
    now: datetime,
) -> AccountMove:
    event = Event.following(
        before.head if before else StreamPosition(),
        account,
        key or NothingToSeal(),
        stream=account.id,
        type=type,
        actor=by,
        now=now,
        postings=postings,
    )
    return AccountMove(event, account, before)
