"""Charge for a reinstated limit: the policy owes for what its claims have used of the limit."""

from datetime import datetime

from insurance.domain.claim import Claim
from insurance.domain.claim.context import NoticeContext
from insurance.domain.core.errors import ClaimNotFound, PolicyNotFound
from insurance.domain.core.identity import mode_of
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.reinstating import LimitsUsed, charge_limits
from insurance.operations.claims.ports import ReinstatementPorts
from insurance.operations.policy.store_policy import ChangedPolicy
from insurance.operations.system_command import command_for, instant_after


def charge_reinstatement(
    claim_id: str, now: datetime, ports: ReinstatementPorts
) -> datetime | None:
    """Charge the policy for the limits that its claims have used by now, or return what it paid.

    Nothing is done where exactly that was charged before, or where the policyholder was erased.

    Returns:
        None: there is nothing to do later.
    """
    try:
        claim = ports.claims.get(claim_id).record
        context = ports.claims.load_policy(claim.policy_id, None)
    except (ClaimNotFound, PolicyNotFound):
        return None
    if context.policy.key is not None:
        _charge(claim, context, instant_after(now, context.policy.head), ports)
    return None


def _charge(
    claim: Claim,
    context: NoticeContext,
    now: datetime,
    ports: ReinstatementPorts,
) -> None:
    before = context.policy
    conditions = Conditions.of(ports.products.version(before.record.product))
    used = LimitsUsed(claim.id, claim.reinstatements, context.used)
    policy = charge_limits(before.record, used, conditions, now=now, actor=SYSTEM_ACTOR)
    transactions = policy.transactions[len(before.record.transactions) :]
    if not transactions:
        return
    subject = f"{policy.id} {before.head.sequence}"
    command = command_for(mode_of(policy.id), "reinstatement", subject, now)
    changed = ChangedPolicy(
        policy,
        PolicyEventType.LIMIT_REINSTATED,
        effective_at=transactions[-1].effective_at,
        postings=tuple(
            posting
            for transaction in transactions
            for posting in transaction.computation.postings()
        ),
    )
    event, stored = changed.following(before, command)
    ports.policies.change(event, stored, before=before, command=command.with_answer(None))
