"""Read a document again, and list the documents of a policy."""

from collections.abc import Sequence
from dataclasses import dataclass

from insurance.domain.core.errors import AlreadyErased, DocumentNotFound, PolicyNotFound
from insurance.domain.document import Document
from insurance.operations.command import Query
from insurance.operations.documents.document_file import (
    DocumentDownload,
    link_to,
    open_file,
    sealed_key,
)
from insurance.operations.documents.ports import DocumentPorts


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Documents in the order in which they were made."""

    documents: Sequence[Document]
    last: int | None
    """The number of the last one, to continue after; None: there are no more."""


def read_document(
    policy_id: str, document_id: str, query: Query, ports: DocumentPorts
) -> DocumentDownload:
    """The document with a new link to its file.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
        DocumentNotFound: The policy has no such document.
        AlreadyErased: The policyholder's data were erased, so that nobody can read the file.
    """
    policy, document = ports.documents.get(policy_id, document_id)
    if not query.caller.sees(policy_id, policy.record.partner, policy.record.party):
        raise PolicyNotFound(policy_id)
    if document is None:
        raise DocumentNotFound(document_id)
    if policy.key is None:
        raise AlreadyErased(policy_id)
    sealed = ports.files.get(sealed_key(document_id))
    if sealed is None:
        raise DocumentNotFound(document_id)
    pdf = open_file(sealed, document_id, policy.key)
    return DocumentDownload(document, link_to(document, pdf, ports.files, now=query.received_at))


def list_documents(
    policy_id: str, query: Query, ports: DocumentPorts, *, after: int, limit: int
) -> RegisterPage:
    """One page of the register of a policy's documents.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
    """
    policy, register = ports.documents.register(policy_id)
    if not query.caller.sees(policy_id, policy.record.partner, policy.record.party):
        raise PolicyNotFound(policy_id)
    documents = ports.documents.registered(policy, after=after, limit=limit)
    reached = after + len(documents)
    return RegisterPage(documents, None if reached >= register.sequence else reached)
