"""Settle a claim: verify, value, reserve, and pay straight through when everything allows it."""

from datetime import datetime

from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.claim import (
    Claim,
    CostType,
    Decision,
    DecisionRecord,
    Handling,
    Hold,
    Step,
    Task,
)
from insurance.domain.claim.rule import Outcome
from insurance.domain.claim.verification import Verdict, judge_payee
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import ClaimOnHold, PayeeUnsettled, WrongState
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode
from insurance.domain.product import Product
from insurance.operations.claims.authority import has_authority, is_straight_through
from insurance.operations.claims.change_claim import HANDLER, load_claim, while_limits_move
from insurance.operations.claims.offset_arrears import (
    PremiumDue,
    store_less_arrears,
    with_arrears,
)
from insurance.operations.claims.ports import Claims
from insurance.operations.claims.screen_payment import screening_matches, screening_rule
from insurance.operations.claims.verify_claim import verify_filed
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Screening
from insurance.operations.products.ports import Products

BY_RULE = "rules"
"""Who put a claim on hold when no person did."""


def settle_claim(
    claim_id: str,
    *,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    claims: Claims,
    screening: Screening,
    receipt: Idempotency,
) -> Stored[Claim]:
    """Decide the claim on all its rules; what cannot be decided here becomes a person's task."""

    def settle() -> Stored[Claim]:
        file = load_claim(
            claim_id,
            expected_revision=expected_revision,
            caller=caller,
            claims=claims,
            receipt=receipt,
        )
        claim = file.claim.record
        _check_open(claim)
        product = products.version(file.policy.product)
        verdict = with_payee_judged(
            verify_filed(claim, file, product), claim, screening, receipt.now
        )
        if claim.pays_policyholder:
            due = PremiumDue(file.policy, file.account, product)
            verdict = with_arrears(verdict, due, receipt.now)
        settled, type = decided_by_rules(claim, verdict, product, caller.principal, receipt.now)
        return store_less_arrears(
            settled, type, file=file, product=product, caller=caller, claims=claims, receipt=receipt
        )

    return while_limits_move(settle)


def _check_open(claim: Claim) -> None:
    if claim.handling in {Handling.SETTLING, Handling.CLOSED}:
        raise WrongState(f"Claim {claim.id}", claim.handling, Step.APPROVE)
    if claim.hold is not None:
        raise ClaimOnHold(claim.id)
    if claim.under_review:
        raise WrongState(f"Claim {claim.id}", "before a person", Step.APPROVE)
    if claim.proposed is not None:
        raise WrongState(f"Claim {claim.id}", "decided, to be confirmed", Step.APPROVE)


def with_payee_judged(
    verdict: Verdict, claim: Claim, screening: Screening, now: datetime
) -> Verdict:
    """The verdict with the rules that stand between a decision and a payment."""
    own = (
        judge_payee(claim.payee, _unsettled(claim, now)),
        screening_rule(screening_matches(claim, claim.payee, screening)),
    )
    return verdict._replace(rules=(*verdict.rules, *own))


def _unsettled(claim: Claim, now: datetime) -> str | None:
    try:
        claim.check_payee(now)
    except PayeeUnsettled as unsettled:
        return str(unsettled)
    return None


def judged(claim: Claim, verdict: Verdict) -> Claim:
    """The claim with what the rules said of it."""
    return claim.replace(
        rules=verdict.rules,
        steps=verdict.steps,
        judged_on=verdict.judged_on,
        missing=verdict.missing,
        payable=verdict.payable,
        recoverable=verdict.recoverable,
    )


def decided_by_rules(
    claim: Claim, verdict: Verdict, product: Product, principal: str, now: datetime
) -> tuple[Claim, str]:
    """The claim as its rules leave it: paid, or waiting for facts or a person; never denied."""
    claim = judged(claim, verdict)
    if verdict.outcome is Outcome.INCOMPLETE:
        task = Task(role=HANDLER, code=TaskCode.INCOMPLETE, reason=verdict.reasons, since=now)
        return claim.moved(Step.WAIT_FOR_FACTS, task=task), "claim.incomplete"
    if verdict.outcome is not Outcome.PASS:
        task = Task(role=HANDLER, code=TaskCode.REFERRED, reason=verdict.reasons, since=now)
        if verdict.holds:
            hold = Hold(reason=verdict.reasons, by=BY_RULE, since=now)
            return claim.moved(Step.REFER, task=task, hold=hold), "claim.held"
        return claim.moved(Step.REFER, task=task), "claim.referred"
    record = DecisionRecord(
        decision=Decision.APPROVED,
        amount=verdict.payable,
        automated=True,
        by=principal,
        at=now,
    )
    return carried_out(claim, verdict, record, product)


def carried_out(
    claim: Claim,
    verdict: Verdict,
    record: DecisionRecord,
    product: Product,
    *,
    decided_by: Caller | None = None,
    pays_now: bool = True,
) -> tuple[Claim, str]:
    """The claim decided and, if that leaves something to pay, the payment asked for.

    Nothing left after the excess is no paid claim and has no effect on the record. Authority is
    measured against the claim's total, so that splitting does not evade it; that of a person who
    `decided_by` themselves too. `pays_now` is False where the payee is suspect or not settled: then
    nobody is paid without a second person.
    """
    draws = verdict.draws
    if record.decision is Decision.GOODWILL:
        draws = ()  # it is not paid under the cover
    elif record.decision is Decision.PART_APPROVED:
        draws = tuple(draw.at_most(record.amount) for draw in draws if draw.kind == "limit") + (
            tuple(draw for draw in draws if draw.kind == "deductible")
        )
    counts = verdict.counts and bool(record.amount) and record.decision is not Decision.GOODWILL
    decided = claim.decided(record, draws=draws, counts=counts)
    if draws and verdict.reinstatements:
        decided = decided.replace(reinstatements=verdict.reinstatements)
    due = record.amount - decided.committed_of(CostType.INDEMNITY)
    if due.amount <= 0:
        return _nothing_due(decided, record)
    total = decided.committed_of(CostType.INDEMNITY) + due
    goodwill = record.decision is Decision.GOODWILL
    straight = (
        is_straight_through(total, product)
        and pays_now
        and not goodwill
        and (decided_by is None or has_authority(decided_by, total, product))
    )
    status = PaymentStatus.EXECUTING if straight else PaymentStatus.AWAITING_APPROVAL
    paying = decided.paying(CostType.INDEMNITY, due, status=status, by=record.by)
    if not straight:
        reason = f"{due} is above what is paid without a second person."
        if not pays_now:
            reason = f"{due} waits: the payee needs a second person's look."
        elif goodwill:
            reason = f"{due} is paid as goodwill: a second person must agree."
        task = Task(role=HANDLER, code=TaskCode.APPROVE_PAYMENT, reason=reason, since=record.at)
        paying = paying.replace(task=task)
    return paying, "claim.settled"


def _nothing_due(decided: Claim, record: DecisionRecord) -> tuple[Claim, str]:
    closed_as = "nothing_payable" if not record.amount else "settled"
    finished = decided.finished(closed_as, by=record.by, at=record.at)
    return finished, "claim.nothing_payable" if not record.amount else "claim.settled"
