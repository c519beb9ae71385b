"""Export everything about a party, for the party: once they have asked, and have shown who they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import FieldFault, InvalidFields, NotPrintable, WrongState
from insurance.domain.core.identity import Mode, PartyId, QuoteId, mode_of
from insurance.domain.core.packing import canonical
from insurance.domain.core.stored import Stored
from insurance.domain.document import Document
from insurance.domain.jurisdiction.places import ELSEWHERE
from insurance.domain.party.data_request import (
    DataExport,
    DataRequest,
    DataRequestKind,
    DataRequestOutcome,
    IdentityProof,
    ProofMethod,
    request_numbered,
)
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.privacy.data_export import export_of, values_in
from insurance.domain.privacy.export_document import (
    ExportLetter,
    export_content,
    in_common_letters,
)
from insurance.domain.privacy.legal_hold import ContractRecords, place_of
from insurance.operations.command import Command
from insurance.operations.documents.ports import Documents
from insurance.operations.files.issue_download_link import Link, ReadableCopy, issue_download_link
from insurance.operations.parties.change_party import check_sees_party, party_event
from insurance.operations.parties.ports import ExportPorts

LISTED_AT_ONCE = 100
CONTRACTS_AT_ONCE: Final = 150
VALUES_AT_ONCE: Final = 25_000
"""Of the contracts of one part. To set a document of so many takes two seconds of a processor."""
LANGUAGE, REGION = "en", "GB"
"""Of the document for a party without contracts."""


@dataclass(frozen=True, slots=True)
class ExportInput:
    """Which request for access is answered, and how the person showed who they are."""

    request: int
    """Its number."""
    method: ProofMethod
    reference: str | None = None
    after: QuoteId | None = None
    """The `next` of the part before; None: the first part."""


@dataclass(frozen=True, slots=True)
class DataDownload:
    """An export, and where its two files can be read for a short time."""

    party_id: PartyId
    export: DataExport
    file: Link
    """JSON, for computers."""
    document: Link
    """PDF, for people."""


def export_data(
    party_id: PartyId, given: ExportInput, command: Command, ports: ExportPorts
) -> DataDownload:
    """Export the data of the party and of its members, and record it on the party's stream. That answers
    their request. A further export may be made for the same request: links expire soon.

    What is more than a call can make comes in parts, contract by contract; the last one answers the request.

    The files are not kept: their readable copies are deleted after a day or two. A later export is made anew.

    Raises:
        PartyNotFound: There is no such party, or the caller may not see it.
        AlreadyErased: The party was erased.
        InvalidFields: The party has no such request for access, or no part ended so.
        PartyFull: As many exports were made as the record can hold.
        StaleRevision: The party has changed since it was loaded.
        WrongState: The request was refused.
    """
    group = ports.parties.load_group(party_id, command)
    party = group.party.record
    check_sees_party(party, command.caller)
    request = _request_for_access(party, given.request)
    before = _part_before(party, given)
    as_of = before.as_of if before else command.now
    members = [member.record for member in group.members]
    contracts, exported, following = _part([party, *members], given, as_of, ports)
    file, document = (
        canonical(exported),
        _document(exported, contracts, party, request, command, ports),
    )
    export = DataExport(
        number=len(party.exports) + 1,
        request=request.number,
        requested_at=request.deadline.started_at,
        due_at=request.deadline.due_at,
        made_at=command.now,
        made_by=command.actor,
        proof=IdentityProof(
            method=given.method,
            reference=given.reference,
            checked_by=command.actor,
            checked_at=command.now,
        ),
        sha256=sha256(file).hexdigest(),
        size_bytes=len(file),
        document_sha256=sha256(document).hexdigest(),
        document_size_bytes=len(document),
        after=given.after,
        next=following,
        contracts_as_of=before.as_of if before else None,
    )
    changed = party.with_export(export)
    if request.is_open and following is None:
        changed = changed.with_answer(
            request.number, DataRequestOutcome.DONE, at=command.now, by=command.actor
        )
    change, _stored = party_event(group.party, changed, PartyEventType.DATA_EXPORTED, command)
    made = DataDownload(
        party.id,
        export,
        file=_link(party, file, "json", command, ports),
        document=_link(party, document, "pdf", command, ports),
    )
    ports.parties.change([change], command=command.with_answer(made))
    return made


def _part_before(party: Party, given: ExportInput) -> DataExport | None:
    """The part of this request that ended where the next one is to begin; None: this is the first part.

    Raises:
        InvalidFields: None did.
    """
    if given.after is None:
        return None
    for each in reversed(party.exports):
        if (each.request, each.next) == (given.request, given.after):
            return each
    detail = "It is the `next` of an export that was made for this request."
    raise InvalidFields([FieldFault("/after", "unknown", detail)])


def _part(
    parties: Sequence[Party], given: ExportInput, as_of: datetime, ports: ExportPorts
) -> tuple[Sequence[ContractRecords], JsonObject, QuoteId | None]:
    """The contracts of a part, what is exported of them, and the last of them where another part follows:
    as many as a call can set as a document, and one at least.

    A contract that was made after the first part has its place anywhere in the order: a later part would have
    some of them and lack others. So all parts have those of one moment."""
    contracts = ports.contracts.read_opened(
        parties[0].ids, after=given.after or "", limit=CONTRACTS_AT_ONCE + 1
    )
    follows = len(contracts) > CONTRACTS_AT_ONCE
    read = contracts[:CONTRACTS_AT_ONCE]
    last = read[-1].quote.record.id if follows else None
    known = [contract for contract in read if contract.quote.record.created_at <= as_of]
    exported = export_of(parties, known, lambda policy: _documents_of(policy, ports.documents))
    exported = {"contracts_as_of": as_of.isoformat(), **exported}
    sizes = accumulate(values_in(contract) for contract in exported["contracts"])
    fitting = max(1, sum(size <= VALUES_AT_ONCE for size in sizes))
    if fitting >= len(known):
        return known, exported, last
    exported = {**exported, "contracts": exported["contracts"][:fitting]}
    return known[:fitting], exported, known[fitting - 1].quote.record.id


def _request_for_access(party: Party, number: int) -> DataRequest:
    request = request_numbered(party.requests, number)
    if request.kind is not DataRequestKind.ACCESS:
        detail = f"Request {number} asks for something else: {request.kind}."
        raise InvalidFields([FieldFault("/request", "not-for-access", detail)])
    if request.outcome is DataRequestOutcome.REFUSED:
        raise WrongState(f"Request {number}", "refused", "be answered by an export")
    return request


def _documents_of(policy: Stored[Policy], documents: Documents) -> Iterator[Document]:
    """The policy's documents; none where the policy was passed on to another party, whose they are."""
    after = 0
    while policy.key is not None:
        page = documents.registered(policy, after=after, limit=LISTED_AT_ONCE)
        yield from page
        if len(page) < LISTED_AT_ONCE:
            return
        after += len(page)


