"""Record a request of a person about their data, and answer it: each within the time of the law."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.identity import PartyId
from insurance.domain.core.stored import Stored
from insurance.domain.jurisdiction.places import ELSEWHERE
from insurance.domain.jurisdiction.regulatory_deadline import RegulatoryDeadline
from insurance.domain.party.data_request import (
    ANSWER,
    DataRequest,
    DataRequestKind,
    DataRequestOutcome,
    request_numbered,
)
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.record import Party
from insurance.domain.privacy.legal_hold import ContractRecords, ProductOf, place_of
from insurance.operations.command import Command
from insurance.operations.parties.change_party import load_party, store_party
from insurance.operations.parties.ports import ErasurePorts, Parties


class DataRequestInput(NamedTuple):
    """A request as a caller passes it on."""

    kind: DataRequestKind
    requested_at: datetime | None
    """When it was received; None: now."""
    text: str = ""


class AnswerInput(NamedTuple):
    """How a request is answered."""

    request: int
    """Its number."""
    outcome: DataRequestOutcome
    reason: str


class RequestOfParty(NamedTuple):
    """A request about a party's data."""

    party_id: PartyId
    request: DataRequest


def record_data_request(
    party_id: PartyId, given: DataRequestInput, command: Command, ports: ErasurePorts
) -> RequestOfParty:
    """Record a request. It waits for the privacy officer until it is answered.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
        InvalidFields: It was received in the future.
        PartyFull: The record holds as many requests as it can.
        StaleRevision: The party has changed since it was loaded.
    """
    requested_at = given.requested_at or command.now
    if requested_at > command.now:
        fault = FieldFault("/requested_at", "in-the-future", "An instant that has passed, please.")
        raise InvalidFields([fault])
    before = load_party(party_id, command, ports.parties)
    contracts = ports.contracts.read(before.record.ids)
    request = DataRequest(
        number=len(before.record.requests) + 1,
        kind=given.kind,
        text=given.text,
        recorded_by=command.actor,
        deadline=RegulatoryDeadline(
            code=ANSWER,
            started_at=requested_at,
            due_at=due_of(contracts, ports.products.version, requested_at),
        ),
    )
    changed = before.record.with_request(request)
    store_party(
        before,
        changed,
        PartyEventType.DATA_REQUESTED,
        _answering(command, request.number),
        ports.parties,
    )
    return RequestOfParty(changed.id, request)


def answer_data_request(
    party_id: PartyId, answer: AnswerInput, command: Command, parties: Parties
) -> RequestOfParty:
    """Record how a request was answered, where nothing else does: an export answers a request for
    access, a restriction the request for it, and an erasure removes the request with the rest.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
        InvalidFields: The party has no such request.
        StaleRevision: The party has changed since it was loaded.
        WrongState: It was answered before.
    """
    before = load_party(party_id, command, parties)
    changed = before.record.with_answer(
        answer.request,
        answer.outcome,
        at=command.now,
        by=command.actor,
        reason=answer.reason,
    )
    type, answering = PartyEventType.DATA_REQUEST_ANSWERED, _answering(command, answer.request)
    store_party(before, changed, type, answering, parties)
    return RequestOfParty(changed.id, request_numbered(changed.requests, answer.request))


def due_of(
    contracts: Sequence[ContractRecords], product_of: ProductOf, requested_at: datetime
) -> datetime:
    """The first instant that is too late, by the law of the strictest place of these contracts."""
    places = [place_of(contract, product_of) for contract in contracts]
    return min(place.due(place.access, requested_at) for place in places or [ELSEWHERE])


def _answering(command: Command, number: int) -> Command:
    """The command, which is answered with the request of this number."""

    def request_of(stored: Stored[Party]) -> RequestOfParty:
        return RequestOfParty(stored.record.id, request_numbered(stored.record.requests, number))

    return command.answered_by(request_of)
