"""What making and reading documents is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from insurance.domain.core.event import Event, StreamPosition
    from insurance.domain.core.stored import PartyKey, Stored
    from insurance.domain.document import Content, Document, Wording
    from insurance.domain.policy import Policy
    from insurance.domain.quote.quote import Quote
    from insurance.operations.idempotency import Idempotency


class Wordings(Protocol):
    def of(self, language: str, region: str, zone: ZoneInfo) -> Wording:
        """A language as a territory writes it."""


class Typesetter(Protocol):
    @property
    def edition(self) -> str:
        """Changes whenever the same content would give another file."""

    def set(self, content: Content) -> bytes:
        """A PDF, the same bytes for the same content; raise NotPrintable when it cannot show it."""


class DocumentAlreadyMade(Exception):
    """The register has the document."""

    def __init__(self, document: Document) -> None:
        super().__init__(document.id)
        self.document = document


@dataclass(frozen=True, slots=True)
class DocumentContext:
    """All that a document is made of, and where the policy's register of documents stands."""

    policy: Stored[Policy]
    renewal: Quote | None
    """The offer of the next term, without what is personal in it."""
    register: StreamPosition


class Documents(Protocol):
    def load(self, policy_id: str, receipt: Idempotency) -> DocumentContext:
        """In one read with the receipt: raise AlreadyAnswered or KeyReused if it is there, and
        PolicyNotFound when there is no such policy."""

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        """The policy as its last event up to then left it; PolicyNotFound when there was none."""

    def add(
        self, event: Event, document: Document, *, file: DocumentContext, receipt: Idempotency
    ) -> None:
        """Enter a document in the register; raise DocumentAlreadyMade when it is there, StaleRevision
        when another was entered meanwhile, AlreadyErased when the party was erased meanwhile."""

    def answer(self, file: DocumentContext, receipt: Idempotency) -> None:
        """Keep only the answer: the document was there."""

    def get(self, policy_id: str, document_id: str) -> tuple[Stored[Policy], Document | None]:
        """A document of the policy, None when there is none; raise PolicyNotFound."""

    def register(self, policy_id: str) -> tuple[Stored[Policy], StreamPosition]:
        """The policy and where its register stands; raise PolicyNotFound."""

    def made(
        self, policy_id: str, key: PartyKey | None, *, after: int, limit: int
    ) -> Sequence[Document]:
        """The documents in order, from the one that follows number `after`."""
