"""How complaints and their register are shown."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel

from insurance.api.etag import etag
from insurance.api.paging import Page
from insurance.api.views.claim_parts import DeadlineView, KeptReportView, PayeeView
from insurance.api.views.internal_claims import NoteView
from insurance.api.views.terms import MoneyView, View
from insurance.domain.bank.outgoing_payment import AGREED
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim.diary import ReportChannel
from insurance.domain.complaint import Complainant, Complaint, Redress
from insurance.domain.complaint.categories import Category, ComplaintOutcome, RootCause
from insurance.domain.complaint.lifecycle import ComplaintStatus
from insurance.domain.complaint.redress_payee import TO_ANOTHER, is_known_account, is_owed
from insurance.domain.complaint.register import as_csv, row_of
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.classification import Personal, Sensitive
from insurance.domain.core.stored import Stored
from insurance.operations.listing import ListPage


class RedressView(BaseModel):
    """One payment of redress. Its payee, and who asked for it, are for staff alone."""

    id: str
    status: PaymentStatus
    amount: MoneyView
    bank_reference: str | None
    finished_at: datetime | None
    payee: Personal[PayeeView | None] = None
    payee_name_of: Literal["complainant", "nobody"] | None = None
    """Whose name the payee has: `complainant` or `nobody`."""
    payee_account_of: Literal["cleared", "nobody"] | None = None
    """`cleared`: a third person let redress of the complaint go to it before; `nobody`: nothing shows whose it is."""
    requested_by: str | None = None
    """Who offered it, and named the payee: another person approves it."""
    decided_by: str | None = None
    referred_because: str | None = None
    """Why another person must clear the payee after the approval."""
    kept_reports: list[KeptReportView] | None = None
    """What the bank reported and does not fit how far the payment is; a person asks the bank."""

    @classmethod
    def internal(cls, payment: Redress, complaint: Complaint) -> Self:
        """As who approves it must see it: the payee with the end of the account, and who named them."""
        payee = (complaint.payees or {}).get(payment.id)
        to_another = payee and not is_owed(payee, complaint)
        because = [*([TO_ANOTHER] if to_another else []), *payment.waits_because]
        return cls.of(payment).model_copy(
            update={
                "payee": PayeeView.masked(payee) if payee else None,
                "payee_name_of": payee and ("nobody" if to_another else "complainant"),
                "payee_account_of": payee
                and ("cleared" if is_known_account(payee, complaint) else "nobody"),
                "requested_by": payment.requested_by,
                "decided_by": payment.decided_by,
                "kept_reports": KeptReportView.all_of(payment),
                "referred_because": " ".join(because) or None,
            }
        )

    @classmethod
    def of(cls, payment: Redress) -> Self:
        return cls(
            id=payment.id,
            status=payment.status,
            amount=MoneyView.of(payment.amount),
            bank_reference=payment.bank_reference,
            finished_at=payment.finished_at,
        )


class ResponseView(BaseModel):
    """The final response, and the ombudsman that the complainant can turn to."""

    text: str
    ombudsman: str
    at: datetime


class ComplaintView(View):
    """A complaint: its status, deadlines, final response and redress."""

    id: str
    about: str
    status: ComplaintStatus
    since: datetime
    revision: int
    channel: ReportChannel
    category: Category
    received_at: datetime
    complainant: Personal[Complainant | None]
    text: Sensitive[str | None]
    jurisdiction: str
    deadlines: list[DeadlineView]
    outcome: ComplaintOutcome | None
    response: Sensitive[ResponseView | None]
    ombudsman_reference: str | None
    reopened_because: Sensitive[str | None]
    closed_as: Literal["accepted", "withdrawn", "ombudsman_decided"] | None
    redress: list[RedressView]
    redress_agreed: MoneyView | None = None
    """All redress that was approved so far: what the next approval is measured with. For staff alone."""

    @classmethod
    def to(cls, stored: Stored[Complaint], *, caller: Caller) -> Self:
        """The complaint as this caller may see it.

        Partners and policyholders see a redress once it is approved. They see neither that a payee
        is screened nor that an offer was refused.
        """
        view = cls.of(stored)
        if caller.kind is CallerKind.STAFF:
            return view
        approved = [
            RedressView.of(redress) for redress in stored.record.redress if redress.instruction_id
        ]
        changes = {
            "etag": etag(stored.head.sequence, "own"),
            "redress": approved,
            "redress_agreed": None,
        }
        return view.model_copy(update=changes)

    @classmethod
    def of(cls, stored: Stored[Complaint]) -> Self:
        """The complaint as staff see it."""
        complaint = stored.record
        answer = complaint.response
        return cls(
            etag=etag(stored.head.sequence, "complaint"),
            id=complaint.id,
            about=complaint.about,
            status=complaint.status,
            since=complaint.since,
            revision=stored.head.sequence,
            channel=complaint.channel,
            category=complaint.category,
            received_at=complaint.received_at,
            complainant=complaint.complainant,
            text=complaint.text,
            jurisdiction=complaint.jurisdiction,
            deadlines=[
                DeadlineView.model_validate(deadline.model_dump())
                for deadline in complaint.deadlines
            ],
            outcome=complaint.outcome,
            response=ResponseView(text=answer.text, ombudsman=answer.ombudsman, at=answer.at)
            if answer
            else None,
            ombudsman_reference=complaint.ombudsman_reference,
            reopened_because=complaint.reopened_because,
            closed_as=complaint.closed_as,
            redress=[RedressView.internal(payment, complaint) for payment in complaint.redress],
            redress_agreed=MoneyView.of(complaint.redress_total(AGREED)),
        )


class ComplaintInternalView(View):
    """What only staff see of a complaint: its handler, root cause and notes."""

    complaint_id: str
    revision: int
    handler: str | None
    root_cause: RootCause | None
    """What caused the complaint, as the investigation found."""
    notes: Sensitive[list[NoteView]]

    @classmethod
    def of(cls, stored: Stored[Complaint]) -> Self:
        complaint = stored.record
        return cls(
            etag=etag(stored.head.sequence, "internal"),
            complaint_id=complaint.id,
            revision=stored.head.sequence,
            handler=complaint.handler,
            root_cause=complaint.root_cause,
            notes=[NoteView(**note.model_dump()) for note in complaint.notes],
        )


class RegisterView(View):
    """A page of the register of a month; each row has the same columns."""

    items: list[dict[str, str]]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, complaints: ListPage[Complaint], *, page: Page, now: datetime) -> Self:
        return cls(
            items=[row_of(complaint, now) for complaint in complaints.items],
            next=page.next(complaints.next) if complaints.next else None,
        )


class RegisterExportView(View):
    """A page of the register as comma separated values; each page has a header."""

    csv: str
    next: str | None

    @classmethod
    def of(cls, complaints: ListPage[Complaint], *, page: Page, now: datetime) -> Self:
        return cls(
            csv=as_csv(row_of(complaint, now) for complaint in complaints.items),
            next=page.next(complaints.next) if complaints.next else None,
        )
