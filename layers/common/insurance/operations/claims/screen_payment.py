"""Screen whoever is paid against the sanctions list, and look at what was found."""

from collections.abc import Sequence

from insurance.domain.claim import Claim, Task, attention
from insurance.domain.claim.rule import Outcome, RuleResult
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import ClaimOnHold
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.party import Payee
from insurance.domain.screening.screening import ScreeningMatch, cleared_matches, without_cleared
from insurance.operations.claims.authority import check_authority
from insurance.operations.claims.change_claim import HANDLER, load_claim
from insurance.operations.claims.offset_arrears import store_less_arrears
from insurance.operations.claims.ports import Claims
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Screening
from insurance.operations.products.ports import Products


def screening_matches(
    claim: Claim, payee: Payee | None, screening: Screening
) -> Sequence[ScreeningMatch]:
    """What a payee's name resembles, less what a person has cleared for that name."""
    if payee is None:
        return ()
    return without_cleared(payee.name, screening.matches(payee.name), claim.cleared)


def screening_rule(found: Sequence[ScreeningMatch]) -> RuleResult:
    """Whether the payee may be paid without anybody looking."""
    if not found:
        return RuleResult(
            code="sanctions_clear",
            outcome=Outcome.PASS,
            explanation="The payee's name is on no sanctions list.",
        )
    return RuleResult(
        code="sanctions_clear",
        outcome=Outcome.REFER,
        facts={"entries": [match.entry for match in found], "score": found[0].score},
        explanation="The payee's name resembles one on a sanctions list.",
    )


def to_screen(found: Sequence[ScreeningMatch], now: Task | None, task: Task) -> Task | None:
    """The task of looking at what was found; the other one where nothing was."""
    if not found:
        return now
    reason = f"The payee's name resembles {', '.join(match.entry for match in found)}."
    return task.replace(role=attention.SCREENER, code=TaskCode.CLEAR_SCREENING, reason=reason)


def decide_screening(
    claim_id: str,
    payment_id: str,
    *,
    clear: bool,
    reason: str,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    claims: Claims,
    screening: Screening,
    receipt: Idempotency,
) -> Stored[Claim]:
    """It is somebody else, and the payment goes out; or it is cancelled."""
    file = load_claim(
        claim_id,
        expected_revision=expected_revision,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
    claim = file.claim.record
    product = products.version(file.policy.product)
    payment = claim.payment(payment_id)
    check_authority(caller, claim.committed_of(payment.cost_type), product, payment.cost_type)
    if not clear:
        task = Task(role=HANDLER, code=TaskCode.PAYMENT_REFUSED, reason=reason, since=receipt.now)
        lost = payment.refused(by=caller.principal, reason=reason)
        decided, type = claim.losing(lost, task), "payment.refused"
    else:
        if claim.hold is not None:
            raise ClaimOnHold(claim.id)
        cleared = payment.cleared(by=caller.principal)
        payee = claim.payee_of(payment)
        found = screening_matches(claim, payee, screening)
        name = payee.name if payee else ""
        matches = cleared_matches(name, found, by=caller.principal, reason=reason, at=receipt.now)
        decided = claim.with_payment(cleared).replace(
            task=attention.task_beside_payments(claim), cleared=(*claim.cleared, *matches)
        )
        type = "payment.cleared"
    return store_less_arrears(
        decided, type, file=file, product=product, caller=caller, claims=claims, receipt=receipt
    )
