"""Evidence: files about a loss, sent by a form, checked, cleaned, sealed, and linked for a short time."""

from http import HTTPStatus
from typing import Annotated, Final

from insurance import bundles, wiring
from insurance.api.body import Request
from insurance.api.fields import Code
from insurance.api.paging import Page
from insurance.api.router import Api
from insurance.api.views.evidence import (
    AnnouncedEvidenceView,
    EvidenceListView,
    EvidenceView,
    LinkedEvidenceView,
)
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    ClaimFull,
    EvidenceNotScanned,
    EvidenceNotSent,
    InvalidFields,
    WrongState,
)
from insurance.domain.core.roles import CLAIM_READERS, NOTICE_TAKERS
from insurance.domain.core.scopes import Scope
from insurance.domain.evidence.evidence import Evidence
from insurance.domain.evidence.media import BYTES_MAX, MediaType
from insurance.operations.claims.read_evidence import (
    LinkedEvidence,
    list_evidence,
    read_evidence,
)
from insurance.operations.claims.take_evidence import (
    AnnouncedEvidence,
    EvidenceInput,
    announce_file,
    receive_file,
)
from insurance.operations.command import Command, Query
from pydantic import Field, StringConstraints

ports = bundles.evidence_ports()
idempotency = wiring.stores().idempotency

api = Api(idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

EVERYBODY: Final = {CallerKind.APPLICATION, CallerKind.POLICYHOLDER, CallerKind.STAFF}


class EvidenceRequest(Request):
    """A file that the caller has."""

    code: Code
    """What the cover asks for (a claim names it in `missing`), or `other`."""
    media_type: MediaType
    size_bytes: Annotated[int, Field(ge=1, le=BYTES_MAX)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    name: Annotated[str, StringConstraints(max_length=200)] = ""
    """The file's name with the caller."""

    def file(self) -> EvidenceInput:
        return EvidenceInput(**dict(self))


@api.command(
    "/v1/claims/{claim_id}/evidence",
    operation_id="announceEvidence",
    summary="Announce a file of evidence and get a form to upload it",
    scope=Scope.CLAIMS_WRITE,
    callers=EVERYBODY,
    roles=NOTICE_TAKERS,
    status=HTTPStatus.CREATED,
    shows=AnnouncedEvidenceView,
    if_match=True,
    raises=(AlreadyErased, ClaimFull, InvalidFields, WrongState),
)
def post_evidence(claim_id: str, request: EvidenceRequest, command: Command) -> AnnouncedEvidence:
    """The form takes this very file for ten minutes. Announced again, it is given a new one."""
    return announce_file(claim_id, request.file(), command, ports)


@api.command(
    "/v1/claims/{claim_id}/evidence/{evidence_id}/receipt",
    operation_id="receiveEvidence",
    summary="Check and store an uploaded file of evidence",
    scope=Scope.CLAIMS_WRITE,
    callers=EVERYBODY,
    roles=NOTICE_TAKERS,
    shows=EvidenceView,
    if_match=True,
    raises=(AlreadyErased, EvidenceNotScanned, EvidenceNotSent, InvalidFields, WrongState),
)
def post_receipt(claim_id: str, evidence_id: str, command: Command) -> Evidence:
    return receive_file(claim_id, evidence_id, command, ports)


@api.query(
    "/v1/claims/{claim_id}/evidence",
    operation_id="listEvidence",
    summary="List the evidence of a claim",
    scope=Scope.CLAIMS_READ,
    callers=EVERYBODY,
    roles=CLAIM_READERS,
    shows=EvidenceListView,
    paged="evidence:{claim_id}",
)
def get_evidence_of_claim(claim_id: str, page: Page, query: Query) -> tuple[Evidence, ...]:
    return list_evidence(claim_id, query, ports)


@api.query(
    "/v1/claims/{claim_id}/evidence/{evidence_id}",
    operation_id="getEvidence",
    summary="Read a file of evidence and get a download link",
    scope=Scope.CLAIMS_READ,
    callers=EVERYBODY,
    roles=CLAIM_READERS,
    shows=LinkedEvidenceView,
    raises=(AlreadyErased,),
)
def get_evidence(claim_id: str, evidence_id: str, query: Query) -> LinkedEvidence:
    return read_evidence(claim_id, evidence_id, query, ports)
