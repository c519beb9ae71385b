"""Complete a notice: facts and evidence that were missing, told later."""

from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from insurance.domain.claim import Claim, Step
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    AlreadyErased,
    FieldFault,
    InvalidFields,
    PayeeAlreadyNamed,
)
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.party import Payee
from insurance.operations.claims.change_claim import load_claim, store_claim
from insurance.operations.claims.ports import Claims
from insurance.operations.claims.verify_claim import verify_filed
from insurance.operations.idempotency import Idempotency
from insurance.operations.products.ports import Products

FACTS_BYTES_MAX = 128 * 1024
NARRATIVE_MAX = 40_000
"""Characters, all that was ever told together: a claim has to fit into its item."""


@dataclass(frozen=True, slots=True)
class NoticeCompleted:
    """What is told in addition."""

    facts: dict[str, Any]
    item: dict[str, Any] | None
    payee: Payee | None
    narrative: str | None


def complete_notice(
    claim_id: str,
    told: NoticeCompleted,
    *,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    claims: Claims,
    receipt: Idempotency,
) -> Stored[Claim]:
    """Add what was told and say what is still missing. The settlement is asked for as before."""
    file = load_claim(
        claim_id,
        expected_revision=expected_revision,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
    claim = file.claim.record
    if claim.facts is None:
        raise AlreadyErased(claim_id)
    if told.payee is not None and claim.payee not in {None, told.payee}:
        raise PayeeAlreadyNamed(claim_id)
    parts = [part for part in (claim.narrative, told.narrative) if part]
    narrative = "\n\n".join(parts) or None
    if narrative is not None and len(narrative) > NARRATIVE_MAX:
        text = f"With what was told before it is longer than {NARRATIVE_MAX} characters."
        raise InvalidFields([FieldFault("/narrative", "too_long", text)])
    facts = claim.facts | told.facts
    if len(to_json(facts)) > FACTS_BYTES_MAX:
        text = f"With what was told before they are more than {FACTS_BYTES_MAX} bytes."
        raise InvalidFields([FieldFault("/facts", "too_long", text)])
    product = products.version(file.policy.product)
    completed = claim.moved(
        Step.COMPLETE,
        facts=facts,
        item=told.item or claim.item,
        payee=claim.payee or told.payee,
        narrative=narrative,
    )
    return store_claim(
        lacking(completed, verify_filed(completed, file, product).missing),
        "claim.completed",
        before=file.claim,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )


def lacking(claim: Claim, missing: tuple[str, ...]) -> Claim:
    """The claim with what it lacks now; whoever waited for the rest has nothing to do any more."""
    waits = claim.task is not None and claim.task.code is TaskCode.INCOMPLETE
    return claim.replace(missing=missing, task=None if waits and not missing else claim.task)
