"""Summaries: what a list keeps of an object. They are made of the facts that are open in its events."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Self

from pydantic import AwareDatetime

from insurance.domain.bank.kept_report import KeptReport, ResolutionDecision
from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankOutcome
from insurance.domain.billing.suspense import SuspendedPayment, SuspenseStatus
from insurance.domain.claim import Claim, Decision, Handling
from insurance.domain.complaint import Complaint
from insurance.domain.complaint.categories import Category, ComplaintOutcome
from insurance.domain.complaint.lifecycle import ComplaintStatus
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.identity import (
    ClaimId,
    ComplaintId,
    DocumentId,
    PartyId,
    PolicyId,
    QuoteId,
    SuspenseId,
)
from insurance.domain.core.money import Money
from insurance.domain.core.period import Period
from insurance.domain.document.document import Document, DocumentKind
from insurance.domain.jurisdiction.regulatory_deadline import RegulatoryDeadline
from insurance.domain.party.record import Party, PartyKind
from insurance.domain.policy import Policy
from insurance.domain.policy.status import StatusFacts
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.domain.search.entry import ObjectKind


class QuoteSummary(Record):
    """A quote in a list."""

    id: Internal[QuoteId]
    partner: Internal[str]
    party_id: Internal[PartyId]
    product: Internal[ProductRef]
    status: Internal[QuoteStatus]
    period: Internal[Period]
    total: Internal[Money | None] = None
    """The price; None while there is none."""
    created_at: Internal[AwareDatetime]
    valid_until: Internal[AwareDatetime]

    @classmethod
    def of(cls, quote: Quote, party_id: PartyId) -> Self:
        return cls(
            id=quote.id,
            partner=quote.partner,
            party_id=party_id,
            product=quote.product,
            status=quote.status,
            period=quote.period,
            total=quote.premium.total if quote.premium else None,
            created_at=quote.created_at,
            valid_until=quote.valid_until,
        )


class PolicySummary(Record):
    """A policy in a list."""

    id: Internal[PolicyId]
    number: Internal[str | None] = None
    partner: Internal[str]
    party_id: Internal[PartyId]
    product: Internal[ProductRef]
    status_facts: Internal[StatusFacts]
    """What its statuses follow from at the time of asking."""
    charged: Internal[Money]
    """What the customer owes for the term."""
    issued_at: Internal[AwareDatetime]
    renews: Internal[PolicyId | None] = None

    @classmethod
    def of(cls, policy: Policy) -> Self:
        return cls(
            id=policy.id,
            number=policy.number.text if policy.number else None,
            partner=policy.partner,
            party_id=policy.party_id,
            product=policy.product,
            status_facts=policy.status_facts(),
            charged=policy.charged,
            issued_at=policy.issued_at,
            renews=policy.renews,
        )


class ClaimSummary(Record):
    """A claim in a list."""

    id: Internal[ClaimId]
    number: Internal[str | None] = None
    policy_id: Internal[PolicyId]
    policy_number: Internal[str | None] = None
    partner: Internal[str]
    party_id: Internal[PartyId]
    status: Internal[Handling]
    decision: Internal[Decision]
    cover: Internal[str]
    occurred_at: Internal[AwareDatetime]
    reported_at: Internal[AwareDatetime]
    claimed: Internal[Money]
    paid: Internal[Money]
    reserve: Internal[Money]
    handler: Internal[str | None] = None
    deadlines: Internal[tuple[RegulatoryDeadline, ...]] = ()

    @classmethod
    def of(cls, claim: Claim, party_id: PartyId) -> Self:
        return cls(
            id=claim.id,
            number=claim.number,
            policy_id=claim.policy_id,
            policy_number=claim.policy_number,
            partner=claim.partner,
            party_id=party_id,
            status=claim.handling,
            decision=claim.decision,
            cover=claim.cover,
            occurred_at=claim.occurred_at,
            reported_at=claim.reported_at,
            claimed=claim.claimed,
            paid=claim.paid,
            reserve=claim.reserve,
            handler=claim.handler,
            deadlines=claim.deadlines,
        )


class ComplaintSummary(Record):
    """A complaint in a list."""

    id: Internal[ComplaintId]
    about: Internal[str]
    partner: Internal[str]
    party_id: Internal[PartyId]
    status: Internal[ComplaintStatus]
    category: Internal[Category]
    outcome: Internal[ComplaintOutcome | None] = None
    received_at: Internal[AwareDatetime]
    handler: Internal[str | None] = None
    deadlines: Internal[tuple[RegulatoryDeadline, ...]] = ()

    @classmethod
    def of(cls, complaint: Complaint, party_id: PartyId) -> Self:
        return cls(
            id=complaint.id,
            about=complaint.about,
            partner=complaint.partner,
            party_id=party_id,
            status=complaint.status,
            category=complaint.category,
            outcome=complaint.outcome,
            received_at=complaint.received_at,
            handler=complaint.handler,
            deadlines=complaint.deadlines,
        )


class PaymentSummary(Record):
    """Money on its way out in a list: of a claim, of redress, or a refund."""

    id: Internal[str]
    about: Internal[str]
    """The id of the claim, the complaint or the policy that it belongs to."""
    partner: Internal[str]
    party_id: Internal[PartyId]
    status: Internal[PaymentStatus]
    amount: Internal[Money]
    net: Internal[Money]
    """What the bank is told to pay."""
    requested_at: Internal[AwareDatetime]
    finished_at: Internal[AwareDatetime | None] = None

    @classmethod
    def of(
        cls,
        payment: OutgoingPayment,
        *,
        about: str,
        partner: str,
        party_id: PartyId,
        at: datetime,
    ) -> Self:
        return cls(
            id=payment.id,
            about=about,
            partner=partner,
            party_id=party_id,
            status=payment.status,
            amount=payment.amount,
            net=payment.net,
            requested_at=at,
            finished_at=payment.finished_at,
        )


class DocumentSummary(Record):
    """A document in a list."""

    id: Internal[DocumentId]
    policy_id: Internal[PolicyId]
    party_id: Internal[PartyId]
    kind: Internal[DocumentKind]
    product: Internal[ProductRef]
    language: Internal[str]
    size_bytes: Internal[int]
    as_at: Internal[AwareDatetime]
    made_at: Internal[AwareDatetime]

    @classmethod
    def of(cls, document: Document, party_id: PartyId) -> Self:
        return cls(
            id=document.id,
            policy_id=document.policy_id,
            party_id=party_id,
            kind=document.kind,
            product=document.product,
            language=document.language,
            size_bytes=document.size_bytes,
            as_at=document.as_at,
            made_at=document.made_at,
        )


class PartySummary(Record):
    """A party in a list: its own record tells who it is."""

    id: Internal[PartyId]
    partner: Internal[str]
    kind: Internal[PartyKind] = PartyKind.PERSON
    since: Internal[AwareDatetime]
    """When it became known."""
    merged_into: Internal[PartyId | None] = None
    members: Internal[tuple[PartyId, ...]] = ()
    """The parties that were merged into this one."""

    @classmethod
    def of(cls, party: Party) -> Self:
        return cls(
            id=party.id,
            partner=party.partner,
            kind=party.kind,
            since=party.created_at,
            merged_into=party.merged_into,
            members=party.members,
        )


class SuspenseSummary(Record):
    """A payment in suspense in a list."""

    id: Internal[SuspenseId]
    reference: Internal[str]
    """The bank's."""
    amount: Internal[Money]
    received_on: Internal[date]
    status: Internal[SuspenseStatus]
    named: Internal[str | None] = None
    """The policy that it was said to be for."""
    allocated_to: Internal[PolicyId | None] = None

    @classmethod
    def of(cls, payment: SuspendedPayment) -> Self:
        return cls(
            id=payment.id,
            reference=payment.reference,
            amount=payment.amount,
            received_on=payment.received_on,
            status=payment.status,
            named=payment.named,
            allocated_to=payment.allocated_to,
        )


