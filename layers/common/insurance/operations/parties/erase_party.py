"""Erase a party: destroy the key that everything personal about them is sealed with."""

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import PartyNotFound
from insurance.domain.core.event import Event, NothingToSeal
from insurance.domain.core.identity import mode_of
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.party import Erasure
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Parties


def erase_party(
    party_id: str, *, reason: str, caller: Caller, parties: Parties, receipt: Idempotency
) -> Erasure:
    """After this nobody can read the party's personal data, in any table or event.

    What was hashed was ciphertext, so chains and postings still verify. A backup of the tables
    holds the key for as long as the backup is kept (docs/adr/0007).
    """
    if mode_of(party_id) is not caller.mode:
        raise PartyNotFound(party_id)
    head = parties.load(party_id, receipt)
    erasure = Erasure(party_id=party_id, reason=reason, erased_at=receipt.now)
    event = Event.following(
        head,
        erasure,
        NothingToSeal(),
        stream=party_id,
        type=PartyEventType.ERASED,
        actor=caller.principal,
        now=receipt.now,
    )
    parties.erase(event, party_id=party_id, receipt=receipt.record(erasure))
    return erasure
