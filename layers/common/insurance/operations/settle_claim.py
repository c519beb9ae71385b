"""Settle a claim: verify, value, reserve, and pay straight through when everything allows it."""

from datetime import datetime

from insurance.domain.caller import Caller
from insurance.domain.claim import Claim, Decision, Payment, PaymentStatus, Task
from insurance.domain.claim.claim import Step
from insurance.domain.claim.rule import Outcome
from insurance.domain.claim.verification import Notice, Verdict, judge_payee
from insurance.domain.money import Money
from insurance.domain.product import Product
from insurance.operations.change_claim import load_claim, store_claim
from insurance.operations.ports import Claims, Kept, Products
from insurance.operations.receipt import Receipt
from insurance.operations.verify_claim import verify_claim

HANDLER = "claims_handler"


def settle_claim(
    claim_id: str,
    *,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    claims: Claims,
    receipt: Receipt,
) -> Kept[Claim]:
    """Decide the claim on all its rules; what cannot be decided here becomes a person's task."""
    file = load_claim(
        claim_id,
        expected_revision=expected_revision,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
    claim, policy = file.claim.record, file.policy
    product = products.version(policy.product.code, policy.product.version)
    notice = Notice(
        cover=claim.cover,
        occurred_at=claim.occurred_at,
        reported_at=claim.reported_at,
        claimed=claim.claimed,
        payee=claim.payee,
        same_loss_as=claim.same_loss_as,
    )
    verdict = verify_claim(notice, claim.facts, claim.item, policy=policy, product=product)
    verdict = verdict._replace(rules=(*verdict.rules, judge_payee(claim.payee)))
    settled, type = _decide(claim, verdict, product, caller.principal, receipt.now)
    return store_claim(settled, type, was=file.claim, caller=caller, claims=claims, receipt=receipt)


def _decide(
    claim: Claim, verdict: Verdict, product: Product, principal: str, now: datetime
) -> tuple[Claim, str]:
    judged = claim.replace(
        rules=verdict.rules,
        missing=verdict.missing,
        counts=verdict.counts,
        payable=verdict.payable,
        recoverable=verdict.recoverable,
    )
    if verdict.outcome is Outcome.INCOMPLETE:
        task = Task(role=HANDLER, code="incomplete", reason=verdict.reasons, since=now)
        return judged.moved(Step.WAIT_FOR_FACTS, task=task), "claim.incomplete"
    if verdict.outcome is not Outcome.PASS:
        task = Task(role=HANDLER, code="referred", reason=verdict.reasons, since=now)
        return judged.moved(Step.REFER, task=task), "claim.referred"
    if not verdict.payable:
        return _nothing_payable(judged), "claim.nothing_payable"
    return _pay(judged, verdict.payable, product, principal, now), "claim.settled"


def _nothing_payable(judged: Claim) -> Claim:
    """Covered, but nothing is left after the excess: no paid claim, no effect on the record."""
    approved = judged.moved(Step.APPROVE, decision=Decision.APPROVED, counts=False, task=None)
    return approved.moved(Step.FINISH)


def _pay(judged: Claim, payable: Money, product: Product, principal: str, now: datetime) -> Claim:
    """Reserve the amount, then pay it: at once within the straight-through limit, else on approval.

    Authority is measured against the claim's total, so that splitting does not evade it.
    """
    approved = judged.moved(Step.APPROVE, decision=Decision.APPROVED, task=None, reserve=payable)
    limit = product.claims.straight_through_limit
    at_once = limit is not None and judged.committed + payable <= limit
    payment = Payment(
        id=judged.next_payment_id(),
        amount=payable,
        status=PaymentStatus.EXECUTING if at_once else PaymentStatus.AWAITING_APPROVAL,
        requested_by=principal,
    )
    if at_once:
        return approved.with_payment(payment)
    reason = f"{payable} is above what is paid without a second person."
    task = Task(role=HANDLER, code="approve_payment", reason=reason, since=now)
    return approved.with_payment(payment).replace(task=task)
