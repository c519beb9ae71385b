"""Read claims of one's own book: one of them, or all of a policy."""

from collections.abc import Sequence
from dataclasses import dataclass

from insurance.domain.claim import Claim
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import ClaimNotFound, PolicyNotFound
from insurance.domain.core.stored import Stored
from insurance.operations.claims.ports import Claims

PAGE_MAX = 90


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """Some of a policy's claims in the order in which they were noticed."""

    claims: Sequence[Stored[Claim]]
    next: int | None
    """How many lie before the following page; None after the last one."""


def read_claims(
    policy_id: str, *, after: int, limit: int, caller: Caller, claims: Claims
) -> ClaimsPage:
    """The claims on a policy, from the one that follows number `after`."""
    file = claims.load_policy(policy_id, None)
    if not caller.sees(policy_id, file.policy.record.partner):
        raise PolicyNotFound(policy_id)
    end = after + min(limit, PAGE_MAX)
    ids = [noticed.claim_id for noticed in file.noticed[after:end]]
    return ClaimsPage(claims.get_all(ids), end if end < len(file.noticed) else None)


def read_claim(claim_id: str, *, caller: Caller, claims: Claims) -> Stored[Claim]:
    """Another partner's claim is as unknown as one that never was."""
    kept = claims.get(claim_id)
    if not caller.sees(claim_id, kept.record.partner):
        raise ClaimNotFound(claim_id)
    return kept
