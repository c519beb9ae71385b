"""Take note that a regulator's clock has run out on a claim: the scheduled run calls it when one is due."""

from insurance.domain.caller import Caller
from insurance.domain.claim import Claim
from insurance.domain.claim.attention import late
from insurance.operations.change_claim import load_claim, store_claim
from insurance.operations.ports import Claims, Kept
from insurance.operations.receipt import Receipt


def pass_deadline(
    claim_id: str, *, caller: Caller, claims: Claims, receipt: Receipt
) -> Kept[Claim] | None:
    """Append the breach, once for each clock; None where none ran out or somebody noted it before."""
    file = load_claim(
        claim_id, expected_revision=None, caller=caller, claims=claims, receipt=receipt
    )
    claim = late(file.claim.record, receipt.now)
    if claim is None:
        return None
    return store_claim(
        claim, "claim.clock_breached", was=file.claim, caller=caller, claims=claims, receipt=receipt
    )
