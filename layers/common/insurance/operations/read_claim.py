"""Read a claim of one's own book."""

from insurance.domain.caller import Caller
from insurance.domain.claim import Claim
from insurance.domain.errors import ClaimNotFound
from insurance.operations.ports import Claims, Kept


def read_claim(claim_id: str, *, caller: Caller, claims: Claims) -> Kept[Claim]:
    """Another partner's claim is as unknown as one that never was."""
    kept = claims.get(claim_id)
    if not caller.sees(claim_id, kept.record.partner):
        raise ClaimNotFound(claim_id)
    return kept
