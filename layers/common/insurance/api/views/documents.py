"""How documents are shown: what they are of, their hashes, and for a short time where to read them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.paging import cursor
from insurance.api.views.terms import ProductRefView
from insurance.domain.document import Document
from insurance.operations.documents.make_document import DocumentDownload
from insurance.operations.documents.read_document import RegisterPage


class DocumentView(BaseModel):
    """A document that was made of a policy."""

    id: str
    policy_id: str
    kind: str
    as_at: datetime
    policy_revision: int
    transaction: int | None
    notice: int | None
    product: ProductRefView
    language: str
    media_type: str = "application/pdf"
    size_bytes: int
    sha256: str | None
    """Of the file; unknown once the policyholder's data were erased."""
    stored_sha256: str
    """Of the sealed file as it is kept."""
    made_at: datetime

    @classmethod
    def of(cls, document: Document) -> Self:
        return cls(
            id=document.id,
            policy_id=document.policy_id,
            kind=str(document.kind),
            as_at=document.as_at,
            policy_revision=document.policy_revision,
            transaction=document.transaction,
            notice=document.notice,
            product=ProductRefView.of(document.product),
            language=document.language,
            size_bytes=document.size_bytes,
            sha256=document.sha256,
            stored_sha256=document.stored_sha256,
            made_at=document.made_at,
        )


class LinkView(BaseModel):
    """Whoever has it can read the file until it ends."""

    url: str
    expires_at: datetime


class DocumentDownloadView(BaseModel):
    """A document and where to read it. A replay answers with the first link, however old it is."""

    document: DocumentView
    link: LinkView

    @classmethod
    def of(cls, lent: DocumentDownload) -> Self:
        link = LinkView(url=lent.link.url, expires_at=lent.link.expires_at)
        return cls(document=DocumentView.of(lent.document), link=link)


class DocumentRegisterView(BaseModel):
    """A page of a policy's documents, in the order in which they were made."""

    documents: list[DocumentView]
    next: str | None

    @classmethod
    def of(cls, policy_id: str, page: RegisterPage) -> Self:
        return cls(
            documents=[DocumentView.of(document) for document in page.documents],
            next=None if page.last is None else cursor(policy_id, page.last),
        )
