"""Documents on the platform: made of one policy by the real typesetter, and read again."""

from datetime import date, datetime
from functools import cached_property

from insurance.domain.core.caller import Caller
from insurance.domain.document import Document, DocumentKind
from insurance.domain.document.selection import DocumentInput
from insurance.operations.command import Command, Query
from insurance.operations.documents.document_file import DocumentDownload, copy_of
from insurance.operations.documents.make_document import make_document
from insurance.operations.documents.ports import DocumentPorts, Typesetter
from insurance.operations.documents.read_document import (
    RegisterPage,
    list_documents,
    read_document,
)
from insurance.operations.files.issue_download_link import download_key
from insurance.operations.idempotency import Idempotency

from tests.support.driving.policy import Policies
from tests.support.policy_life import PARTNER

# The typesetter and the reader of PDF are large: only tests of documents load them.
# ruff: noqa: PLC0415


class Documents(Policies):
    """The documents of the policy."""

    @cached_property
    def typesetter(self) -> Typesetter:
        from insurance.typesetting import TypstTypesetter as Typst

        return Typst()

    @property
    def document_ports(self) -> DocumentPorts:
        from insurance.typesetting import BundledWordings

        return DocumentPorts(
            products=self.products,
            wordings=BundledWordings(),
            typesetter=self.typesetter,
            documents=self.stores.documents,
            files=self.objects,
        )

    def make_document(
        self,
        kind: str,
        *,
        as_at: datetime | None = None,
        known_at: datetime | None = None,
        transaction: int | None = None,
        notice: int | None = None,
        language: str | None = None,
        caller: Caller = PARTNER,
        idempotency: Idempotency | None = None,
    ) -> DocumentDownload:
        return make_document(
            self.policy_id,
            DocumentInput(DocumentKind(kind), as_at, known_at, transaction, notice, language),
            Command(caller, idempotency or self.idempotency(f"document {kind}")),
            self.document_ports,
        )

    def read_document(self, document_id: str, *, caller: Caller = PARTNER) -> DocumentDownload:
        query = Query(caller, self.now, self.now)
        return read_document(self.policy_id, document_id, query, self.document_ports)

    def list_documents(self, *, after: int = 0, limit: int = 20) -> RegisterPage:
        query = Query(PARTNER, self.now, self.now)
        return list_documents(self.policy_id, query, self.document_ports, after=after, limit=limit)

    def file_of(self, document: Document, day: date | None = None) -> bytes:
        """What the link of a document made now leads to."""
        found = self.objects.get(download_key(copy_of(document), day or self.now.date()))
        assert found is not None
        return found

    def text_of(self, kind: str, **asked: object) -> str:
        """What people read in a document made now, spaces and lines as they may be."""
        from tests.support.documents import words

        made = self.make_document(kind, **asked)  # type: ignore[arg-type]  # by name
        return words(self.file_of(made.document))
