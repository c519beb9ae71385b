"""How documents are shown: what they show, their hashes, and a link to the file."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel

from insurance.api.paging import Page
from insurance.api.views.terms import ProductRefView
from insurance.domain.core.classification import FileLink, Personal
from insurance.domain.document import Document
from insurance.domain.document.document import DocumentKind
from insurance.operations.documents.document_file import DocumentDownload
from insurance.operations.documents.read_document import RegisterPage


class DocumentView(BaseModel):
    """A document of a policy."""

    id: str
    policy_id: str
    kind: DocumentKind
    as_at: datetime
    policy_revision: int
    transaction: int | None
    notice: int | None
    product: ProductRefView
    language: str
    media_type: Literal["application/pdf"] = "application/pdf"
    size_bytes: int
    sha256: Personal[str | None]
    """Of the file; unknown once the policyholder's data were erased."""
    stored_sha256: str
    """Of the sealed file as it is stored."""
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
    """A link by which anybody can read the file until it expires."""

    url: str
    expires_at: datetime


class DocumentDownloadView(BaseModel):
    """A document with a link to its file. A replay answers with the first link, even after it has expired."""

    document: DocumentView
    link: FileLink[LinkView]

    @classmethod
    def of(cls, download: DocumentDownload) -> Self:
        link = LinkView(url=download.link.url, expires_at=download.link.expires_at)
        return cls(document=DocumentView.of(download.document), link=link)


class DocumentRegisterView(BaseModel):
    """A page of a policy's documents, in the order in which they were made."""

    items: list[DocumentView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, register: RegisterPage, *, page: Page) -> Self:
        return cls(
            items=[DocumentView.of(document) for document in register.documents],
            next=None if register.last is None else page.next(register.last),
        )
