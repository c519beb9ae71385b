"""Which searchable objects an event leaves: the aggregate, what is paid on it, a new party."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.billing import BillingAccount
from insurance.domain.billing.suspense import SuspendedPayment
from insurance.domain.claim import Claim, Handling
from insurance.domain.complaint import Complaint
from insurance.domain.contract.number import normalise_number
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.classification import Record
from insurance.domain.core.identity import PartyId
from insurance.domain.document.document import Document
from insurance.domain.party.party import Address, Policyholder
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.policy.holders import JointHolder
from insurance.domain.quote.quote import Quote
from insurance.domain.search import normalise
from insurance.domain.search.entry import (
    HANDLER,
    IN_DOUBT,
    KIND,
    PRODUCT,
    STATUS,
    ObjectKind,
    PolicyListStatus,
    SearchableObject,
    SearchField,
    SearchKey,
)
from insurance.domain.search.summaries import (
    ClaimSummary,
    ComplaintSummary,
    DocumentSummary,
    KeptReportSummary,
    PartySummary,
    PaymentSummary,
    PolicySummary,
    QuoteSummary,
    SuspenseSummary,
)

type SearchedBy = Callable[[ProductRef], Sequence[str]]
"""The questions whose answers find a quote or a policy of this product version."""

NAMES_SEARCHED: Final = 3
ADDRESSES_SEARCHED: Final = 3
"""The last ones count; those before them find a customer who has moved or married."""

FIRST: Final = 0
"""The number under which a quote makes its party known: the party's own events follow it."""


@dataclass(frozen=True, slots=True)
class SearchSource:
    """All objects that one event tells of. A later event with the same id tells of all of them again."""

    id: str
    sequence: int
    party_id: PartyId | None
    """Whose personal values the objects have."""
    objects: tuple[SearchableObject, ...]


def is_searchable(schema: type[Record]) -> bool:
    """Whether records of this class are searched or listed at all."""
    return schema in _SOURCES


def sources_of(
    record: Record, opened: Record, sequence: int, searched_by: SearchedBy
) -> Sequence[SearchSource]:
    """The objects of a record, as its event left it.

    Args:
        record: The record with its personal fields, where its party was not erased.
        opened: The record without its personal fields: summaries are made of it.
        sequence: The number of the event.
        searched_by: The questions of a product whose answers are search keys.
    """
    make = _SOURCES.get(type(record))
    return tuple(make(record, opened, sequence, searched_by)) if make else ()


def _of_quote(
    quote: Quote, opened: Quote, sequence: int, searched_by: SearchedBy
) -> Iterator[SearchSource]:
    party_id = quote.party
    yield SearchSource(
        quote.id,
        sequence,
        party_id,
        (
            SearchableObject(
                kind=ObjectKind.QUOTES,
                id=quote.id,
                partner=quote.partner,
                party_id=party_id,
                at=quote.created_at,
                summary=QuoteSummary.of(opened, party_id),
                filters={STATUS: quote.status, PRODUCT: quote.product.code},
                keys=tuple(_answer_keys([quote.answers], searched_by(quote.product))),
            ),
        ),
    )
    if quote.party_id is None:
        party = SearchableObject(
            kind=ObjectKind.PARTIES,
            id=party_id,
            partner=quote.partner,
            party_id=party_id,
            at=quote.created_at,
            summary=PartySummary(id=party_id, partner=quote.partner, since=quote.created_at),
            keys=tuple(_policyholder_keys(quote.policyholder)) if quote.policyholder else (),
        )
        yield SearchSource(party_id, FIRST, party_id, (party,))


def _of_policy(
    policy: Policy, opened: Policy, sequence: int, searched_by: SearchedBy
) -> Iterator[SearchSource]:
    ended = policy.cancelled_by()
    if ended is None:
        status = PolicyListStatus.ISSUED
    else:
        status = PolicyListStatus.LAPSED if ended.is_lapse else PolicyListStatus.CANCELLED
    answers = [policy.answers, *(segment.answers for segment in policy.segments())]
    told = [joint for joint in policy.joint_holders if joint.party_id is None]
    yield _alone(
        sequence,
        SearchableObject(
            kind=ObjectKind.POLICIES,
            id=policy.id,
            partner=policy.partner,
            party_id=policy.party,
            at=policy.issued_at,
            summary=PolicySummary.of(opened),
            filters={STATUS: status, PRODUCT: policy.product.code},
            number=normalise_number(policy.number.text) if policy.number else "",
            former_number=normalise_number(policy.migration.number) if policy.migration else "",
            also_of=tuple(joint.party_id for joint in policy.joint_holders if joint.party_id),
            concerns=policy.interests.customers if policy.interests else (),
            keys=(
                *_answer_keys(answers, searched_by(policy.product)),
                *(key for joint in told for key in _joint_keys(joint)),
            ),
            keys_of_others=tuple(
                (joint.party_id, key)
                for joint in policy.joint_holders
                if joint.party_id
                for key in _joint_keys(joint)
            ),
        ),
    )


