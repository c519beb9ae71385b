"""A match: two parties that may be one customer, why it seems so, and what was decided."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import AwareDatetime, Field

from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import MatchId, PartyId, match_id_for
from insurance.domain.core.segregation import OfficeDuty, check_segregation
from insurance.domain.core.value import Value

MARKS_MAX = 10


class MatchStatus(StrEnum):
    """What is known of two parties."""

    OPEN = "open"
    """A person must decide."""
    LINKED = "linked"
    """They are one customer: one of them is merged into the other."""
    DIFFERENT = "different"
    """They are two customers. It is not asked again."""


class MatchReason(StrEnum):
    """Why they are one customer, or two. A code, because it stays when their data are erased."""

    RECORDS_AGREE = "records_agree"
    CUSTOMER_SAID = "customer_said"
    DOCUMENTS_SEEN = "documents_seen"
    HOUSEHOLD = "household"
    """They live or work at one address."""
    NAMESAKES = "namesakes"
    LINKED_BY_MISTAKE = "linked_by_mistake"


class MatchedMark(Value):
    """How alike the two are in one mark, and how much that says: tenths of a bit, more than 0 for one customer."""

    mark: str
    level: str
    weight: int


class MatchScore(Value):
    """How alike the two are, as the weights of a version have it. It says nothing of what the marks are."""

    weight: int
    prior: int
    """What the weights of the marks are added to: how rare one customer is among pairs like this."""
    otherwise: str
    """What they are, if they are two customers: strangers, or of one household."""
    marks: Annotated[tuple[MatchedMark, ...], Field(max_length=MARKS_MAX)]
    is_contradicted: bool
    """A mark says that they are two: two people are needed to link them all the same."""
    version: str


class MatchDecision(NamedTuple):
    """What a person says of a match."""

    is_same: bool
    reason: MatchReason
    by: str
    at: datetime


class Match(Record):
    """Two parties of one partner that may be one customer."""

    id: Internal[MatchId]
    partner: Internal[str]
    parties: Internal[tuple[PartyId, PartyId]]
    """In the order of their ids."""
    score: Internal[MatchScore]
    status: Internal[MatchStatus]
    found_at: Internal[AwareDatetime]
    proposed_by: Internal[str | None] = None
    """Who says that they are one although a mark contradicts: another person has the last word."""
    decided_by: Internal[str | None] = None
    """None: the weights were enough."""
    decided_at: Internal[AwareDatetime | None] = None
    reason: Internal[MatchReason | None] = None

    @classmethod
    def found(
        cls,
        partner: str,
        parties: Sequence[PartyId],
        score: MatchScore,
        *,
        is_linked: bool,
        at: datetime,
    ) -> Self:
        """Two parties that were found to be alike."""
        one, other = sorted(parties)
        return cls(
            id=match_id_for(one, other),
            partner=partner,
            parties=(one, other),
            score=score,
            status=MatchStatus.LINKED if is_linked else MatchStatus.OPEN,
            found_at=at,
        )

    @property
    def needs_another(self) -> bool:
        """Whether nobody has proposed yet what takes two people."""
        return self.score.is_contradicted and self.proposed_by is None

    def decided(self, decision: MatchDecision) -> Self:
        """The match after a person said what the two are, or proposed it.

        Raises:
            WrongState: It was decided so before.
            SamePerson: Another person must confirm what this one proposed.
        """
        wanted = MatchStatus.LINKED if decision.is_same else MatchStatus.DIFFERENT
        if self.status is wanted:
            raise WrongState(f"Match {self.id}", self.status, "be decided so again")
        if decision.is_same and self.needs_another:
            return self.replace(proposed_by=decision.by, reason=decision.reason)
        if decision.is_same and self.score.is_contradicted:
            done = {OfficeDuty.MATCH_PROPOSED: self.proposed_by}
            check_segregation(OfficeDuty.MATCH_CONFIRMED, decision.by, done, f"match {self.id}")
        return self.replace(
            status=wanted,
            proposed_by=self.proposed_by if decision.is_same else None,
            decided_by=decision.by,
            decided_at=decision.at,
            reason=decision.reason,
        )
