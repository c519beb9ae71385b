"""Grant a person access to their own policy in the partner's portal, and withdraw it."""

from insurance.domain.core.errors import AlreadyErased, PolicyNotFound
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.party import Access
from insurance.operations.command import Command
from insurance.operations.parties.ports import AccessContext, Accesses


def grant_access(policy_id: str, person_id: str, command: Command, accesses: Accesses) -> Access:
    """Grant access. The partner vouches that the person is the policyholder.

    Raises:
        PolicyNotFound: There is no such policy, or it belongs to another partner.
        AlreadyErased: The policyholder's personal data were erased.
        AccessFull: The person has access to as many parties as one can have.
    """
    context = _load(policy_id, person_id, command, accesses)
    party_id = context.policy.record.party_id
    if context.policy.key is None:
        raise AlreadyErased(party_id)
    access = _current(context, person_id).granted(party_id)
    return _store(access, PartyEventType.ACCESS_GIVEN, context, command, accesses)


def withdraw_access(policy_id: str, person_id: str, command: Command, accesses: Accesses) -> Access:
    """Withdraw access. It ends when the gateway's cached answer of the authorizer expires.

    Raises:
        PolicyNotFound: There is no such policy, or it belongs to another partner.
    """
    context = _load(policy_id, person_id, command, accesses)
    access = _current(context, person_id).withdrawn(context.policy.record.party_id)
    return _store(access, PartyEventType.ACCESS_WITHDRAWN, context, command, accesses)


def _load(policy_id: str, person_id: str, command: Command, accesses: Accesses) -> AccessContext:
    context = accesses.load(policy_id, person_id, command)
    if not command.caller.sees(
        policy_id, context.policy.record.partner, context.policy.record.party
    ):
        raise PolicyNotFound(policy_id)
    return context


def _current(context: AccessContext, person_id: str) -> Access:
    return context.access.record if context.access else Access(person_id=person_id)


def _store(
    access: Access,
    type: PartyEventType,
    context: AccessContext,
    command: Command,
    accesses: Accesses,
) -> Access:
    event = Event.following(
        context.access.head if context.access else StreamPosition(),
        access,
        NothingToSeal(),
        stream=access.person_id,
        type=type,
        actor=command.actor,
        now=command.now,
    )
    accesses.store(event, access, before=context.access, command=command.with_answer(access))
    return access
