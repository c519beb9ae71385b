"""Grant a person access to their own policy in the partner's portal, and withdraw it."""

from typing import NamedTuple

from insurance.domain.core.errors import (
    AlreadyErased,
    FieldFault,
    InvalidFields,
    PolicyNotFound,
)
from insurance.domain.core.identity import PartyId, PersonId
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.party import Access
from insurance.domain.policy import Policy
from insurance.operations.command import Command
from insurance.operations.parties.ports import AccessContext, Accesses


class PersonOfPolicy(NamedTuple):
    """A signed-in person, and who of a policy's holders they are."""

    id: PersonId
    joint_holder: int | None = None
    """Counted from 1; None: the policyholder."""


def grant_access(
    policy_id: str, person: PersonOfPolicy, command: Command, accesses: Accesses
) -> Access:
    """Grant access. The partner vouches that the person is the policyholder, or the joint holder.

    Raises:
        PolicyNotFound: There is no such policy, or it belongs to another partner.
        AlreadyErased: The policyholder's personal data were erased.
        InvalidFields: There is no such joint holder, or they are no customer of their own.
        AccessFull: The person has access to as many parties as one can have.
    """
    context = _load(policy_id, person, command, accesses)
    policy = context.policy.record
    if context.policy.key is None:
        raise AlreadyErased(policy.party_id)
    access = _current(context, person).granted(_party(policy, person.joint_holder))
    return _store(access, PartyEventType.ACCESS_GIVEN, context, command, accesses)


def withdraw_access(
    policy_id: str, person: PersonOfPolicy, command: Command, accesses: Accesses
) -> Access:
    """Withdraw access. It ends when the gateway's cached answer of the authorizer expires.

    Raises:
        PolicyNotFound: There is no such policy, or it belongs to another partner.
        InvalidFields: There is no such joint holder, or they are no customer of their own.
    """
    context = _load(policy_id, person, command, accesses)
    party_id = _party(context.policy.record, person.joint_holder)
    access = _current(context, person).withdrawn(party_id)
    return _store(access, PartyEventType.ACCESS_WITHDRAWN, context, command, accesses)


def _party(policy: Policy, joint_holder: int | None) -> PartyId:
    """The party of the policyholder, or of a joint holder counted from 1."""
    if joint_holder is None:
        return policy.party_id
    if joint_holder > len(policy.joint_holders):
        fault = FieldFault("/joint_holder", "unknown", "There is no such joint holder.")
        raise InvalidFields([fault])
    party_id = policy.joint_holders[joint_holder - 1].party_id
    if party_id is None:
        detail = "They are no customer of their own: let them in again with their `party_id`."
        raise InvalidFields([FieldFault("/joint_holder", "no-customer", detail)])
    return party_id


def _load(
    policy_id: str, person: PersonOfPolicy, command: Command, accesses: Accesses
) -> AccessContext:
    context = accesses.load(policy_id, person.id, command)
    if not command.caller.sees(
        policy_id, context.policy.record.partner, context.policy.record.party
    ):
        raise PolicyNotFound(policy_id)
    return context


def _current(context: AccessContext, person: PersonOfPolicy) -> Access:
    return context.access.record if context.access else Access(person_id=person.id)


def _store(
    access: Access,
    type: PartyEventType,
    context: AccessContext,
    command: Command,
    accesses: Accesses,
) -> Access:
    event = command.event(access.person_id, access, type, context.access)
    accesses.store(event, access, before=context.access, command=command.with_answer(access))
    return access
