"""Change whom a claim is paid to: asked for by one, agreed by another, and not paid at once."""

from datetime import timedelta

from insurance.domain.claim import Claim, PayeeChange, Step, Task
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import SamePerson, ScreeningOpen, WrongState
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.party import Payee
from insurance.domain.screening.screening import cleared_matches
from insurance.operations.claims.authority import check_profile
from insurance.operations.claims.change_claim import HANDLER, load_claim, store_claim
from insurance.operations.claims.ports import Claims
from insurance.operations.claims.screen_payment import screening_matches
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Screening
from insurance.operations.products.ports import Products

COOLING = timedelta(hours=24)
"""Time for the claimant to hear of the change, and to say that it was not them."""


def propose_payee(
    claim_id: str,
    payee: Payee,
    *,
    expected_revision: int | None,
    caller: Caller,
    claims: Claims,
    receipt: Idempotency,
) -> Stored[Claim]:
    """Nothing is paid until somebody else has agreed; the first payee needs nobody."""
    file = load_claim(
        claim_id,
        expected_revision=expected_revision,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
    claim = file.claim.record
    if claim.payee in {None, payee}:
        changed = _answered(claim).replace(payee=payee)
        type = "claim.payee_named"
    else:
        change = PayeeChange(payee=payee, asked_by=caller.principal, asked_at=receipt.now)
        task = Task(
            role=HANDLER,
            code=TaskCode.APPROVE_PAYEE,
            reason="Another payee is asked for.",
            since=receipt.now,
        )
        changed = claim.moved(Step.CHANGE_PAYEE, payee_change=change, task=claim.task or task)
        type = "claim.payee_proposed"
    return store_claim(
        changed, type, before=file.claim, caller=caller, claims=claims, receipt=receipt
    )


def approve_payee(
    claim_id: str,
    *,
    approve: bool,
    somebody_else_because: str | None,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    claims: Claims,
    screening: Screening,
    receipt: Idempotency,
) -> Stored[Claim]:
    """The second person's word: the new payee stands, after a time to cool, or the old one stays.

    A name that resembles one on a sanctions list is agreed to only with the reason why it is
    somebody else, which is kept.
    """
    file = load_claim(
        claim_id,
        expected_revision=expected_revision,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
    claim = file.claim.record
    check_profile(caller, products.version(file.policy.product))
    change = claim.payee_change
    if change is None:
        raise WrongState(f"Claim {claim.id}", "without another payee", "have one approved")
    if change.asked_by == caller.principal:
        raise SamePerson(f"the payee of {claim.id}")
    changed = _answered(claim)
    type = "claim.payee_refused"
    if approve:
        found = screening_matches(claim, change.payee, screening)
        if found and somebody_else_because is None:
            raise ScreeningOpen("the payee's name: say why it is somebody else,")
        matches = cleared_matches(
            change.payee.name,
            found,
            by=caller.principal,
            reason=somebody_else_because or "",
            at=receipt.now,
        )
        changed = changed.replace(
            payee=change.payee,
            payee_cools_until=receipt.now + COOLING,
            cleared=(*claim.cleared, *matches),
        )
        type = "claim.payee_changed"
    return store_claim(
        changed, type, before=file.claim, caller=caller, claims=claims, receipt=receipt
    )


def _answered(claim: Claim) -> Claim:
    """Without another payee, and without the task of agreeing to one."""
    waits = claim.task is not None and claim.task.code == TaskCode.APPROVE_PAYEE
    task = None if waits else claim.task
    return claim.moved(Step.CHANGE_PAYEE, payee_change=None, task=task)
