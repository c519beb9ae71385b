"""Record who has a role on a policy without holding it: beneficiaries, mortgagees, guardians and others."""

from insurance.domain.contract.interested_party import Interests, check_shares, curtailed
from insurance.domain.core.errors import FieldFault, InvalidFields, WrongState
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.operations.command import Command
from insurance.operations.policy.ports import ServicingPorts
from insurance.operations.policy.store_policy import ChangedPolicy, load_policy


def record_interested_parties(
    policy_id: str, interests: Interests, command: Command, ports: ServicingPorts
) -> Stored[Policy]:
    """Let these have a role on the policy from now on, and nobody else.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
        StaleRevision: The policy has changed since the caller read it.
        WrongState: Cover has ended.
        InvalidFields: The shares of beneficiaries are not the whole, or an irrevocable beneficiary would
            have less without their consent.
        AlreadyErased: The policy's personal data were erased.
    """
    before = load_policy(policy_id, command, ports.policies)
    policy = before.record
    if policy.cancelled_by() is not None or command.now >= policy.period.end:
        raise WrongState(policy.id, "over", "get other interested parties")
    check_shares(interests.parties)
    known = policy.interests.parties if policy.interests else ()
    if curtailed(known, interests.parties) and interests.evidence is None:
        detail = "An irrevocable beneficiary would have less: name the document of their consent."
        raise InvalidFields([FieldFault("/evidence", "required", detail)])
    changed = ChangedPolicy(
        policy.replace(interests=interests), PolicyEventType.INTERESTED_PARTIES_RECORDED
    )
    event, stored = changed.following(before, command)
    ports.policies.change(event, stored, before=before, command=command.with_answer(stored))
    return stored
