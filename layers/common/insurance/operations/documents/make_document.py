"""Make a document of a policy: written, set, sealed and stored once; and lent to be read."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    AlreadyErased,
    FieldFault,
    InvalidFields,
    PolicyNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import new_document_id, register_id_for
from insurance.domain.core.stored import PartyKey
from insurance.domain.document import Content, Document, Subject, Wording, render
from insurance.domain.document.event_types import DocumentEventType
from insurance.domain.document.selection import DocumentInput, select
from insurance.domain.policy import Policy
from insurance.operations.documents.ports import (
    DocumentAlreadyMade,
    Documents,
    Typesetter,
    Wordings,
)
from insurance.operations.files.issue_download_link import Link, issue_download_link
from insurance.operations.files.ports import Objects
from insurance.operations.idempotency import Idempotency
from insurance.operations.products.ports import Products


@dataclass(frozen=True, slots=True)
class DocumentDownload:
    document: Document
    link: Link


def make_document(
    policy_id: str,
    requested: DocumentInput,
    *,
    caller: Caller,
    products: Products,
    wordings: Wordings,
    typesetter: Typesetter,
    documents: Documents,
    objects: Objects,
    receipt: Idempotency,
) -> DocumentDownload:
    """One document is stored once: asked for again, it is the one that is there already.

    The file is stored before it is entered: what is entered can always be read, and a file that
    never was entered is found there by the next try.
    """
    file = documents.load(policy_id, receipt)
    _seen(file.policy.record, caller)
    version = (
        documents.as_known(policy_id, requested.known_at) if requested.known_at else file.policy
    )
    key = version.key
    if key is None:
        raise AlreadyErased(policy_id)
    selection = select(version.record, file.renewal, requested, now=receipt.now)
    subject = selection.subject(version, products.version(selection.product))
    wording = _wording(subject, requested.language, wordings)
    content = render(subject, wording)
    sealed = key.seal(content.model_dump(mode="json"), register_id_for(policy_id))
    document_id = new_document_id(policy_id, sealed, typesetter.edition)
    pdf, stored = _stored(document_id, content, key, typesetter, objects)
    document = Document(
        id=document_id,
        policy_id=policy_id,
        kind=requested.kind,
        as_at=subject.as_at,
        policy_revision=version.head.sequence,
        transaction=subject.transaction.number if subject.transaction else None,
        notice=subject.notice.number if subject.notice else None,
        product=subject.product.ref,
        language=f"{content.language}-{content.region}",
        edition=typesetter.edition,
        size_bytes=len(pdf),
        sha256=sha256(pdf).hexdigest(),
        stored_sha256=sha256(stored).hexdigest(),
        made_at=receipt.now,
        made_by=caller.principal,
    )
    link = link_to(document, pdf, objects, now=receipt.received_at)
    event = Event.following(
        file.register,
        document,
        key,
        stream=register_id_for(policy_id),
        type=DocumentEventType.MADE,
        actor=caller.principal,
        now=receipt.now,
    )
    made = DocumentDownload(document, link)
    try:
        documents.add(event, document, file=file, receipt=receipt.record(made))
    except DocumentAlreadyMade as earlier:
        made = DocumentDownload(earlier.document, link)
        documents.answer(file, receipt.record(made))
    return made


def link_to(document: Document, pdf: bytes, objects: Objects, *, now: datetime) -> Link:
    name = f"{document.kind.replace('_', '-')}.pdf"
    return issue_download_link(
        document.id, pdf, media_type="application/pdf", name=name, objects=objects, now=now
    )


def stored_key(document_id: str) -> str:
    """Where the sealed file is for good. A key names no person, and neither does an id."""
    return f"sealed/{document_id}"


def opened(sealed: bytes, document_id: str, key: PartyKey) -> bytes:
    """The file again."""
    return b64decode(str(key.unseal(sealed, document_id)["pdf"]))


def _stored(
    document_id: str, content: Content, key: PartyKey, typesetter: Typesetter, objects: Objects
) -> tuple[bytes, bytes]:
    """The file, and as it is stored: sealed with the party's key, so that an erasure reaches it."""
    pdf = typesetter.set(content)
    sealed = key.seal({"pdf": b64encode(pdf).decode()}, document_id)
    if objects.put(stored_key(document_id), sealed, media_type="application/octet-stream"):
        return pdf, sealed
    there = objects.get(stored_key(document_id))
    if there is None:
        raise StaleRevision(document_id)
    return opened(there, document_id, key), there


def _wording(subject: Subject, language: str | None, wordings: Wordings) -> Wording:
    product, documents = subject.product, subject.product.documents
    region = subject.policy.territory or product.territories[0]
    language = language or documents.languages[0]
    if language not in documents.languages:
        detail = f"The product's documents are in: {', '.join(documents.languages)}."
        raise InvalidFields([FieldFault("/language", "unknown", detail)])
    wording = wordings.of(language, region, product.zone)
    return wording.with_texts(documents.texts(language), documents.texts(f"{language}-{region}"))


def _seen(policy: Policy, caller: Caller) -> None:
    if not caller.sees(policy.id, policy.partner):
        raise PolicyNotFound(policy.id)
