"""How work lists are shown, and the notes and diary of a claim."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from insurance.api.paging import Page
from insurance.api.views.claim_parts import DeadlineView
from insurance.api.views.terms import View
from insurance.domain.claim.lifecycle import Handling
from insurance.domain.complaint.lifecycle import ComplaintStatus
from insurance.domain.core.roles import Role
from insurance.domain.core.tasks import TaskCode
from insurance.domain.intake.batch import ROWS_MAX, BatchStatus
from insurance.domain.party.match import MatchStatus
from insurance.domain.quote.quote import QuoteStatus
from insurance.domain.work.work_item import WorkItem
from insurance.operations.listing import ListPage


class WorkView(BaseModel):
    """One task that waits for a role: since when, and its next deadline."""

    kind: Literal["claim", "quote", "complaint", "party", "batch", "match"]
    id: str
    number: str | None
    """Of a claim; quotes and complaints have none."""
    role: Role
    code: TaskCode
    subject_status: QuoteStatus | Handling | ComplaintStatus | BatchStatus | MatchStatus | None
    """Of the quote, the claim, the complaint, the batch or the match; a customer has none."""
    waits_from: datetime
    age_days: int
    deadline: DeadlineView | None
    late: bool
    """Whether that deadline has passed."""
    handler: str | None
    partner: str
    rows: Annotated[int, Field(ge=0, le=ROWS_MAX)] | None
    """Of a batch: rows that wait."""

    @classmethod
    def of(cls, work: WorkItem, now: datetime) -> Self:
        deadline = work.deadline
        return cls(
            kind=work.kind,
            id=work.id,
            number=work.number,
            role=work.role,
            code=work.code,
            subject_status=work.status,
            waits_from=work.waits_from,
            age_days=work.age_days(now),
            deadline=DeadlineView.model_validate(deadline.model_dump()) if deadline else None,
            late=deadline is not None and deadline.is_missed(now),
            handler=work.handler,
            partner=work.partner,
            rows=work.rows,
        )


class WorkListView(View):
    """A page of the work that waits for a role, the longest wait first."""

    items: list[WorkView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, work: ListPage[WorkItem], *, page: Page, now: datetime) -> Self:
        return cls(
            items=[WorkView.of(item, now) for item in work.items],
            next=page.next(work.next) if work.next else None,
        )
