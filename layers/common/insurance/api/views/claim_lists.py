"""How lists of claims are shown."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.paging import Page
from insurance.api.views.claim_parts import TaskView
from insurance.api.views.terms import MoneyView, View
from insurance.domain.claim import Claim
from insurance.domain.claim.decision import Decision
from insurance.domain.claim.lifecycle import Handling
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.stored import Stored
from insurance.operations.claims.read_claim import ClaimsPage


class ClaimLineView(BaseModel):
    """A claim in a list: enough to find it, and to see what a person must do about it."""

    id: str
    number: str | None
    status: Handling
    decision: Decision
    cover: str
    occurred_at: datetime
    claimed: MoneyView
    paid: MoneyView
    reserve: MoneyView | None
    task: TaskView | None

    @classmethod
    def of(cls, stored: Stored[Claim]) -> Self:
        claim = stored.record
        return cls(
            id=claim.id,
            number=claim.number,
            status=claim.handling,
            decision=claim.decision,
            cover=claim.cover,
            occurred_at=claim.occurred_at,
            claimed=MoneyView.of(claim.claimed),
            paid=MoneyView.of(claim.paid),
            reserve=MoneyView.of(claim.reserve),
            task=TaskView.of(claim.task) if claim.task else None,
        )


class ClaimsView(View):
    """A page of a policy's claims, in the order of their notices."""

    items: list[ClaimLineView]
    next: str | None
    """The value of `after` for the following page; null after the last one."""

    @classmethod
    def of(cls, claims: ClaimsPage, *, caller: Caller, page: Page) -> Self:
        """As this caller may see them (see `ClaimView.of`)."""
        items = [ClaimLineView.of(stored) for stored in claims.claims]
        if caller.kind is CallerKind.POLICYHOLDER:
            hidden = {"reserve": None, "task": None}
            items = [item.model_copy(update=hidden) for item in items]
        return cls(items=items, next=page.next(claims.next) if claims.next else None)
