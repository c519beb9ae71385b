"""Erase a party: destroy the keys that all their personal data are sealed with."""

from insurance.domain.core.errors import PartyNotFound
from insurance.domain.core.event import Event, NothingToSeal
from insurance.domain.core.identity import PartyId, mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.party import Erasure
from insurance.domain.party.record import Party
from insurance.operations.command import Command
from insurance.operations.parties.ports import Parties, PartyChange


def erase_party(party_id: PartyId, reason: str, command: Command, parties: Parties) -> Erasure:
    """Destroy the keys of the party and of those that were merged into it. Nobody can read their
    personal data after this, in table or event, with any contract.

    Hashes run over ciphertext, so chains of events and postings still verify. A backup of the
    tables has the keys for as long as the backup is stored (docs/adr/0007).

    Raises:
        PartyNotFound: There is no such party, or it is of the other mode.
        AlreadyErased: The party was erased before.
    """
    if mode_of(party_id) is not command.caller.mode:
        raise PartyNotFound(party_id)
    party, members = parties.load_group(party_id, command)
    erasure = Erasure(party_id=party.record.id, reason=reason, erased_at=command.now)
    erased = [_erased(each, reason, command) for each in (party, *members)]
    parties.erase(erased, command=command.with_answer(erasure))
    return erasure


def _erased(before: Stored[Party], reason: str, command: Command) -> PartyChange:
    party_id = before.record.id
    event = Event.following(
        before.head,
        Erasure(party_id=party_id, reason=reason, erased_at=command.now),
        NothingToSeal(),
        stream=party_id,
        type=PartyEventType.ERASED,
        actor=command.actor,
        now=command.now,
    )
    return PartyChange(event, before)
