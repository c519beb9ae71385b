"""Record what a party allows or forbids."""

from insurance.domain.core.identity import PartyId
from insurance.domain.core.stored import Stored
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.record import Party
from insurance.operations.command import Command
from insurance.operations.parties.change_party import load_party, store_party
from insurance.operations.parties.ports import Parties


def record_consent(
    party_id: PartyId, purpose: str, command: Command, parties: Parties, *, given: bool
) -> Stored[Party]:
    """Record a consent, or that it was refused or withdrawn.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
        StaleRevision: The party has changed since the caller read it.
        PartyFull: The record holds as many consents as it can.
    """
    before = load_party(party_id, command, parties)
    party = before.record.with_consent(purpose, given=given, at=command.now, by=command.actor)
    return store_party(before, party, PartyEventType.CONSENT_RECORDED, command, parties)
