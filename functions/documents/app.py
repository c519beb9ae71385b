"""Documents: a policy's schedule, certificate and letters as PDF, and exports of a customer's data."""

from http import HTTPStatus
from typing import Annotated, Literal

from insurance import bundles, wiring
from insurance.api.body import Request
from insurance.api.fields import Instant, Text
from insurance.api.paging import Page
from insurance.api.router import Api
from insurance.api.views.documents import DocumentDownloadView, DocumentRegisterView
from insurance.api.views.parties import DataExportView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    InvalidFields,
    NoCover,
    NotPrintable,
    PartyFull,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.core.identity import QuoteId
from insurance.domain.core.roles import EVERY_ROLE, SERVICING_ROLES, Role
from insurance.domain.core.scopes import Scope
from insurance.domain.document import DocumentKind
from insurance.domain.document.selection import DocumentInput
from insurance.domain.party.data_request import ProofMethod
from insurance.domain.party.record import HISTORY_MAX
from insurance.operations.command import Command, Query
from insurance.operations.documents.document_file import DocumentDownload
from insurance.operations.documents.make_document import make_document
from insurance.operations.documents.read_document import (
    RegisterPage,
    list_documents,
    read_document,
)
from insurance.operations.parties.export_data import DataDownload, ExportInput, export_data
from pydantic import Field, StringConstraints

ports, exporting = bundles.document_ports(), bundles.export_ports()
idempotency = wiring.stores().idempotency

api = Api(idempotency.find_replay, wiring.edge())
handler = api.entrypoint()

SELLERS = {CallerKind.APPLICATION, CallerKind.STAFF}


class DocumentRequest(Request):
    """Which document; without times, of the policy as it is now and as it is known now."""

    kind: DocumentKind
    as_at: Instant | None = None
    """The instant whose terms it shows. A letter shows those of its transaction."""
    known_at: Instant | None = None
    transaction: Annotated[int, Field(ge=2, le=1000)] | None = None
    """Of a letter about a transaction: its number; the default is the last that stands."""
    notice: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Of a notice letter: the number of the notice; the default is the last."""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] | None = None

    def requested(self) -> DocumentInput:
        return DocumentInput(
            kind=self.kind,
            as_at=self.as_at,
            known_at=self.known_at,
            transaction=self.transaction,
            notice=self.notice,
            language=self.language,
        )


class DataExportRequest(Request):
    """A person who asked for their data has shown who they are."""

    request: Annotated[int, Field(ge=1, le=HISTORY_MAX)]
    """The number of their request for access."""
    proof: Literal["identity_document", "portal_sign_in", "security_questions"]
    reference: Text | None = None
    """What was shown: the kind of a document and the last characters of its number, for example."""

    after: QuoteId | None = None
    """The `next` of the part before, where there is more than one call can make."""

    def export(self) -> ExportInput:
        return ExportInput(self.request, ProofMethod(self.proof), self.reference, self.after)


@api.command(
    "/v1/policies/{policy_id}/documents",
    operation_id="createDocument",
    summary="Create a document of a policy",
    scope=Scope.POLICIES_WRITE,
    callers=SELLERS,
    roles=SERVICING_ROLES,
    status=HTTPStatus.CREATED,
    shows=DocumentDownloadView,
    raises=(AlreadyErased, InvalidFields, NoCover, NotPrintable, TermsNotOffered, WrongState),
)
def post_document(policy_id: str, request: DocumentRequest, command: Command) -> DocumentDownload:
    """A repeated request gets the document that was made before."""
    return make_document(policy_id, request.requested(), command, ports)


@api.query(
    "/v1/policies/{policy_id}/documents",
    operation_id="listPolicyDocuments",
    summary="List the documents of a policy",
    scope=Scope.POLICIES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=DocumentRegisterView,
    paged="policy-documents:{policy_id}",
    paged_before="{policy_id}",
)
def get_documents(policy_id: str, page: Page, query: Query) -> RegisterPage:
    return list_documents(policy_id, query, ports, after=page.number, limit=page.limit)


@api.query(
    "/v1/policies/{policy_id}/documents/{document_id}",
    operation_id="getDocument",
    summary="Read a document and get a new download link",
    scope=Scope.POLICIES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=DocumentDownloadView,
    raises=(AlreadyErased,),
)
def get_document(policy_id: str, document_id: str, query: Query) -> DocumentDownload:
    return read_document(policy_id, document_id, query, ports)


@api.command(
    "/v1/parties/{party_id}/data-exports",
    operation_id="exportPartyData",
    summary="Export everything about a party, for the party, as JSON and as PDF",
    scope=Scope.PARTIES_ERASE,
    callers={CallerKind.STAFF},
    roles={Role.PRIVACY_OFFICER},
    status=HTTPStatus.CREATED,
    shows=DataExportView,
    raises=(AlreadyErased, PartyFull, WrongState),
)
def post_data_export(party_id: str, request: DataExportRequest, command: Command) -> DataDownload:
    """It answers the person's request."""
    return export_data(party_id, request.export(), command, exporting)
