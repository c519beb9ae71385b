"""Merge two parties that are one customer, and undo it."""

from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import PartyId
from insurance.domain.core.stored import Stored
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.record import Party
from insurance.operations.command import Command
from insurance.operations.parties.change_party import check_sees_party, party_event
from insurance.operations.parties.ports import Parties


def merge_parties(
    party_id: PartyId, other_id: PartyId, command: Command, parties: Parties
) -> Stored[Party]:
    """Let one party stand for another too. Both keep their keys and their streams.

    Raises:
        PartyNotFound: One of them does not exist, or the caller may not see it.
        AlreadyErased: One of them was erased.
        StaleRevision: The party has changed since the caller read it.
        WrongState: One of them is merged already, or they are customers of two partners.
        PartyFull: As many parties are merged into this one as can be.
    """
    before, other = _load(party_id, other_id, command, parties)
    if before.record.partner != other.record.partner:
        raise WrongState(f"Party {other_id}", "another partner's customer", "be merged")
    types = (PartyEventType.JOINED, PartyEventType.MERGED)
    return _store((before, other), before.record.joined_by(other.record), types, command, parties)


def undo_merge(
    party_id: PartyId, other_id: PartyId, command: Command, parties: Parties
) -> Stored[Party]:
    """Let two parties that were merged be two customers again.

    Raises:
        PartyNotFound: One of them does not exist, or the caller may not see it.
        AlreadyErased: One of them was erased.
        StaleRevision: The party has changed since the caller read it.
        WrongState: The other one is not merged into this one.
    """
    before, other = _load(party_id, other_id, command, parties)
    types = (PartyEventType.LEFT, PartyEventType.PARTED)
    return _store((before, other), before.record.parted_from(other.record), types, command, parties)


def _load(
    party_id: PartyId, other_id: PartyId, command: Command, parties: Parties
) -> tuple[Stored[Party], Stored[Party]]:
    if party_id == other_id:
        raise WrongState(f"Party {other_id}", "the same party", "be merged into itself")
    before, other = parties.load([party_id, other_id], command)
    for each in (before, other):
        check_sees_party(each.record, command.caller)
    command.check_revision(before, party_id)
    return before, other


def _store(
    before: tuple[Stored[Party], Stored[Party]],
    after: tuple[Party, Party],
    types: tuple[PartyEventType, PartyEventType],
    command: Command,
    parties: Parties,
) -> Stored[Party]:
    changed = [party_event(*each, command) for each in zip(before, after, types, strict=True)]
    stored = changed[0][1]
    parties.change([change for change, _ in changed], command=command.with_answer(stored))
    return stored
