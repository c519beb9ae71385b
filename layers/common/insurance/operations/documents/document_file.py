"""The file of a document: sealed in storage for good, and readable behind a link for a short time."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.stored import PartyKey
from insurance.domain.document import Content, Document
from insurance.operations.documents.ports import Typesetter
from insurance.operations.files.issue_download_link import Link, ReadableCopy, issue_download_link
from insurance.operations.files.ports import Objects


@dataclass(frozen=True, slots=True)
class DocumentDownload:
    """A document, and where its file can be read for a short time."""

    document: Document
    link: Link


def store_file(
    document_id: str, content: Content, key: PartyKey, typesetter: Typesetter, objects: Objects
) -> tuple[bytes, bytes]:
    """The file, and the sealed file as it is stored, now or before.

    It is sealed with the party's key, so that an erasure reaches it.

    Raises:
        StaleRevision: The stored file disappeared meanwhile.
    """
    pdf = typesetter.set(content)
    sealed = key.seal({"pdf": b64encode(pdf).decode()}, document_id)
    if objects.put(sealed_key(document_id), sealed, media_type="application/octet-stream"):
        return pdf, sealed
    earlier = objects.get(sealed_key(document_id))
    if earlier is None:
        raise StaleRevision(document_id)
    return open_file(earlier, document_id, key), earlier


def open_file(sealed: bytes, document_id: str, key: PartyKey) -> bytes:
    """The readable file."""
    return b64decode(str(key.unseal(sealed, document_id)["pdf"]))


def link_to(document: Document, pdf: bytes, objects: Objects, *, now: datetime) -> Link:
    """A link to the readable file."""
    return issue_download_link(copy_of(document), pdf, objects=objects, now=now)


def copy_of(document: Document) -> ReadableCopy:
    """The readable copy of the document."""
    name = f"{document.kind.replace('_', '-')}.pdf"
    return ReadableCopy(document.id, document.party, name)


def sealed_key(document_id: str) -> str:
    """Where the sealed file is stored. Neither key nor id names a person."""
    return f"sealed/{document_id}"