class KeptReportSummary(Record):
    """A report of the bank that waits, in a list."""

    id: Internal[str]
    instruction_id: Internal[str]
    about: Internal[str]
    """The id of what the payment belongs to."""
    status: Internal[PaymentStatus]
    """Of the payment."""
    amount: Internal[Money]
    outcome: Internal[BankOutcome]
    kept_at: Internal[AwareDatetime]
    proposed: Internal[ResolutionDecision | None] = None

    @classmethod
    def of(cls, report: KeptReport, payment: OutgoingPayment, about: str) -> Self:
        return cls(
            id=f"{payment.id}_{report.number}",
            instruction_id=payment.id,
            about=about,
            status=payment.status,
            amount=payment.net,
            outcome=report.outcome,
            kept_at=report.since,
            proposed=report.resolution.decision if report.resolution else None,
        )


SUMMARIES: Final[Mapping[ObjectKind, type[Record]]] = MappingProxyType(
    {
        ObjectKind.QUOTES: QuoteSummary,
        ObjectKind.POLICIES: PolicySummary,
        ObjectKind.CLAIMS: ClaimSummary,
        ObjectKind.COMPLAINTS: ComplaintSummary,
        ObjectKind.PAYMENTS: PaymentSummary,
        ObjectKind.REFUNDS: PaymentSummary,
        ObjectKind.DOCUMENTS: DocumentSummary,
        ObjectKind.PARTIES: PartySummary,
        ObjectKind.SUSPENSE: SuspenseSummary,
        ObjectKind.KEPT_REPORTS: KeptReportSummary,
    }
)
"""What a list of each kind keeps of an object."""
