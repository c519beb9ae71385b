"""How screenings of policyholders are shown: which entries, never the names."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.paging import cursor
from insurance.api.views.terms import View
from insurance.domain.screening.screening import ScreeningCase
from insurance.operations.parties.screen_policyholder import BookScreened


class MatchView(BaseModel):
    """An entry of the list, and how closely the name resembles it: 100 is the same."""

    entry: str
    score: int
    list_version: str


class ScreeningView(View):
    """Whether the policyholder of a quote or a policy is who a list means."""

    id: str
    quote_id: str
    policy_id: str
    status: str
    since: datetime
    matches: list[MatchView]
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, case: ScreeningCase) -> Self:
        return cls(
            id=case.id,
            quote_id=case.quote_id,
            policy_id=case.policy_id,
            status=case.status,
            since=case.since,
            matches=[MatchView(**each.model_dump()) for each in case.matches],
            decided_by=case.decided_by,
            decided_at=case.decided_at,
        )


class ScreeningsView(View):
    """A page of those that wait for a person."""

    items: list[ScreeningView]
    next: str | None

    @classmethod
    def of(cls, cases: Sequence[ScreeningCase], limit: int) -> Self:
        full = len(cases) == limit
        return cls(
            items=[ScreeningView.of(case) for case in cases],
            next=cursor("screenings", cases[-1].id) if full else None,
        )


class ScreeningRunView(View):
    """What of the book was screened, what was found, and from where to go on; nothing at its end."""

    list_version: str
    policies: int
    opened: list[str]
    next: str | None

    @classmethod
    def of(cls, screened: BookScreened) -> Self:
        return cls(**screened._asdict() | {"opened": list(screened.opened)})
