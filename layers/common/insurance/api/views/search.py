"""How lists over all policies are shown. Nothing in a row is personal: an object's own view tells that."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from insurance.api.paging import Page
from insurance.api.views.claim_parts import DeadlineView
from insurance.api.views.terms import MoneyView, PeriodView, ProductRefView, Shown, View
from insurance.domain.bank.kept_report import ResolutionDecision
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankOutcome
from insurance.domain.billing.suspense import SuspenseStatus
from insurance.domain.claim.decision import Decision
from insurance.domain.claim.lifecycle import Handling
from insurance.domain.complaint.categories import Category, ComplaintOutcome
from insurance.domain.complaint.lifecycle import ComplaintStatus
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.classification import Personal
from insurance.domain.document.document import DocumentKind
from insurance.domain.party.record import PartyKind
from insurance.domain.policy.status import PolicyFlag, PolicyStatus
from insurance.domain.quote.quote import QuoteStatus
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
from insurance.operations.listing import ListPage


class QuoteRowView(Shown):
    """A quote in a list."""

    id: str
    partner: str
    party_id: str
    product: ProductRefView
    status: QuoteStatus
    period: PeriodView
    total: MoneyView | None
    """The price; null while there is none."""
    created_at: datetime
    valid_until: datetime


class PolicyRowView(BaseModel):
    """A policy in a list."""

    id: str
    number: str | None
    partner: str
    party_id: str
    product: ProductRefView
    status: PolicyStatus
    flags: list[PolicyFlag]
    period: PeriodView
    charged: MoneyView
    """What the customer owes for the term."""
    issued_at: datetime
    renews: str | None

    @classmethod
    def of(cls, policy: PolicySummary, now: datetime) -> Self:
        state = policy.status_facts.state_at(now)
        return cls(
            id=policy.id,
            number=policy.number,
            partner=policy.partner,
            party_id=policy.party_id,
            product=ProductRefView.of(policy.product),
            status=state.status,
            flags=list(state.flags),
            period=PeriodView.of(policy.status_facts.period),
            charged=MoneyView.of(policy.charged),
            issued_at=policy.issued_at,
            renews=policy.renews,
        )


class ClaimRowView(Shown):
    """A claim in a list over all policies."""

    id: str
    number: str | None
    policy_id: str
    policy_number: str | None
    partner: str
    party_id: str
    status: Handling
    decision: Decision
    cover: str
    occurred_at: datetime
    reported_at: datetime
    claimed: MoneyView
    paid: MoneyView
    reserve: MoneyView
    handler: str | None
    """For staff: who has it in hand."""
    deadlines: list[DeadlineView]


class ComplaintRowView(Shown):
    """A complaint in a list."""

    id: str
    about: str
    partner: str
    party_id: str
    status: ComplaintStatus
    category: Category
    outcome: ComplaintOutcome | None
    received_at: datetime
    handler: str | None
    """For staff: who has it in hand."""
    deadlines: list[DeadlineView]


class PaymentRowView(Shown):
    """Money on its way out in a list."""

    id: str
    about: str
    """The id of the claim, the complaint or the policy that it belongs to."""
    partner: str
    party_id: str
    status: PaymentStatus
    amount: MoneyView
    net: MoneyView
    """What the bank is told to pay."""
    finished_at: datetime | None


class KeptReportRowView(Shown):
    """A report of the bank that does not fit how far its payment is."""

    id: str
    instruction_id: str
    about: str
    """The id of the claim, the complaint, the policy or the payment in suspense."""
    payment_status: PaymentStatus = Field(validation_alias="status")
    amount: MoneyView
    outcome: BankOutcome
    """What the bank says."""
    kept_at: datetime
    proposed: ResolutionDecision | None
    """What one person proposes to do; another decides."""


class DocumentRowView(Shown):
    """A document in a list."""

    id: str
    policy_id: str
    party_id: str
    kind: DocumentKind
    product: ProductRefView
    language: str
    size_bytes: int
    as_at: datetime
    made_at: datetime


class PartyRowView(Shown):
    """A party in a list: its own record tells who it is."""

    id: str
    partner: str
    kind: PartyKind
    since: datetime
    """When it became known."""
    merged_into: str | None
    """The party that stands for this one."""


class SuspenseRowView(Shown):
    """A payment in suspense in a list."""

    id: str
    reference: str
    """The bank's."""
    amount: MoneyView
    received_on: date
    status: SuspenseStatus
    """`waiting`, `allocated`, `return_requested`, `return_executing` or `returned`."""
    named: Personal[str | None]
    """The policy that it was said to be for."""
    allocated_to: str | None


