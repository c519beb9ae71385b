"""Selection: which transaction, notice or offer of a policy a requested document is about."""

from datetime import datetime
from typing import NamedTuple

from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.errors import (
    AlreadyErased,
    FieldFault,
    InvalidFields,
    NoCover,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.core.stored import Stored
from insurance.domain.document.document import DocumentKind
from insurance.domain.document.letterhead import Subject
from insurance.domain.policy import Policy, Transaction, TransactionKind
from insurance.domain.policy.notice import Notice
from insurance.domain.product import Product
from insurance.domain.quote.quote import Quote, QuoteStatus

TRANSACTION_OF = {
    DocumentKind.ENDORSEMENT_LETTER: (TransactionKind.ENDORSEMENT, TransactionKind.TRANSFER),
    DocumentKind.CANCELLATION_LETTER: (TransactionKind.CANCELLATION,),
}
"""Which transactions letters are about."""

INVITED = frozenset({QuoteStatus.BINDABLE, QuoteStatus.ACCEPTED, QuoteStatus.BOUND})


class DocumentInput(NamedTuple):
    """A document as a caller requests it."""

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


class Selection(NamedTuple):
    """What the document shows, and the product version that rules it."""

    kind: DocumentKind
    product: ProductRef
    as_at: datetime
    transaction: Transaction | None
    notice: Notice | None
    renewal: Quote | None

    def subject(self, version: Stored[Policy], product: Product) -> Subject:
        """The subject of the document.

        Raises:
            AlreadyErased: The policyholder's data were erased.
            TermsNotOffered: The product has no such document.
            NoCover: A certificate is requested for a time without cover.
        """
        policy = version.record
        if policy.policyholder is None or version.head.processed_at is None:
            raise AlreadyErased(policy.id)
        if self.kind not in product.documents.kinds:
            raise TermsNotOffered(f"a {self.kind.replace('_', ' ')}")
        if self.kind is DocumentKind.CERTIFICATE:
            _check_covered(policy, self.as_at)
        return Subject(
            kind=self.kind,
            policy=policy,
            product=product,
            policyholder=policy.policyholder,
            as_at=self.as_at,
            revision=version.head.sequence,
            known_at=version.head.processed_at,
            transaction=self.transaction,
            notice=self.notice,
            renewal=self.renewal,
        )


def select(
    policy: Policy, renewal: Quote | None, requested: DocumentInput, *, now: datetime
) -> Selection:
    """Find what the requested document is about.

    Raises:
        InvalidFields: The policy has no such transaction or notice, or this kind of document is
            not about one.
        WrongState: There is no offer for the next term to invite to.
    """
    kind = requested.kind
    transaction = _transaction(policy, requested)
    as_at = transaction.effective_at if transaction else requested.as_at or now
    offer = _offer(policy, renewal) if kind is DocumentKind.RENEWAL_LETTER else None
    product = offer.product if offer else policy.at(as_at).product
    return Selection(kind, product, as_at, transaction, _notice(policy, requested), offer)


def _check_covered(policy: Policy, as_at: datetime) -> None:
    """A certificate says to others that there is cover: now, or from the policy's start."""
    if not policy.covers_at(max(as_at, policy.period.start)):
        raise NoCover(policy.id, as_at)


def _transaction(policy: Policy, requested: DocumentInput) -> Transaction | None:
    """What a letter is about: a transaction that stands."""
    kinds = TRANSACTION_OF.get(requested.kind)
    if kinds is None:
        if requested.transaction is not None:
            detail = "Only some letters are about a transaction."
            raise InvalidFields([FieldFault("/transaction", "not-asked", detail)])
        return None
    standing = [
        transaction
        for transaction in policy.transactions
        if transaction.stands and transaction.kind in kinds
    ]
    if requested.transaction is not None:
        standing = [
            transaction for transaction in standing if transaction.number == requested.transaction
        ]
    if not standing:
        detail = f"The policy has no such {kinds[0]} that stands."
        raise InvalidFields([FieldFault("/transaction", "unknown", detail)])
    return standing[-1]


def _notice(policy: Policy, requested: DocumentInput) -> Notice | None:
    """The notice that a letter gives."""
    if requested.kind is not DocumentKind.NOTICE_LETTER:
        if requested.notice is not None:
            detail = "Only a notice letter is about a notice."
            raise InvalidFields([FieldFault("/notice", "not-asked", detail)])
        return None
    number = len(policy.notices) if requested.notice is None else requested.notice
    if not 1 <= number <= len(policy.notices):
        raise InvalidFields([FieldFault("/notice", "unknown", "The policy has no such notice.")])
    return policy.notices[number - 1]


def _offer(policy: Policy, offer: Quote | None) -> Quote:
    if offer is None or offer.status not in INVITED:
        raise WrongState(policy.id, "without an offer for its next term", "be invited to renew")
    return offer
