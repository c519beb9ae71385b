"""Decide a claim: what a person makes of it where the rules alone could not, with reasons."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.claim import Claim, Decision, DecisionRecord, Step, Task
from insurance.domain.claim.decision import ADVERSE, appeal_in, rules_against, sources_of
from insurance.domain.claim.rule import Outcome
from insurance.domain.claim.verification import Verdict
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    ClaimOnHold,
    DecisionNotPossible,
    PayeeUnsettled,
    SamePerson,
    WrongState,
)
from insurance.domain.core.money import Money
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode
from insurance.domain.product import Product
from insurance.domain.quote.pricing import territory_of
from insurance.operations.claims.authority import (
    check_authority,
    check_profile,
    is_straight_through,
)
from insurance.operations.claims.change_claim import (
    HANDLER,
    load_claim,
    store_claim,
    while_limits_move,
)
from insurance.operations.claims.offset_arrears import (
    PremiumDue,
    store_less_arrears,
    with_arrears,
)
from insurance.operations.claims.ports import ClaimContext, Claims
from insurance.operations.claims.screen_payment import screening_matches
from insurance.operations.claims.settle_claim import carried_out, judged
from insurance.operations.claims.verify_claim import verify_filed
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Screening
from insurance.operations.products.ports import Products


@dataclass(frozen=True, slots=True)
class DecisionAsked:
    """What a person decides."""

    decision: Decision
    amount: Money | None
    """For a part approval and goodwill; the others follow from the rules."""
    reason_code: str
    reason: str
    made_good: bool = False
    """The loss was repaired or replaced: what was held back for wear is owed too."""


def decide_claim(
    claim_id: str,
    asked: DecisionAsked,
    *,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    claims: Claims,
    screening: Screening,
    receipt: Idempotency,
) -> Stored[Claim]:
    """Carry the decision out; a denial above what one person may decide waits for a second one."""

    def decide() -> Stored[Claim]:
        file = load_claim(
            claim_id,
            expected_revision=expected_revision,
            caller=caller,
            claims=claims,
            receipt=receipt,
        )
        product = products.version(file.policy.product)
        check_profile(caller, product)
        claim = _checked(file)
        verdict = verify_filed(claim, file, product)
        record = _record(
            asked,
            claim,
            verdict,
            territory=territory_of(file.policy, product),
            by=caller.principal,
            at=receipt.now,
        )
        if claim.pays_policyholder:
            due = PremiumDue(file.policy, file.account, product)
            verdict = with_arrears(verdict, due, receipt.now)
        claim = judged(claim, verdict)
        if record.decision is Decision.DENIED and not is_straight_through(claim.claimed, product):
            decided, type = _proposed(claim, record), "claim.denial_proposed"
        else:
            pays_now = _may_pay_now(claim, screening, receipt)
            decided, type = _carried_out(
                claim, verdict, record, product, decided_by=caller, pays_now=pays_now
            )
        return store_less_arrears(
            decided, type, file=file, product=product, caller=caller, claims=claims, receipt=receipt
        )

    return while_limits_move(decide)


def confirm_decision(
    claim_id: str,
    *,
    confirm: bool,
    reason: str,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    claims: Claims,
    receipt: Idempotency,
) -> Stored[Claim]:
    """The second person's word on a proposed decision: it stands, or the claim is looked at again."""
    file = load_claim(
        claim_id,
        expected_revision=expected_revision,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
    claim = file.claim.record
    proposed = claim.proposed
    if proposed is None:
        raise WrongState(f"Claim {claim.id}", claim.handling, "be confirmed: nothing is proposed")
    product = products.version(file.policy.product)
    check_authority(caller, claim.claimed, product)
    if caller.principal == proposed.by:
        raise SamePerson(f"the decision on {claim.id}")
    if confirm:
        verdict = verify_filed(claim, file, product)
        record = proposed.replace(confirmed_by=caller.principal, at=receipt.now)
        decided, type = _carried_out(
            claim, verdict, record, product, decided_by=caller, pays_now=False
        )
    else:
        task = Task(role=HANDLER, code=TaskCode.DECISION_REFUSED, reason=reason, since=receipt.now)
        decided = claim.moved(Step.REFER, proposed=None, task=task)
        type = "claim.denial_refused"
    return store_claim(
        decided, type, before=file.claim, caller=caller, claims=claims, receipt=receipt
    )


def _checked(file: ClaimContext) -> Claim:
    claim = file.claim.record
    if claim.hold is not None:
        raise ClaimOnHold(claim.id)
    if claim.proposed is not None:
        raise WrongState(
            f"Claim {claim.id}", "decided already", "be decided before it is confirmed"
        )
    return claim


def _record(
    asked: DecisionAsked,
    claim: Claim,
    verdict: Verdict,
    *,
    territory: str,
    by: str,
    at: datetime,
) -> DecisionRecord:
    against = rules_against(verdict.rules)
    return DecisionRecord(
        decision=asked.decision,
        amount=_amount(asked, claim, verdict),
        reason_code=asked.reason_code,
        reason=asked.reason,
        wording=tuple(dict.fromkeys(rule.wording for rule in against if rule.wording)),
        rules=tuple(rule.code for rule in against),
        sources=sources_of(against) if asked.decision in ADVERSE else (),
        appeal=appeal_in(territory) if asked.decision in ADVERSE else None,
        by=by,
        at=at,
    )


def _amount(asked: DecisionAsked, claim: Claim, verdict: Verdict) -> Money:
    """What the decision pays in all. Approval follows the rules; goodwill alone goes past them."""
    decision, amount = asked.decision, asked.amount
    name = decision.replace("_", " ")
    if decision is Decision.DENIED:
        return Money.zero(claim.claimed.currency)
    if decision is Decision.GOODWILL:
        if amount is None or amount > claim.claimed:
            raise DecisionNotPossible(name, "name an amount of at most what is claimed.")
        return amount
    if verdict.outcome in {Outcome.INCOMPLETE, Outcome.FAIL}:
        raise DecisionNotPossible(name, verdict.reasons)
    if decision is Decision.PART_APPROVED:
        if amount is None or amount >= verdict.payable:
            raise DecisionNotPossible(name, f"name an amount under {verdict.payable}.")
        return amount
    return _made_good(verdict) if asked.made_good else verdict.payable


def _made_good(verdict: Verdict) -> Money:
    """What is payable once nothing is held back any more."""
    if verdict.recoverable is None:
        raise DecisionNotPossible("approved", "nothing was held back.")
    if any(draw.kind == "limit" for draw in verdict.draws):
        raise DecisionNotPossible("approved", "what was held back falls under a shared limit.")
    return verdict.payable + verdict.recoverable


def _proposed(claim: Claim, record: DecisionRecord) -> Claim:
    reason = f"A denial of {claim.claimed} waits for a second person: {record.reason}"
    task = Task(role=HANDLER, code=TaskCode.CONFIRM_DECISION, reason=reason[:1000], since=record.at)
    return claim.moved(Step.REFER, proposed=record, task=task)


def _may_pay_now(claim: Claim, screening: Screening, receipt: Idempotency) -> bool:
    if screening_matches(claim, claim.payee, screening):
        return False
    try:
        claim.check_payee(receipt.now)
    except PayeeUnsettled:
        return False
    return claim.payee is not None and claim.payee.has_account


def _carried_out(
    claim: Claim,
    verdict: Verdict,
    record: DecisionRecord,
    product: Product,
    *,
    decided_by: Caller,
    pays_now: bool,
) -> tuple[Claim, str]:
    if record.decision is not Decision.DENIED:
        return carried_out(
            claim, verdict, record, product, decided_by=decided_by, pays_now=pays_now
        )
    draws = claim.draws if claim.paid else ()
    denied = claim.decided(record, draws=draws, counts=False)
    return denied.finished("denied", by=record.by, at=record.at), "claim.denied"
