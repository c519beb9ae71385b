"""Documents: a policy's schedule, certificate and letters as PDF, and the register of them."""

from http import HTTPStatus
from typing import Annotated

from insurance import bundles, wiring
from insurance.api.body import Request
from insurance.api.fields import Instant
from insurance.api.paging import Page
from insurance.api.router import Api
from insurance.api.views.documents import DocumentDownloadView, DocumentRegisterView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    InvalidFields,
    NoCover,
    NotPrintable,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.core.roles import EVERY_ROLE, SERVICING_ROLES
from insurance.domain.core.scopes import Scope
from insurance.domain.document import DocumentKind
from insurance.domain.document.selection import DocumentInput
from insurance.operations.command import Command, Query
from insurance.operations.documents.document_file import DocumentDownload
from insurance.operations.documents.make_document import make_document
from insurance.operations.documents.read_document import (
    RegisterPage,
    list_documents,
    read_document,
)
from pydantic import Field, StringConstraints

ports, idempotency = bundles.document_ports(), wiring.stores().idempotency

api = Api(idempotency.find_replay)
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
    operation_id="listDocuments",
    summary="List the documents of a policy",
    scope=Scope.POLICIES_READ,
    callers=SELLERS,
    roles=EVERY_ROLE,
    shows=DocumentRegisterView,
    paged="{policy_id}",
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