def _of_claim(
    claim: Claim, opened: Claim, sequence: int, _searched_by: SearchedBy
) -> Iterator[SearchSource]:
    party_id = claim.party
    filters = {STATUS: str(claim.handling)}
    if claim.handler and claim.handling is not Handling.CLOSED:
        filters[HANDLER] = claim.handler
    reference = claim.reference
    listed = SearchableObject(
        kind=ObjectKind.CLAIMS,
        id=claim.id,
        partner=claim.partner,
        party_id=party_id,
        at=claim.reported_at,
        summary=ClaimSummary.of(opened, party_id),
        filters=filters,
        number=normalise_number(claim.number) if claim.number else "",
        keys=(SearchKey(SearchField.REFERENCE, normalise.reference(reference)),)
        if reference
        else (),
    )
    paid = [_payment(payment, opened, claim.reported_at) for payment in opened.payments]
    kept = _kept_reports(opened.payments, opened.id)
    yield SearchSource(claim.id, sequence, party_id, (listed, *paid, *kept))


def _of_complaint(
    complaint: Complaint, opened: Complaint, sequence: int, _searched_by: SearchedBy
) -> Iterator[SearchSource]:
    party_id = complaint.party
    contact = complaint.complainant.contact if complaint.complainant else None
    listed = SearchableObject(
        kind=ObjectKind.COMPLAINTS,
        id=complaint.id,
        partner=complaint.partner,
        party_id=party_id,
        at=complaint.received_at,
        summary=ComplaintSummary.of(opened, party_id),
        filters={STATUS: complaint.status},
        keys=tuple(_contact_keys(contact)),
    )
    paid = [_payment(payment, opened, complaint.received_at) for payment in opened.redress]
    kept = _kept_reports(opened.redress, opened.id)
    yield SearchSource(complaint.id, sequence, party_id, (listed, *paid, *kept))


def _of_account(
    account: BillingAccount, opened: BillingAccount, sequence: int, _searched_by: SearchedBy
) -> Iterator[SearchSource]:
    at = datetime.combine(account.first_due, time(), UTC)
    refunds = [_payment(refund, opened, at) for refund in opened.refunds]
    kept = _kept_reports(opened.refunds, opened.policy_id)
    yield SearchSource(account.id, sequence, account.party, (*refunds, *kept))


def _of_document(
    document: Document, opened: Document, sequence: int, _searched_by: SearchedBy
) -> Iterator[SearchSource]:
    party_id = document.party
    yield _alone(
        sequence,
        SearchableObject(
            kind=ObjectKind.DOCUMENTS,
            id=document.id,
            partner=document.partner,
            party_id=party_id,
            at=document.made_at,
            summary=DocumentSummary.of(opened, party_id),
            filters={KIND: document.kind, PRODUCT: document.product.code},
        ),
    )


def _of_party(
    party: Party, opened: Party, sequence: int, _searched_by: SearchedBy
) -> Iterator[SearchSource]:
    yield _alone(
        sequence,
        SearchableObject(
            kind=ObjectKind.PARTIES,
            id=party.id,
            partner=party.partner,
            party_id=party.id,
            at=party.created_at,
            summary=PartySummary.of(opened),
            keys=tuple(_party_keys(party)),
        ),
    )


def _of_suspense(
    payment: SuspendedPayment, opened: SuspendedPayment, sequence: int, _searched_by: SearchedBy
) -> Iterator[SearchSource]:
    listed = SearchableObject(
        kind=ObjectKind.SUSPENSE,
        id=payment.id,
        partner="",
        party_id=None,
        at=payment.posted_at,
        summary=SuspenseSummary.of(opened),
        filters={STATUS: payment.status},
    )
    kept = _kept_reports(opened.refunds, opened.id)
    yield SearchSource(payment.id, sequence, None, (listed, *kept))


