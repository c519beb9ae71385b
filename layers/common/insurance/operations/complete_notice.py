"""Complete a notice: facts and evidence that were missing, told later."""

from dataclasses import dataclass
from typing import Any

from insurance.domain.caller import Caller
from insurance.domain.claim import Claim, Step
from insurance.domain.errors import AlreadyErased, PayeeAlreadyNamed
from insurance.domain.party import Payee
from insurance.operations.change_claim import load_claim, store_claim
from insurance.operations.ports import Claims, Kept, Products
from insurance.operations.receipt import Receipt
from insurance.operations.verify_claim import verify_filed


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
    receipt: Receipt,
) -> Kept[Claim]:
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
    product = products.version(file.policy.product.code, file.policy.product.version)
    completed = claim.moved(
        Step.COMPLETE,
        facts=claim.facts | told.facts,
        item=told.item or claim.item,
        payee=claim.payee or told.payee,
        narrative="\n\n".join(part for part in (claim.narrative, told.narrative) if part) or None,
    )
    missing = verify_filed(completed, file, product).missing
    waits = claim.task is not None and claim.task.code == "incomplete"
    task = None if waits and not missing else claim.task
    return store_claim(
        completed.replace(missing=missing, task=task),
        "claim.completed",
        was=file.claim,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
