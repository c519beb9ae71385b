"""Make a document of a policy: rendered, laid out, sealed and stored once."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from insurance.domain.core.errors import (
    AlreadyErased,
    FieldFault,
    InvalidFields,
    PolicyNotFound,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import named_party, new_document_id, register_id_for
from insurance.domain.core.stored import PartyKey
from insurance.domain.document import Content, Document, Subject, Wording, render
from insurance.domain.document.event_types import DocumentEventType
from insurance.domain.document.selection import DocumentInput, select
from insurance.operations.command import Command
from insurance.operations.documents.document_file import DocumentDownload, link_to, store_file
from insurance.operations.documents.ports import (
    DocumentAlreadyMade,
    DocumentContext,
    DocumentPorts,
    Wordings,
)


def make_document(
    policy_id: str, requested: DocumentInput, command: Command, ports: DocumentPorts
) -> DocumentDownload:
    """Make a document once: a repeated request gets the stored one.

    The file is stored before the document is registered. So every registered document can be read,
    and the file of a failed attempt is found by the next one.

    Raises:
        PolicyNotFound: The policy does not exist, was not known then, or belongs to another partner.
        AlreadyErased: The policyholder's data were erased.
        InvalidFields: The policy has no such transaction or notice, or the product no such language.
        WrongState: There is no offer for the next term to invite to.
        TermsNotOffered: The product has no such document.
        NoCover: A certificate is requested for a time without cover.
        NotPrintable: The typeface lacks a character.
        StaleRevision: Another document was registered meanwhile.
    """
    made = _make(policy_id, requested, command, ports)
    link = link_to(made.document, made.pdf, ports.files, now=command.idempotency.received_at)
    return _register(made, lambda document: DocumentDownload(document, link), command, ports)


def make_unread(
    policy_id: str, requested: DocumentInput, command: Command, ports: DocumentPorts
) -> Document:
    """Make a document that nobody reads now: there is no readable copy, and no link.

    Raises:
        PolicyNotFound, AlreadyErased, InvalidFields, WrongState, TermsNotOffered, NoCover, NotPrintable,
            StaleRevision: As in `make_document`.
    """
    made = _make(policy_id, requested, command, ports)
    return _register(made, lambda document: document, command, ports)


@dataclass(frozen=True, slots=True)
class _Made:
    """A document whose file is stored, before it is registered."""

    document: Document
    pdf: bytes
    key: PartyKey
    context: DocumentContext


def _make(
    policy_id: str, requested: DocumentInput, command: Command, ports: DocumentPorts
) -> _Made:
    context = ports.documents.load(policy_id, command)
    if not command.caller.sees(
        policy_id, context.policy.record.partner, context.policy.record.party
    ):
        raise PolicyNotFound(policy_id)
    version = context.policy
    if requested.known_at:
        version = ports.documents.as_known(policy_id, requested.known_at)
    key = version.key
    if key is None:
        raise AlreadyErased(policy_id)
    selection = select(version.record, context.renewal, requested, now=command.now)
    subject = selection.subject(version, ports.products.version(selection.product))
    content = render(subject, _wording(subject, requested.language, ports.wordings))
    document, pdf = _document(subject, content, key, command, ports)
    return _Made(document, pdf, key, context)


def _document(
    subject: Subject, content: Content, key: PartyKey, command: Command, ports: DocumentPorts
) -> tuple[Document, bytes]:
    policy_id, edition = subject.policy.id, ports.typesetter.edition
    sealed_content = key.seal(content.model_dump(mode="json"), register_id_for(policy_id))
    document_id = new_document_id(policy_id, sealed_content, edition)
    pdf, sealed = store_file(document_id, content, key, ports.typesetter, ports.files)
    document = Document(
        id=document_id,
        party_id=named_party(subject.policy.party_id, document_id),
        policy_id=policy_id,
        partner=subject.policy.partner,
        kind=subject.kind,
        as_at=subject.as_at,
        policy_revision=subject.revision,
        transaction=subject.transaction.number if subject.transaction else None,
        notice=subject.notice.number if subject.notice else None,
        product=subject.product.ref,
        language=f"{content.language}-{content.region}",
        edition=edition,
        size_bytes=len(pdf),
        sha256=sha256(pdf).hexdigest(),
        stored_sha256=sha256(sealed).hexdigest(),
        made_at=command.now,
        made_by=command.actor,
    )
    return document, pdf


def _register[A](
    made: _Made, answer: Callable[[Document], A], command: Command, ports: DocumentPorts
) -> A:
    """Enter the document in the register, and return the answer about it or the one that stands there."""
    document, context = made.document, made.context
    event = Event.following(
        context.register,
        document,
        made.key,
        stream=register_id_for(document.policy_id),
        type=DocumentEventType.MADE,
        actor=command.actor,
        now=command.now,
    )
    answered = answer(document)
    try:
        ports.documents.add(event, document, context=context, command=command.with_answer(answered))
    except DocumentAlreadyMade as earlier:
        answered = answer(earlier.document)
        ports.documents.answer(context, command.with_answer(answered))
    return answered


def _wording(subject: Subject, language: str | None, wordings: Wordings) -> Wording:
    product, documents = subject.product, subject.product.documents
    region = subject.policy.territory or product.territories[0]
    language = language or documents.languages[0]
    if language not in documents.languages:
        detail = f"The product's documents are in: {', '.join(documents.languages)}."
        raise InvalidFields([FieldFault("/language", "unknown", detail)])
    wording = wordings.of(language, region, product.zone)
    return wording.with_texts(documents.texts(language), documents.texts(f"{language}-{region}"))
