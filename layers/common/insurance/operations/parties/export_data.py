"""Export everything about a party, for the party: once they have shown who they are."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.identity import PartyId
from insurance.domain.core.packing import canonical
from insurance.domain.jurisdiction import ELSEWHERE
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.record import DataExport, IdentityProof, ProofMethod
from insurance.domain.privacy.data_export import export_of
from insurance.domain.privacy.legal_hold import place_of
from insurance.operations.command import Command
from insurance.operations.files.issue_download_link import Link, issue_download_link
from insurance.operations.parties.change_party import check_sees_party, party_event
from insurance.operations.parties.ports import ExportPorts


@dataclass(frozen=True, slots=True)
class ExportInput:
    """A person's demand for their data, and how they showed who they are."""

    requested_at: datetime | None
    """When they asked; None: now."""
    method: ProofMethod
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class DataDownload:
    """An export, and where its file can be read for a short time."""

    party_id: PartyId
    export: DataExport
    link: Link


def export_data(
    party_id: PartyId, request: ExportInput, command: Command, ports: ExportPorts
) -> DataDownload:
    """Export the data of the party and of its members, and record it on the party's stream.

    The file is not kept: its readable copy is deleted after a day or two. A later export is made anew.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
        InvalidFields: It was asked for in the future.
        PartyFull: As many exports were made as the record can hold.
        StaleRevision: The party has changed since it was loaded.
    """
    if request.requested_at is not None and request.requested_at > command.now:
        fault = FieldFault("/requested_at", "in-the-future", "An instant that has passed, please.")
        raise InvalidFields([fault])
    group = ports.parties.load_group(party_id, command)
    party = group.party.record
    check_sees_party(party, command.caller)
    contracts = ports.contracts.read_opened(party.ids)
    members = [member.record for member in group.members]
    file = canonical(export_of([party, *members], contracts))
    requested_at = request.requested_at or command.now
    places = [place_of(contract, ports.products.version) for contract in contracts]
    due_at = min(place.due(place.access, requested_at) for place in places or [ELSEWHERE])
    export = DataExport(
        number=len(party.exports) + 1,
        requested_at=requested_at,
        due_at=due_at,
        made_at=command.now,
        made_by=command.actor,
        proof=IdentityProof(
            method=request.method,
            reference=request.reference,
            checked_by=command.actor,
            checked_at=command.now,
        ),
        sha256=sha256(file).hexdigest(),
        size_bytes=len(file),
    )
    change, _stored = party_event(
        group.party, party.with_export(export), PartyEventType.DATA_EXPORTED, command
    )
    link = issue_download_link(
        f"{party.id}-{export.sha256[:16]}",
        file,
        media_type="application/json",
        name="your-data.json",
        objects=ports.files,
        now=command.idempotency.received_at,
    )
    made = DataDownload(party.id, export, link)
    ports.parties.change([change], command=command.with_answer(made))
    return made
