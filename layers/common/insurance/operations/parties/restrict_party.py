"""Restrict what is done with a party's data, as they demanded, and lift it again."""

from insurance.domain.core.identity import PartyId
from insurance.domain.core.stored import Stored
from insurance.domain.party.data_request import DataRequestKind, DataRequestOutcome
from insurance.domain.party.demands import RestrictionKind
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.record import Party
from insurance.operations.command import Command
from insurance.operations.parties.change_party import load_party, store_party
from insurance.operations.parties.ports import Parties


def restrict_party(
    party_id: PartyId, kind: RestrictionKind, reason: str, command: Command, parties: Parties
) -> Stored[Party]:
    """Record a demand that stands from now on. Open requests for it are answered by that.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
        StaleRevision: The party has changed since the caller read it.
        WrongState: The demand stands already.
        PartyFull: The record holds as many demands as it can.
    """
    before = load_party(party_id, command, parties)
    party = before.record.restricted(kind, reason, at=command.now).with_answers(
        DataRequestKind(kind), DataRequestOutcome.DONE, at=command.now, by=command.actor
    )
    return store_party(before, party, PartyEventType.RESTRICTED, command, parties)


def lift_restriction(
    party_id: PartyId, kind: RestrictionKind, reason: str, command: Command, parties: Parties
) -> Stored[Party]:
    """Record that a demand stands no longer, and why.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
        StaleRevision: The party has changed since the caller read it.
        WrongState: The demand does not stand.
    """
    before = load_party(party_id, command, parties)
    party = before.record.released(kind, reason, at=command.now)
    return store_party(before, party, PartyEventType.RESTRICTION_LIFTED, command, parties)
