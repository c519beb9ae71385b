"""Documents: a policy's schedule, certificate and letters as PDF, and the register of what was made."""

from http import HTTPStatus
from typing import Annotated

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import Instant
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.views.documents import DocumentDownloadView, DocumentRegisterView
from insurance.domain.document import DocumentKind
from insurance.domain.document.selection import DocumentInput
from insurance.operations.documents.make_document import make_document
from insurance.operations.documents.read_document import read_document, read_register
from insurance.operations.idempotency import RecordedAnswer
from pydantic import Field, StringConstraints

products, receipts = wiring.products(), wiring.stores().receipts
documents, files = wiring.stores().documents, wiring.objects("documents")
wordings, typesetter = wiring.wordings(), wiring.typesetter()

api = Api(receipts.find_replay)
handler = api.entrypoint()


class DocumentRequest(Request):
    """Which document; without times, of the policy as it is now and as it is known now."""

    kind: DocumentKind
    as_at: Instant | None = None
    """The instant whose terms it shows. A letter shows those that its transaction made."""
    known_at: Instant | None = None
    transaction: Annotated[int, Field(ge=2, le=1000)] | None = None
    """Of a letter about a change or an ending: which one; left out, the last that stands."""
    notice: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Of a letter that gives notice: which one; left out, the last."""
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
    scope="policies:write",
    status=HTTPStatus.CREATED,
    summary="Make a document of a policy",
)
def post_document(
    policy_id: str, request: DocumentRequest, call: Call
) -> DocumentDownloadView | RecordedAnswer:
    """Asked for again, a document is the one that is there already."""
    return call.once(
        lambda receipt: make_document(
            policy_id,
            request.requested(),
            caller=call.caller,
            products=products,
            wordings=wordings,
            typesetter=typesetter,
            documents=documents,
            objects=files,
            receipt=receipt,
        ),
        shows=DocumentDownloadView.of,
    )


@api.query(
    "GET",
    "/v1/policies/{policy_id}/documents",
    scope="policies:read",
    summary="List the documents that were made of a policy",
)
def get_documents(policy_id: str, call: Call) -> DocumentRegisterView:
    page = call.page(of=policy_id)
    found = read_register(
        policy_id, after=page.after, limit=page.limit, caller=call.caller, documents=documents
    )
    return DocumentRegisterView.of(policy_id, found)


@api.query(
    "GET",
    "/v1/policies/{policy_id}/documents/{document_id}",
    scope="policies:read",
    summary="Read a document: a new link to its file",
)
def get_document(policy_id: str, document_id: str, call: Call) -> DocumentDownloadView:
    lent = read_document(
        policy_id,
        document_id,
        caller=call.caller,
        documents=documents,
        objects=files,
        now=call.received_at,
    )
    return DocumentDownloadView.of(lent)