class QuoteListView(View):
    """A page of quotes, in the order in which they were made."""

    items: list[QuoteRowView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, quotes: ListPage[QuoteSummary], *, page: Page) -> Self:
        return cls(items=[QuoteRowView.of(each) for each in quotes.items], next=_next(quotes, page))


class PolicyListView(View):
    """A page of policies, in the order in which they were issued."""

    items: list[PolicyRowView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, policies: ListPage[PolicySummary], *, page: Page, now: datetime) -> Self:
        items = [PolicyRowView.of(each, now) for each in policies.items]
        return cls(items=items, next=_next(policies, page))


class ClaimListView(View):
    """A page of claims over all policies, in the order in which they were reported."""

    items: list[ClaimRowView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, claims: ListPage[ClaimSummary], *, page: Page, caller: Caller) -> Self:
        shown = [each if _is_staff(caller) else each.replace(handler=None) for each in claims.items]
        return cls(items=[ClaimRowView.of(each) for each in shown], next=_next(claims, page))


class ComplaintListView(View):
    """A page of complaints, in the order in which they were received."""

    items: list[ComplaintRowView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, complaints: ListPage[ComplaintSummary], *, page: Page, caller: Caller) -> Self:
        shown = [
            each if _is_staff(caller) else each.replace(handler=None) for each in complaints.items
        ]
        return cls(
            items=[ComplaintRowView.of(each) for each in shown], next=_next(complaints, page)
        )


class PaymentListView(View):
    """A page of payments or refunds, in the order in which what they belong to began."""

    items: list[PaymentRowView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, payments: ListPage[PaymentSummary], *, page: Page) -> Self:
        items = [PaymentRowView.of(each) for each in payments.items]
        return cls(items=items, next=_next(payments, page))


class KeptReportListView(View):
    """A page of reports that wait for a person, the oldest first."""

    items: list[KeptReportRowView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, reports: ListPage[KeptReportSummary], *, page: Page) -> Self:
        items = [KeptReportRowView.of(each) for each in reports.items]
        return cls(items=items, next=_next(reports, page))


class DocumentListView(View):
    """A page of documents, in the order in which they were made."""

    items: list[DocumentRowView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, documents: ListPage[DocumentSummary], *, page: Page) -> Self:
        items = [DocumentRowView.of(each) for each in documents.items]
        return cls(items=items, next=_next(documents, page))


class PartyListView(View):
    """A page of parties, in the order in which they became known."""

    items: list[PartyRowView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, parties: ListPage[PartySummary], *, page: Page) -> Self:
        items = [PartyRowView.of(each) for each in parties.items]
        return cls(items=items, next=_next(parties, page))


class SuspenseListView(View):
    """A page of payments in suspense, in the order in which they were posted."""

    items: list[SuspenseRowView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, payments: ListPage[SuspenseSummary], *, page: Page) -> Self:
        items = [SuspenseRowView.of(each) for each in payments.items]
        return cls(items=items, next=_next(payments, page))


def _is_staff(caller: Caller) -> bool:
    return caller.kind is CallerKind.STAFF


def _next(listed: ListPage[object], page: Page) -> str | None:
    return page.next(listed.next) if listed.next else None