def _payment(
    payment: OutgoingPayment, owner: Claim | Complaint | BillingAccount, at: datetime
) -> SearchableObject:
    refund = isinstance(owner, BillingAccount)
    about = owner.policy_id if isinstance(owner, BillingAccount) else owner.id
    party_id = owner.party
    return SearchableObject(
        kind=ObjectKind.REFUNDS if refund else ObjectKind.PAYMENTS,
        id=payment.id,
        partner=owner.partner,
        party_id=party_id,
        at=at,
        summary=PaymentSummary.of(
            payment, about=about, partner=owner.partner, party_id=party_id, at=at
        ),
        filters={STATUS: payment.status} | ({IN_DOUBT: "true"} if payment.kept else {}),
    )


def _kept_reports(payments: Sequence[OutgoingPayment], about: str) -> Iterator[SearchableObject]:
    """The bank's reports that wait, for our staff alone."""
    for payment in payments:
        for report in payment.kept:
            summary = KeptReportSummary.of(report, payment, about)
            yield SearchableObject(
                kind=ObjectKind.KEPT_REPORTS,
                id=summary.id,
                partner="",
                party_id=None,
                at=report.since,
                summary=summary,
            )


def _alone(sequence: int, listed: SearchableObject) -> SearchSource:
    return SearchSource(listed.id, sequence, listed.party_id, (listed,))


# Search keys


def _policyholder_keys(holder: Policyholder) -> Iterator[SearchKey]:
    """By what somebody is found whom a quote or a policy names."""
    if holder.email:
        yield SearchKey(SearchField.EMAIL, normalise.email(holder.email))
    addresses = [holder.address] if holder.address else []
    yield from _name_keys([holder.name], holder.date_of_birth, addresses)


def _joint_keys(joint: JointHolder) -> Iterator[SearchKey]:
    if joint.person is not None:
        yield from _policyholder_keys(joint.person)


def _party_keys(party: Party) -> Iterator[SearchKey]:
    """By what a party is found, by earlier names, addresses and contacts too; by nothing once erased."""
    for contact in party.contacts:
        yield from _contact_keys(contact.value)
    if party.registration_number:
        number = normalise.code(party.registration_number)
        yield SearchKey(SearchField.REGISTRATION_NUMBER, number)
    if party.reference:
        yield SearchKey(SearchField.REFERENCE, normalise.reference(party.reference))
    yield from _name_keys(
        [dated.name for dated in party.names[-NAMES_SEARCHED:]],
        party.date_of_birth,
        [dated.address for dated in party.addresses[-ADDRESSES_SEARCHED:]],
    )


def _name_keys(
    names: Sequence[str], born: date | None, addresses: Sequence[Address]
) -> Iterator[SearchKey]:
    """Each name with the birth date and with each postcode."""
    for key in dict.fromkeys(key for name in names for key in normalise.name_keys(name)):
        if born:
            yield SearchKey(SearchField.NAME_AND_BIRTH, normalise.name_with_birth(key, born))
        for address in addresses:
            if address.postcode:
                value = normalise.name_with_postcode(key, address.postcode)
                yield SearchKey(SearchField.NAME_AND_POSTCODE, value)


def _contact_keys(contact: str | None) -> Iterator[SearchKey]:
    """A contact is an e-mail address or a number."""
    if contact and "@" in contact:
        yield SearchKey(SearchField.EMAIL, normalise.email(contact))
    elif contact and normalise.phone(contact):
        yield SearchKey(SearchField.PHONE, normalise.phone(contact))


def _answer_keys(
    answers: Sequence[dict[str, Any] | None], questions: Sequence[str]
) -> Iterator[SearchKey]:
    """The answers to the questions that the product names, of every period of the term."""
    for one in answers:
        for question in questions:
            for value in _answered(one or {}, question.split("/")):
                normal = normalise.code(value)
                if normal:
                    yield SearchKey(SearchField.REGISTRATION, normal)


def _answered(answer: Any, path: Sequence[str]) -> Iterator[str]:
    """The texts at a path of answers: `vehicles/registration` goes into each item of a list."""
    if isinstance(answer, list):
        for item in answer:
            yield from _answered(item, path)
    elif not path:
        if isinstance(answer, str):
            yield answer
    elif isinstance(answer, dict) and path[0] in answer:
        yield from _answered(answer[path[0]], path[1:])


_SOURCES: Final[
    dict[type[Record], Callable[[Any, Any, int, SearchedBy], Iterator[SearchSource]]]
] = {
    Quote: _of_quote,
    Policy: _of_policy,
    Claim: _of_claim,
    Complaint: _of_complaint,
    BillingAccount: _of_account,
    Document: _of_document,
    Party: _of_party,
    SuspendedPayment: _of_suspense,
}
