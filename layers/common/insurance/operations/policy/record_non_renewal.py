"""Record that the policyholder, or the insurer, does not want another term."""

from insurance.domain.core.errors import WrongState
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Initiator, Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.next_term import NonRenewal
from insurance.operations.command import Command
from insurance.operations.policy.ports import ServicingPorts
from insurance.operations.policy.store_policy import (
    ChangedPolicy,
    check_acts_for_insurer,
    load_policy,
)


def record_non_renewal(
    policy_id: str, by: Initiator, reason: str | None, command: Command, ports: ServicingPorts
) -> Stored[Policy]:
    """Record that a policy is not to be renewed.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
        StaleRevision: The policy has changed since the caller read it.
        NoAuthority: A partner acts in the insurer's name.
        WrongState: The term is over.
        AlreadyErased: The policy's personal data were erased.
    """
    before = load_policy(policy_id, command, ports.policies)
    policy = before.record
    if by is Initiator.INSURER:
        check_acts_for_insurer(command.caller)
    if command.now >= policy.period.end:
        raise WrongState(policy.id, "over", "be kept from renewing")
    marked = policy.replace(non_renewal=NonRenewal(by=by, reason=reason, since=command.now))
    changed = ChangedPolicy(marked, PolicyEventType.NON_RENEWAL_NOTED)
    event, stored = changed.following(before, command)
    ports.policies.change(event, stored, before=before, command=command.with_answer(stored))
    return stored
