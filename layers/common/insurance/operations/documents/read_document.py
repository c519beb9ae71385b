"""Read a document again, and the register of all that were made of a policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import AlreadyErased, DocumentNotFound, PolicyNotFound
from insurance.domain.document import Document
from insurance.operations.documents.make_document import (
    DocumentDownload,
    link_to,
    opened,
    stored_key,
)
from insurance.operations.documents.ports import Documents
from insurance.operations.files.ports import Objects


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Documents in the order in which they were made."""

    documents: Sequence[Document]
    last: int | None
    """The number to go on after; None when there are no more."""


def read_document(
    policy_id: str,
    document_id: str,
    *,
    caller: Caller,
    documents: Documents,
    objects: Objects,
    now: datetime,
) -> DocumentDownload:
    """The document with a new link. Raises AlreadyErased when nobody can read it any more."""
    policy, document = documents.get(policy_id, document_id)
    if not caller.sees(policy_id, policy.record.partner):
        raise DocumentNotFound(document_id)
    if document is None:
        raise DocumentNotFound(document_id)
    if policy.key is None:
        raise AlreadyErased(policy_id)
    sealed = objects.get(stored_key(document_id))
    if sealed is None:
        raise DocumentNotFound(document_id)
    pdf = opened(sealed, document_id, policy.key)
    return DocumentDownload(document, link_to(document, pdf, objects, now=now))


def read_register(
    policy_id: str, *, after: int, limit: int, caller: Caller, documents: Documents
) -> RegisterPage:
    """Which documents there are, when they were made, and by which hashes they are known again."""
    policy, register = documents.register(policy_id)
    if not caller.sees(policy_id, policy.record.partner):
        raise PolicyNotFound(policy_id)
    found = documents.made(policy_id, policy.key, after=after, limit=limit)
    reached = after + len(found)
    return RegisterPage(found, None if reached >= register.sequence else reached)
