"""Erase a party: destroy the key that all their personal data are sealed with."""

from insurance.domain.core.errors import PartyNotFound
from insurance.domain.core.event import Event, NothingToSeal
from insurance.domain.core.identity import mode_of
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.party import Erasure
from insurance.operations.command import Command
from insurance.operations.parties.ports import Parties


def erase_party(party_id: str, reason: str, command: Command, parties: Parties) -> Erasure:
    """Destroy the party's key. Nobody can read their personal data after this, in table or event.

    Hashes run over ciphertext, so chains of events and postings still verify. A backup of the
    tables has the key for as long as the backup is stored (docs/adr/0007).

    Raises:
        PartyNotFound: There is no such party, or it is of the other mode.
        AlreadyErased: The party was erased before.
    """
    if mode_of(party_id) is not command.caller.mode:
        raise PartyNotFound(party_id)
    head = parties.load(party_id, command)
    erasure = Erasure(party_id=party_id, reason=reason, erased_at=command.now)
    event = Event.following(
        head,
        erasure,
        NothingToSeal(),
        stream=party_id,
        type=PartyEventType.ERASED,
        actor=command.actor,
        now=command.now,
    )
    parties.erase(event, party_id=party_id, command=command.with_answer(erasure))
    return erasure
