"""Let a person see their own policy through a partner's portal, and take that back."""

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import AlreadyErased, NoAuthority, PolicyNotFound
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.party import Access
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import AccessContext, Accesses


def give_access(
    policy_id: str, person_id: str, *, caller: Caller, accesses: Accesses, receipt: Idempotency
) -> Access:
    """The partner vouches that this person is the policyholder: it knows both, we know neither."""
    file = _load(policy_id, person_id, caller, accesses, receipt)
    party_id = file.policy.record.party_id
    if file.policy.key is None:
        raise AlreadyErased(party_id)
    access = _before(file, person_id).given(party_id)
    return _store(access, PartyEventType.ACCESS_GIVEN, file, caller, accesses, receipt)


def withdraw_access(
    policy_id: str, person_id: str, *, caller: Caller, accesses: Accesses, receipt: Idempotency
) -> Access:
    """The person sees the policy no longer, once the authorizer's answer is forgotten."""
    file = _load(policy_id, person_id, caller, accesses, receipt)
    access = _before(file, person_id).withdrawn(file.policy.record.party_id)
    return _store(access, PartyEventType.ACCESS_WITHDRAWN, file, caller, accesses, receipt)


def _load(
    policy_id: str, person_id: str, caller: Caller, accesses: Accesses, receipt: Idempotency
) -> AccessContext:
    if caller.kind is not CallerKind.APPLICATION:
        raise NoAuthority("this step, which is for the partner's own application")
    file = accesses.load(policy_id, person_id, receipt)
    if not caller.sees(policy_id, file.policy.record.partner):
        raise PolicyNotFound(policy_id)
    return file


def _before(file: AccessContext, person_id: str) -> Access:
    return file.access.record if file.access else Access(person_id=person_id)


def _store(  # noqa: PLR0917 - the access, and what storing it takes
    access: Access,
    type: PartyEventType,
    file: AccessContext,
    caller: Caller,
    accesses: Accesses,
    receipt: Idempotency,
) -> Access:
    event = Event.following(
        file.access.head if file.access else StreamPosition(),
        access,
        NothingToSeal(),
        stream=access.person_id,
        type=type,
        actor=caller.principal,
        now=receipt.now,
    )
    accesses.store(event, access, before=file.access, receipt=receipt.record(access))
    return access
