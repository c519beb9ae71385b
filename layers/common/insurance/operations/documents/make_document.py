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
    NoCover,
    PolicyNotFound,
    StaleRevision,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import new_document_id, register_id_for
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.document import Content, Document, DocumentKind, Subject, Wording, write
from insurance.domain.policy import Policy, Transaction, TransactionKind
from insurance.domain.policy.notice import Notice
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.operations.documents.issue_download_link import Link, issue_download_link
from insurance.operations.documents.ports import (
    DocumentAlreadyMade,
    Documents,
    Objects,
    Typesetter,
    Wordings,
)
from insurance.operations.products.ports import Products
from insurance.operations.receipt import Receipt

ABOUT = {
    DocumentKind.ENDORSEMENT_LETTER: TransactionKind.ENDORSEMENT,
    DocumentKind.CANCELLATION_LETTER: TransactionKind.CANCELLATION,
}
"""Which transactions letters are about."""

INVITED = frozenset({QuoteStatus.BINDABLE, QuoteStatus.ACCEPTED, QuoteStatus.BOUND})


@dataclass(frozen=True, slots=True)
class DocumentAsked:
    """A document as a caller asks for it."""

    kind: DocumentKind
    as_at: datetime | None
    """The instant whose terms it shows; None: now."""
    known_at: datetime | None
    """As the policy was known then; None: as it is known now."""
    transaction: int | None
    """Of a letter about a change or an ending: which one; None: the last of its kind."""
    notice: int | None
    """Of a letter that gives notice: which one; None: the last."""
    language: str | None
    """None: the product's first."""


@dataclass(frozen=True, slots=True)
class LentDocument:
    document: Document
    link: Link


def make_document(
    policy_id: str,
    asked: DocumentAsked,
    *,
    caller: Caller,
    products: Products,
    wordings: Wordings,
    typesetter: Typesetter,
    documents: Documents,
    objects: Objects,
    receipt: Receipt,
) -> LentDocument:
    """One document is stored once: asked for again, it is the one that is there already.

    The file is stored before it is entered: what is entered can always be read, and a file that
    never was entered is found there by the next try.
    """
    file = documents.load(policy_id, receipt)
    _seen(file.policy.record, caller)
    version = documents.as_known(policy_id, asked.known_at) if asked.known_at else file.policy
    key = version.key
    if key is None:
        raise AlreadyErased(policy_id)
    subject = _subject(version, file.renewal, asked, products, receipt.now)
    wording = _wording(subject, asked.language, wordings)
    content = write(subject, wording)
    sealed = key.seal(content.model_dump(mode="json"), register_id_for(policy_id))
    document_id = new_document_id(policy_id, sealed, typesetter.edition)
    pdf, stored = _stored(document_id, content, key, typesetter, objects)
    document = Document(
        id=document_id,
        policy_id=policy_id,
        kind=asked.kind,
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
    link = lend(document, pdf, objects, now=receipt.received_at)
    event = Event.following(
        file.register,
        document,
        key,
        stream=register_id_for(policy_id),
        type="document.made",
        actor=caller.principal,
        now=receipt.now,
    )
    made = LentDocument(document, link)
    try:
        documents.add(event, document, file=file, receipt=receipt.answered(made))
    except DocumentAlreadyMade as earlier:
        made = LentDocument(earlier.document, link)
        documents.answer(file, receipt.answered(made))
    return made


def lend(document: Document, pdf: bytes, objects: Objects, *, now: datetime) -> Link:
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


def _check_covered(policy: Policy, as_at: datetime) -> None:
    """A certificate says to others that there is cover: now, or from the policy's start."""
    if not policy.covers_at(max(as_at, policy.period.start)):
        raise NoCover(policy.id, as_at)


def _subject(
    version: Stored[Policy],
    renewal: Quote | None,
    asked: DocumentAsked,
    products: Products,
    now: datetime,
) -> Subject:
    policy = version.record
    if policy.policyholder is None or version.head.processed_at is None:
        raise AlreadyErased(policy.id)
    transaction = _transaction(policy, asked)
    as_at = transaction.effective_at if transaction else asked.as_at or now
    offer = _invited(policy, renewal) if asked.kind is DocumentKind.RENEWAL_LETTER else None
    product = products.version(offer.product if offer else policy.at(as_at).product)
    if asked.kind not in product.papers.kinds:
        raise TermsNotOffered(f"a {asked.kind.replace('_', ' ')}")
    if asked.kind is DocumentKind.CERTIFICATE:
        _check_covered(policy, as_at)
    return Subject(
        kind=asked.kind,
        policy=policy,
        product=product,
        policyholder=policy.policyholder,
        as_at=as_at,
        known_at=version.head.processed_at,
        transaction=transaction,
        notice=_notice(policy, asked),
        renewal=offer,
    )


def _transaction(policy: Policy, asked: DocumentAsked) -> Transaction | None:
    """What a letter is about: a transaction that stands."""
    kind = ABOUT.get(asked.kind)
    if kind is None:
        if asked.transaction is not None:
            fault = FieldFault(
                "/transaction", "not-asked", "Only some letters are about a transaction."
            )
            raise InvalidFields([fault])
        return None
    found = [each for each in policy.transactions if each.stands and each.kind is kind]
    if asked.transaction is not None:
        found = [each for each in found if each.number == asked.transaction]
    if not found:
        detail = f"The policy has no such {kind} that stands."
        raise InvalidFields([FieldFault("/transaction", "unknown", detail)])
    return found[-1]


def _notice(policy: Policy, asked: DocumentAsked) -> Notice | None:
    """What a letter gives notice of."""
    if asked.kind is not DocumentKind.NOTICE_LETTER:
        if asked.notice is not None:
            fault = FieldFault("/notice", "not-asked", "Only a notice letter is about a notice.")
            raise InvalidFields([fault])
        return None
    number = len(policy.notices) if asked.notice is None else asked.notice
    if not 1 <= number <= len(policy.notices):
        raise InvalidFields([FieldFault("/notice", "unknown", "The policy has no such notice.")])
    return policy.notices[number - 1]


def _invited(policy: Policy, offer: Quote | None) -> Quote:
    if offer is None or offer.status not in INVITED:
        raise WrongState(policy.id, "without an offer for its next term", "be invited to renew")
    return offer


def _wording(subject: Subject, language: str | None, wordings: Wordings) -> Wording:
    product, papers = subject.product, subject.product.papers
    region = subject.policy.territory or product.territories[0]
    language = language or papers.languages[0]
    if language not in papers.languages:
        detail = f"The product's documents are in: {', '.join(papers.languages)}."
        raise InvalidFields([FieldFault("/language", "unknown", detail)])
    wording = wordings.of(language, region, product.zone)
    return wording.with_texts(papers.texts(language), papers.texts(f"{language}-{region}"))


def _seen(policy: Policy, caller: Caller) -> None:
    if not caller.sees(policy.id, policy.partner):
        raise PolicyNotFound(policy.id)
