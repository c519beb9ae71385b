"""Record who has a role on a policy without holding it: beneficiaries, mortgagees, guardians and others."""

from insurance.domain.contract.interested_party import Interests, check_shares, curtailed
from insurance.domain.core.caller import CallerKind
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
        InvalidFields: The shares of beneficiaries are not the whole, or an irrevocable beneficiary, a
            mortgagee or a loss payee would have less without their consent.
        AlreadyErased: The policy's personal data were erased.
    """
    before = load_policy(policy_id, command, ports.policies)
    policy = before.record
    if policy.cancelled_by() is not None or command.now >= policy.period.end:
        raise WrongState(policy.id, "over", "get other interested parties")
    check_shares(interests.parties)
    _check_consent(policy, interests, command)
    changed = ChangedPolicy(
        policy.replace(interests=interests), PolicyEventType.INTERESTED_PARTIES_RECORDED
    )
    event, stored = changed.following(before, command)
    ports.policies.change(event, stored, before=before, command=command.with_answer(stored))
    return stored


def _check_consent(policy: Policy, interests: Interests, command: Command) -> None:
    """Check that all who have a right of their own agreed to have less.

    A loan that is paid back may have no document: a member of staff may give a reason in its place.
    """
    known = policy.interests.parties if policy.interests else ()
    less = curtailed(known, interests.parties)
    if command.caller.kind is CallerKind.STAFF and interests.reason is not None:
        less = [party for party in less if party.irrevocable]
    if less and interests.evidence is None:
        detail = (
            f"Interested party {known.index(less[0]) + 1} of those recorded would have less: name the "
            "document of their consent. A member of staff may give a reason for a mortgagee or loss payee."
        )
        raise InvalidFields([FieldFault("/evidence", "required", detail)])
