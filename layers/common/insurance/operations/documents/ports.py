"""What operations on documents are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from insurance.domain.core.event import Event, StreamPosition
    from insurance.domain.core.stored import Stored
    from insurance.domain.document import Content, Document, Wording
    from insurance.domain.policy import Policy
    from insurance.domain.quote.quote import Quote
    from insurance.operations.command import Command
    from insurance.operations.files.ports import Objects
    from insurance.operations.products.ports import Products


class Wordings(Protocol):
    def of(self, language: str, region: str, zone: ZoneInfo) -> Wording:
        """A language as a territory writes it."""


class Typesetter(Protocol):
    @property
    def edition(self) -> str:
        """The edition changes whenever the same content would give another file."""

    def set(self, content: Content) -> bytes:
        """A PDF, the same bytes for the same content.

        Raises:
            NotPrintable: The typeface lacks a character.
        """


class DocumentAlreadyMade(Exception):
    """The register has the document."""

    def __init__(self, document: Document) -> None:
        super().__init__(document.id)
        self.document = document


@dataclass(frozen=True, slots=True)
class DocumentContext:
    """What a document is made of, and where the policy's register of documents stands."""

    policy: Stored[Policy]
    renewal: Quote | None
    """The offer of the next term, without personal data."""
    register: StreamPosition


class Documents(Protocol):
    def load(self, policy_id: str, command: Command) -> DocumentContext:
        """Policy, renewal offer and register, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            PolicyNotFound: There is no such policy.
        """

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        """The policy as its last event up to a time left it.

        Raises:
            PolicyNotFound: There was no such policy at that time.
        """

    def add(
        self, event: Event, document: Document, *, context: DocumentContext, command: Command
    ) -> None:
        """Enter a document in the register, and store the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            DocumentAlreadyMade: The register has this document.
            StaleRevision: Another document was entered since the register was loaded.
            AlreadyErased: The party was erased since the policy was loaded.
        """

    def answer(self, context: DocumentContext, command: Command) -> None:
        """Store the command's answer only, where the document was registered before.

        Raises:
            AlreadyAnswered: This call was answered before.
        """

    def get(self, policy_id: str, document_id: str) -> tuple[Stored[Policy], Document | None]:
        """The policy, and its document; None: it has no such document.

        Raises:
            PolicyNotFound: There is no such policy.
        """

    def register(self, policy_id: str) -> tuple[Stored[Policy], StreamPosition]:
        """The policy, and where its register stands.

        Raises:
            PolicyNotFound: There is no such policy.
        """

    def registered(self, policy: Stored[Policy], *, after: int, limit: int) -> Sequence[Document]:
        """The policy's documents in order, from the one that follows number `after`."""


@dataclass(frozen=True, slots=True)
class DocumentPorts:
    """What operations on documents need from outside."""

    products: Products
    wordings: Wordings
    typesetter: Typesetter
    documents: Documents
    files: Objects
