"""What every change of a party has in common: how it is loaded, and the event that records it."""

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import AlreadyErased, PartyNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.identity import PartyId
from insurance.domain.core.stored import Stored
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.record import Party
from insurance.operations.command import Command
from insurance.operations.parties.ports import NamedParties, Parties, PartyChange


def check_sees_party(party: Party, caller: Caller) -> None:
    """Check that the caller may see the party. A policyholder may, who has access to it or to a party that
    was merged into it.

    Raises:
        PartyNotFound: The party is of another partner or person, or of the other mode.
    """
    if not any(caller.sees(party.id, party.partner, id) for id in party.ids):
        raise PartyNotFound(party.id)


def standing_party(party_id: PartyId, parties: Parties | NamedParties) -> Stored[Party]:
    """The party, or the one that stands for it since they were merged.

    Raises:
        PartyNotFound: There is no such party.
        AlreadyErased: The party was erased.
    """
    stored = parties.get(party_id)
    into = stored.record.merged_into
    return stored if into is None else parties.get(into)


def load_party(party_id: PartyId, command: Command, parties: Parties) -> Stored[Party]:
    """The party as it stands, or the one that it was merged into.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
        StaleRevision: The party has changed since the caller read it.
        AlreadyAnswered: This call was answered before.
        KeyReused: The caller's key was used for another request.
    """
    [before] = parties.load([party_id], command)
    if before.record.merged_into is not None:
        before = parties.get(before.record.merged_into)
    check_sees_party(before.record, command.caller)
    command.check_revision(before, party_id)
    return before


def party_event(
    before: Stored[Party], party: Party, type: PartyEventType, command: Command
) -> tuple[PartyChange, Stored[Party]]:
    """The event of a change, and the party after it.

    Raises:
        AlreadyErased: The party was erased.
    """
    if before.key is None:
        raise AlreadyErased(f"party {party.id}")
    event = Event.following(
        before.head,
        party,
        before.key,
        stream=party.id,
        type=type,
        actor=command.actor,
        now=command.now,
    )
    return PartyChange(event, before), Stored(party, event.head, before.key)


def store_party(
    before: Stored[Party],
    party: Party,
    type: PartyEventType,
    command: Command,
    parties: Parties,
) -> Stored[Party]:
    """Store the party as one event leaves it.

    Raises:
        AlreadyErased: The party was erased.
        StaleRevision: The party has changed since it was loaded.
    """
    change, stored = party_event(before, party, type, command)
    parties.change([change], command=command.with_answer(stored))
    return stored
