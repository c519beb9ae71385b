"""The ports of documents in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from insurance.domain.core.errors import (
    StaleRevision,
)
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import (
    register_id_for,
    renewal_quote_id_for,
)
from insurance.domain.core.stored import Stored
from insurance.domain.document import Document
from insurance.domain.policy import Policy
from insurance.operations.command import Command
from insurance.operations.documents.ports import (
    DocumentAlreadyMade,
    DocumentContext,
)
from insurance.operations.files.ports import UploadForm

from tests.fakes.memory import Memory
from tests.fakes.policy import MemoryPolicies


@dataclass
class MemoryObjects:
    """The port `Objects`; its links and forms are for reading only: nobody serves them."""

    kept: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def put(self, key: str, body: bytes, *, media_type: str) -> bool:
        if key in self.kept:
            return False
        self.kept[key] = (body, media_type)
        return True

    def get(self, key: str) -> bytes | None:
        return self.kept[key][0] if key in self.kept else None

    def tags(self, key: str) -> dict[str, str] | None:
        return {} if key in self.kept else None

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)

    def delete_all(self, prefix: str) -> None:
        for key in [key for key in self.kept if key.startswith(prefix)]:
            del self.kept[key]

    def link(self, key: str, *, seconds: int, name: str, media_type: str) -> str:
        return f"memory:{key}?seconds={seconds}&name={name}&type={media_type}"

    def upload_form(
        self, key: str, *, media_type: str, sha256: str, largest: int, seconds: int
    ) -> UploadForm:
        fields = {"key": key, "Content-Type": media_type, "x-amz-checksum-sha256": sha256}
        return UploadForm(f"memory:?largest={largest}&seconds={seconds}", fields)


class MemoryDocuments:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def load(self, policy_id: str, command: Command) -> DocumentContext:
        self._memory.check(command.idempotency)
        policy, register = self.register(policy_id)
        offer = self._memory.quotes.get(renewal_quote_id_for(policy_id))
        is_passed_on = bool(policy.record.former_holders)
        if offer and is_passed_on and offer.record.party != policy.record.party:
            own = renewal_quote_id_for(policy_id, policy.record.party)
            offer = self._memory.quotes.get(own)
        bare = offer.record.replace(policyholder=None, answers=None) if offer else None
        return DocumentContext(policy, bare, register)

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        return self._policies.as_known(policy_id, known_at)

    def add(
        self, event: Event, document: Document, *, context: DocumentContext, command: Command
    ) -> None:
        self._memory.check(command.idempotency)
        if context.policy.key is None:
            raise ValueError("nothing about somebody erased can be sealed")
        if document.id in self._memory.documents:
            raise DocumentAlreadyMade(self._memory.documents[document.id])
        self._memory.append(event, lambda: StaleRevision(event.stream))
        self._memory.documents[document.id] = document
        self._memory.keep(command.idempotency)

    def answer(self, context: DocumentContext, command: Command) -> None:  # noqa: ARG002 - as the port
        self._memory.check(command.idempotency)
        self._memory.keep(command.idempotency)

    def get(self, policy_id: str, document_id: str) -> tuple[Stored[Policy], Document | None]:
        policy = self._policies.get(policy_id)
        document = self._memory.documents.get(document_id)
        if document is None or document.policy_id != policy_id:
            return policy, None
        return policy, document if policy.key else document.replace(sha256=None)

    def register(self, policy_id: str) -> tuple[Stored[Policy], StreamPosition]:
        events = self._memory.events.get(register_id_for(policy_id))
        return self._policies.get(policy_id), events[-1].head if events else StreamPosition()

    def registered(self, policy: Stored[Policy], *, after: int, limit: int) -> Sequence[Document]:
        stream, key = register_id_for(policy.record.id), policy.key
        events = self._memory.events.get(stream, [])[after : after + limit]
        return [
            Document.merge_personal(each.facts, key.unseal(each.sealed, stream) if key else {})
            for each in events
        ]
