"""How complaints and their register are shown."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.etag import etag
from insurance.api.paging import cursor
from insurance.api.views.claims import DeadlineView
from insurance.api.views.terms import MoneyView, View
from insurance.api.views.work import NoteView
from insurance.domain.complaint import Complainant, Complaint, Redress
from insurance.domain.complaint.register import as_csv, row_of
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.stored import Stored
from insurance.operations.work.read_work import Page


class RedressView(BaseModel):
    """A payment that puts something right."""

    id: str
    status: str
    amount: MoneyView
    bank_reference: str | None
    finished_at: datetime | None

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
    """The final response, and who can be asked after it."""

    text: str
    ombudsman: str
    at: datetime


class ComplaintView(View):
    """A complaint: how far it is, its deadlines, what was answered, what was put right."""

    id: str
    about: str
    status: str
    since: datetime
    revision: int
    channel: str
    category: str
    received_at: datetime
    complainant: Complainant | None
    text: str | None
    jurisdiction: str
    deadlines: list[DeadlineView]
    outcome: str | None
    response: ResponseView | None
    ombudsman_reference: str | None
    reopened_because: str | None
    closed_as: str | None
    redress: list[RedressView]

    @classmethod
    def to(cls, caller: Caller, kept: Stored[Complaint]) -> Self:
        """As this caller may see it: outside our own house redress is told of once it is agreed. That
        a payee is screened, or that an offer was refused, is not for them to know."""
        shown = cls.of(kept)
        if caller.kind is CallerKind.STAFF:
            return shown
        agreed = [RedressView.of(each) for each in kept.record.redress if each.instruction_id]
        changes = {"etag": etag(kept.head.sequence, "own"), "redress": agreed}
        return shown.model_copy(update=changes)

    @classmethod
    def of(cls, kept: Stored[Complaint]) -> Self:
        complaint = kept.record
        answer = complaint.response
        return cls(
            etag=etag(kept.head.sequence, "complaint"),
            id=complaint.id,
            about=complaint.about,
            status=complaint.status,
            since=complaint.since,
            revision=kept.head.sequence,
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
            redress=[RedressView.of(payment) for payment in complaint.redress],
        )


class ComplaintDeskView(View):
    """What our people keep beside a complaint. Never a partner's."""

    complaint_id: str
    revision: int
    handler: str | None
    root_cause: str | None
    """Why it came to that, as the investigation found."""
    notes: list[NoteView]

    @classmethod
    def of(cls, kept: Stored[Complaint]) -> Self:
        complaint = kept.record
        return cls(
            etag=etag(kept.head.sequence, "desk"),
            complaint_id=complaint.id,
            revision=kept.head.sequence,
            handler=complaint.handler,
            root_cause=complaint.root_cause,
            notes=[NoteView(**note.model_dump()) for note in complaint.notes],
        )


class RedressReportView(View):
    """What the bank is told of its report: the payment, and nothing of the complaint behind it."""

    instruction_id: str
    status: str
    amount: MoneyView

    @classmethod
    def of(cls, instruction_id: str, kept: Stored[Complaint]) -> Self:
        payment = kept.record.redress_of(instruction_id)
        return cls(
            instruction_id=payment.id,
            status=payment.status,
            amount=MoneyView.of(payment.amount),
        )


class RegisterView(View):
    """A page of the register: rows of one month, by column."""

    rows: list[dict[str, str]]
    next: str | None
    """Goes into `after` for the following page; nothing after the last one."""

    @classmethod
    def of(cls, list_id: str, page: Page[Complaint], now: datetime) -> Self:
        return cls(
            rows=[row_of(complaint, now) for complaint in page.items],
            next=cursor(list_id, page.next) if page.next else None,
        )


class RegisterCsvView(View):
    """The same as comma separated values, each page with its header."""

    month: str
    csv: str
    next: str | None

    @classmethod
    def of(cls, month: str, list_id: str, page: Page[Complaint], now: datetime) -> Self:
        return cls(
            month=month,
            csv=as_csv(row_of(complaint, now) for complaint in page.items),
            next=cursor(list_id, page.next) if page.next else None,
        )
