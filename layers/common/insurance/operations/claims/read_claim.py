"""Read claims: one of them, or all of a policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from insurance.domain.claim import Claim
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import ClaimNotFound, PolicyNotFound
from insurance.domain.core.stored import Stored
from insurance.operations.claims.ports import Claims
from insurance.operations.command import Query

PAGE_MAX: Final = 90


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """Some of a policy's claims, in the order of their notices."""

    claims: Sequence[Stored[Claim]]
    next: int | None
    """How many come before the following page; None after the last one."""


def list_claims(
    policy_id: str, query: Query, claims: Claims, *, after: int, limit: int
) -> ClaimsPage:
    """The claims on a policy.

    Args:
        policy_id: The policy.
        query: Who asks.
        claims: The store.
        after: How many claims to leave out at the beginning.
        limit: How many to read at most.

    Raises:
        PolicyNotFound: The policy does not exist, or the caller may not see it.
    """
    context = claims.load_policy(policy_id, None)
    if not query.caller.sees(policy_id, context.policy.record.partner, context.policy.record.party):
        raise PolicyNotFound(policy_id)
    end = after + min(limit, PAGE_MAX)
    ids = [noticed.claim_id for noticed in context.noticed[after:end]]
    return ClaimsPage(claims.get_many(ids), end if end < len(context.noticed) else None)


def read_claim(claim_id: str, caller: Caller, claims: Claims) -> Stored[Claim]:
    """One claim.

    Raises:
        ClaimNotFound: The claim does not exist, or the caller may not see it.
    """
    stored = claims.get(claim_id)
    if not caller.sees(claim_id, stored.record.partner, stored.record.party):
        raise ClaimNotFound(claim_id)
    return stored
