"""Sanctions screening: what a name resembles, and who said that it is not them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import AwareDatetime

from insurance.domain.core.classification import Classification, Record
from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import (
    PolicyId,
    QuoteId,
    ScreeningId,
    policy_id_for,
    quote_id_for,
)
from insurance.domain.core.value import Value


class Resemblance(NamedTuple):
    """An entry of a sanctions list that a name resembles, and how closely: 100 is the same."""

    entry: str
    listed_name: str
    score: int
    list_version: str


class ClearedMatch(Value):
    """A resemblance that a person looked at: it is somebody else. Kept with the reason."""

    name: str
    entry: str
    listed_name: str
    score: int
    list_version: str
    cleared_by: str
    reason: str
    at: AwareDatetime


def cleared_matches(
    name: str, found: Sequence[Resemblance], *, by: str, reason: str, at: datetime
) -> tuple[ClearedMatch, ...]:
    """What was found, as a person explains it away."""
    return tuple(
        ClearedMatch(name=name, **match._asdict(), cleared_by=by, reason=reason, at=at)
        for match in found
    )


def not_cleared(
    name: str, found: Sequence[Resemblance], cleared: Sequence[ClearedMatch]
) -> Sequence[Resemblance]:
    """What was found for this name, less what a person has cleared for it."""
    known = {(match.name, match.entry) for match in cleared}
    return [match for match in found if (name, match.entry) not in known]


class ScreeningStatus(StrEnum):
    OPEN = "open"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"
    """It is who the list means: no policy is issued, and one in force is for a person to end."""


class OpenMatch(Value):
    """An entry that somebody must look at. The names stand apart: they are personal."""

    entry: str
    score: int
    list_version: str


class ScreeningCase(Record):
    """Whether a policyholder is who a list means. There is one for each quote and its policy."""

    id: ScreeningId
    partner: str
    status: ScreeningStatus = ScreeningStatus.OPEN
    matches: tuple[OpenMatch, ...]
    since: AwareDatetime
    name: Annotated[str, Classification.PERSONAL] = ""
    listed: Annotated[dict[str, str], Classification.PERSONAL] = {}
    """The names on the list, by entry."""
    cleared: Annotated[tuple[ClearedMatch, ...], Classification.PERSONAL] = ()
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    reason: Annotated[str | None, Classification.PERSONAL] = None

    @property
    def quote_id(self) -> QuoteId:
        return quote_id_for(self.id)

    @property
    def policy_id(self) -> PolicyId:
        return policy_id_for(self.id)

    def opened(self, name: str, found: Sequence[Resemblance], at: datetime) -> Self:
        """Open again, for what was found now."""
        return self.replace(
            status=ScreeningStatus.OPEN,
            matches=_open(found),
            since=at,
            name=name,
            listed={match.entry: match.listed_name for match in found},
        )

    def decided(self, *, clear: bool, by: str, reason: str, at: datetime) -> Self:
        """Somebody else, or who the list means."""
        if self.status is not ScreeningStatus.OPEN:
            raise WrongState(f"Screening {self.id}", self.status, "be decided")
        found = [
            Resemblance(each.entry, self.listed.get(each.entry, ""), each.score, each.list_version)
            for each in self.matches
        ]
        matches = cleared_matches(self.name, found, by=by, reason=reason, at=at) if clear else ()
        return self.replace(
            status=ScreeningStatus.CLEARED if clear else ScreeningStatus.CONFIRMED,
            cleared=(*self.cleared, *matches),
            decided_by=by,
            decided_at=at,
            reason=reason,
        )


def new_case(
    id: ScreeningId, partner: str, name: str, found: Sequence[Resemblance], at: datetime
) -> ScreeningCase:
    return ScreeningCase(
        id=id,
        partner=partner,
        matches=_open(found),
        since=at,
        name=name,
        listed={match.entry: match.listed_name for match in found},
    )


def _open(found: Sequence[Resemblance]) -> tuple[OpenMatch, ...]:
    return tuple(
        OpenMatch(entry=match.entry, score=match.score, list_version=match.list_version)
        for match in found
    )
