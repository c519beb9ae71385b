"""Read claims of one's own book: one of them, all of a policy, what renewal must know of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from insurance.domain.caller import Caller
from insurance.domain.claim import Claim
from insurance.domain.errors import ClaimNotFound, PolicyNotFound
from insurance.domain.product import PastClaim
from insurance.operations.ports import Claims, Kept

PAGE_MAX = 90


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """Some of a policy's claims in the order in which they were noticed."""

    claims: Sequence[Kept[Claim]]
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


def past_claims(policy_id: str, claims: Claims) -> Sequence[PastClaim]:
    """What the policy's claims put on the record, as renewal rules read it.

    A claim of which nothing was paid is not a claim to them; one whose money came back in full
    does not count either.
    """
    noticed = [entry.claim_id for entry in claims.load_policy(policy_id, None).noticed]
    found = []
    for start in range(0, len(noticed), PAGE_MAX):
        for kept in claims.get_all(noticed[start : start + PAGE_MAX]):
            claim = kept.record
            cost = claim.paid - claim.recovered
            if claim.paid:
                found.append(
                    PastClaim(
                        cover=claim.cover,
                        counts=claim.counts and bool(cost),
                        paid=claim.paid,
                        cause=str((claim.facts or {}).get("cause", "")),
                    )
                )
    return found


def read_claim(claim_id: str, *, caller: Caller, claims: Claims) -> Kept[Claim]:
    """Another partner's claim is as unknown as one that never was."""
    kept = claims.get(claim_id)
    if not caller.sees(claim_id, kept.record.partner):
        raise ClaimNotFound(claim_id)
    return kept
