"""How the insurer's notices are shown."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.etag import etag
from insurance.api.paging import Page, page_of
from insurance.api.views.terms import MoneyView, View
from insurance.domain.core.stored import Stored
from insurance.domain.jurisdiction.jurisdiction import DispatchChannel, NoticeKind
from insurance.domain.policy import Policy
from insurance.domain.policy.notice import Notice, NoticeEnd
from insurance.domain.policy.status import PolicyFlag, PolicyStatus
from insurance.operations.policy.store_notice import NoticeResult


class NoticeItem(BaseModel):
    """What the insurer announced; it takes effect at `effective_at`, which is known once its
    dispatch is proven, unless it was `ended` before."""

    number: int
    kind: NoticeKind
    reason: str
    given_at: datetime
    wanted_at: datetime | None
    arrears: MoneyView | None
    due_by: date | None
    """What was due up to this day must be paid before it takes effect."""
    channel: DispatchChannel | None
    reference: str | None
    dispatched_at: datetime | None
    effective_at: datetime | None
    ended: NoticeEnd | None
    ended_at: datetime | None

    @classmethod
    def of(cls, notice: Notice) -> Self:
        sent = notice.dispatch
        return cls(
            number=notice.number,
            kind=notice.kind,
            reason=notice.reason,
            given_at=notice.given_at,
            wanted_at=notice.wanted_at,
            arrears=MoneyView.of(notice.arrears) if notice.arrears else None,
            due_by=notice.due_by,
            channel=sent.channel if sent else None,
            reference=sent.reference if sent else None,
            dispatched_at=sent.dispatched_at if sent else None,
            effective_at=notice.effective_at,
            ended=notice.ended,
            ended_at=notice.ended_at,
        )


class NoticeView(View):
    """One notice, and where the policy stands with it."""

    policy_id: str
    policy_number: str | None
    policy_status: PolicyStatus
    policy_flags: list[PolicyFlag]
    notice: NoticeItem

    @classmethod
    def of(cls, result: NoticeResult, *, now: datetime) -> Self:
        policy = result.policy.record
        state = policy.state_at(now)
        return cls(
            etag=etag(result.policy.head.sequence, "policy"),
            policy_id=policy.id,
            policy_number=policy.number.text if policy.number else None,
            policy_status=state.status,
            policy_flags=list(state.flags),
            notice=NoticeItem.of(result.notice),
        )


class NoticesView(View):
    """A page of the notices of a policy, the first given first."""

    policy_id: str
    policy_number: str | None
    items: list[NoticeItem]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, stored: Stored[Policy], *, page: Page) -> Self:
        policy = stored.record
        shown, following = page_of(policy.notices, page)
        return cls(
            etag=etag(stored.head.sequence, "notices"),
            policy_id=policy.id,
            policy_number=policy.number.text if policy.number else None,
            items=[NoticeItem.of(notice) for notice in shown],
            next=following,
        )