def _document(
    exported: JsonObject,
    contracts: Sequence[ContractRecords],
    party: Party,
    request: DataRequest,
    command: Command,
    ports: ExportPorts,
) -> bytes:
    """The same data as an accessible PDF, in the language and for the place of the first contract."""
    language, place = LANGUAGE, ELSEWHERE
    if contracts:
        product = ports.products.version(contracts[0].quote.record.product)
        language, place = (
            product.documents.languages[0],
            place_of(contracts[0], ports.products.version),
        )
    region = place.code[:2] if contracts else REGION
    wording = ports.wordings.of(language, region, ZoneInfo(place.zone))
    letter = ExportLetter(
        carrier=ports.carrier,
        holder=party.policyholder,
        number=request.number,
        made_at=command.now,
        as_of=datetime.fromisoformat(exported["contracts_as_of"]),
        mark=wording.say("mark.test") if mode_of(party.id) is Mode.TEST else "",
    )
    content = export_content(exported, letter, wording)
    try:
        return ports.typesetter.set(content)
    except NotPrintable:
        return ports.typesetter.set(in_common_letters(content))


def _link(party: Party, file: bytes, ending: str, command: Command, ports: ExportPorts) -> Link:
    id = f"{party.id}-{sha256(file).hexdigest()[:16]}"
    copy = ReadableCopy(id, party.id, f"your-data.{ending}")
    return issue_download_link(copy, file, objects=ports.files, now=command.idempotency.received_at)
