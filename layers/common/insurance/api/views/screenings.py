"""How screenings of policyholders are shown: entries of the list, never names."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.paging import Page
from insurance.api.views.terms import View
from insurance.domain.core.stored import Stored
from insurance.domain.screening.screening import ScreeningCase, ScreeningStatus
from insurance.operations.listing import ListPage
from insurance.operations.parties.screen_policies import ScreeningRun


class MatchView(BaseModel):
    """An entry of the sanctions list, and the similarity of the names: 100 is the same."""

    entry: str
    score: int
    list_version: str


class ScreeningView(View):
    """The question whether the policyholder of a quote or policy is a listed person."""

    id: str
    quote_id: str
    policy_id: str
    status: ScreeningStatus
    since: datetime
    matches: list[MatchView]
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of_stored(cls, stored: Stored[ScreeningCase]) -> Self:
        """The case after a decision."""
        return cls.of(stored.record)

    @classmethod
    def of(cls, case: ScreeningCase) -> Self:
        return cls(
            id=case.id,
            quote_id=case.quote_id,
            policy_id=case.policy_id,
            status=case.status,
            since=case.since,
            matches=[MatchView(**match.model_dump()) for match in case.matches],
            decided_by=case.decided_by,
            decided_at=case.decided_at,
        )


class ScreeningsView(View):
    """A page of the open screening cases."""

    items: list[ScreeningView]
    next: str | None

    @classmethod
    def of(cls, cases: ListPage[ScreeningCase], *, page: Page) -> Self:
        return cls(
            items=[ScreeningView.of(case) for case in cases.items],
            next=page.next(cases.next) if cases.next else None,
        )


class ScreeningRunView(View):
    """How many policies were screened, the cases that were opened, and where the next run starts."""

    list_version: str
    policies: int
    opened: list[str]
    next: str | None

    @classmethod
    def of(cls, run: ScreeningRun) -> Self:
        return cls(**run._asdict() | {"opened": list(run.opened)})
