"""How matches of parties are shown: codes and ids, and nothing of what the records say."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from insurance.api.etag import etag
from insurance.api.paging import Page
from insurance.api.views.terms import Shown, View
from insurance.domain.core.identity import MatchId, PartyId
from insurance.domain.core.stored import Stored
from insurance.domain.matching.weights import Otherwise
from insurance.domain.party.match import MARKS_MAX, Match, MatchReason, MatchStatus
from insurance.domain.party.record import MEMBERS_MAX
from insurance.operations.listing import ListPage
from insurance.operations.parties.decide_match import MatchedNow
from insurance.operations.parties.find_matches import CANDIDATES_MAX

FOUND_MAX = CANDIDATES_MAX + MEMBERS_MAX + 1
"""Those that are compared, those that are linked already, and one that is named."""


class PartyMatchMarkView(Shown):
    """What one mark says."""

    mark: str
    level: Literal[
        "same",
        "within",
        "near",
        "slight",
        "swapped",
        "postcode",
        "initial",
        "far",
        "other_family",
        "other_given",
        "different",
    ]
    weight: int


class PartyMatchView(View):
    """A match as it stands."""

    id: MatchId
    status: MatchStatus
    parties: Annotated[list[PartyId], Field(min_length=2, max_length=2)]
    partner: str
    weight: int
    prior: int
    otherwise: Otherwise
    marks: Annotated[list[PartyMatchMarkView], Field(max_length=MARKS_MAX)]
    contradicted: bool
    weights_version: str
    found_at: datetime
    proposed_by: str | None
    decided_by: str | None
    decided_at: datetime | None
    reason: MatchReason | None

    @classmethod
    def of(cls, stored: Stored[Match]) -> Self:
        return cls(etag=etag(stored.head.sequence, "match"), **_shown(stored.record))

    @classmethod
    def of_listed(cls, match: Match) -> Self:
        return cls(**_shown(match))


class PartyMatchListView(View):
    """A page of matches, the earliest first."""

    items: list[PartyMatchView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, matches: ListPage[Match], *, page: Page) -> Self:
        return cls(
            items=[PartyMatchView.of_listed(each) for each in matches.items],
            next=page.next(matches.next) if matches.next else None,
        )


class FoundPartyMatchesView(View):
    """The matches of one party."""

    matches: Annotated[list[PartyMatchView], Field(max_length=FOUND_MAX)]
    complete: bool

    @classmethod
    def of(cls, found: MatchedNow) -> Self:
        matches = [PartyMatchView.of_listed(each) for each in found.matches]
        return cls(matches=matches, complete=found.is_complete)


def _shown(match: Match) -> dict[str, Any]:
    score = match.score
    return {
        "id": match.id,
        "status": match.status,
        "parties": match.parties,
        "partner": match.partner,
        "weight": score.weight,
        "prior": score.prior,
        "otherwise": score.otherwise,
        "marks": [PartyMatchMarkView(**each.model_dump()) for each in score.marks],
        "contradicted": score.is_contradicted,
        "weights_version": score.version,
        "found_at": match.found_at,
        "proposed_by": match.proposed_by,
        "decided_by": match.decided_by,
        "decided_at": match.decided_at,
        "reason": match.reason,
    }
