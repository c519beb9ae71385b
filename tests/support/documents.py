"""A house whose policies are written about: stores in memory, the real typesetter."""

from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any

from insurance.domain.core.caller import Caller
from insurance.domain.document import Document, DocumentKind
from insurance.domain.document.selection import DocumentInput
from insurance.domain.party.party import Address, Policyholder
from insurance.operations.command import Command, Query
from insurance.operations.documents.document_file import DocumentDownload
from insurance.operations.documents.make_document import make_document
from insurance.operations.documents.ports import DocumentPorts, Typesetter
from insurance.operations.documents.read_document import (
    RegisterPage,
    list_documents,
    read_document,
)
from insurance.operations.files.issue_download_link import download_key
from insurance.operations.idempotency import Idempotency
from insurance.typesetting import BundledWordings
from insurance.typesetting import Typesetter as Typst
from pypdf import PdfReader

from tests.fakes.documents import MemoryDocuments, MemoryObjects
from tests.support.policy_life import PARTNER, House

ADA = Policyholder(
    name="Ada Lovelace",
    address=Address(lines=("12 St James's Square",), postcode="SW1Y 4JH", country="GB"),
)


@dataclass
class Archive:
    """Makes documents of one policy, and reads them again."""

    house: House = field(default_factory=House)
    objects: MemoryObjects = field(default_factory=MemoryObjects)
    typesetter: Typesetter = field(default_factory=Typst)

    def __post_init__(self) -> None:
        self.documents = MemoryDocuments(self.house.memory)

    def issue(self, holder: Policyholder = ADA, **risk: Any) -> None:
        self.house.issue(holder=holder, **risk)

    def make(
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
            self.house.policy_id,
            DocumentInput(DocumentKind(kind), as_at, known_at, transaction, notice, language),
            Command(caller, idempotency or self.house.idempotency(f"document {kind}")),
            self.ports,
        )

    def read(self, document_id: str, *, caller: Caller = PARTNER) -> DocumentDownload:
        return read_document(self.house.policy_id, document_id, self._query(caller), self.ports)

    def register(self, *, after: int = 0, limit: int = 20) -> RegisterPage:
        return list_documents(
            self.house.policy_id, self._query(PARTNER), self.ports, after=after, limit=limit
        )

    @property
    def ports(self) -> DocumentPorts:
        return DocumentPorts(
            products=self.house.products,
            wordings=BundledWordings(),
            typesetter=self.typesetter,
            documents=self.documents,
            files=self.objects,
        )

    def _query(self, caller: Caller) -> Query:
        return Query(caller, self.house.now, self.house.now)

    def file(self, document: Document, day: date | None = None) -> bytes:
        """What the link of a document made now leads to."""
        found = self.objects.get(download_key(document.id, day or self.house.now.date(), "pdf"))
        assert found is not None
        return found

    def text(self, kind: str, **asked: Any) -> str:
        """What people read in it, spaces and lines as they may be."""
        return words(self.file(self.make(kind, **asked).document))


def pdf(file: bytes) -> PdfReader:
    return PdfReader(BytesIO(file))


def words(file: bytes) -> str:
    pages = (page.extract_text() for page in pdf(file).pages)
    return " ".join(" ".join(pages).replace("\N{ZERO WIDTH SPACE}", "").split())
