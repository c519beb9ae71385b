"""Sanctions screening: matches of a name on the list, and the cases that a person decides."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import AwareDatetime

from insurance.domain.core.classification import Classification, Internal
from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import (
    PartyId,
    PolicyId,
    QuoteId,
    ScreeningId,
    named_party,
    policy_id_for,
    quote_id_for,
)
from insurance.domain.core.party_record import PartyRecord
from insurance.domain.core.value import Value


class ScreeningMatch(NamedTuple):
    """An entry of the sanctions list that a name is similar to. Score 100: the same name."""

    entry: str
    listed_name: str
    score: int
    list_version: str


class ClearedMatch(Value):
    """A match that a person found to be somebody else, with the reason."""

    name: str
    entry: str
    listed_name: str
    score: int
    list_version: str
    cleared_by: str
    reason: str
    at: AwareDatetime


def cleared_matches(
    name: str, matches: Sequence[ScreeningMatch], *, by: str, reason: str, at: datetime
) -> tuple[ClearedMatch, ...]:
    """The matches as they are stored after a person has cleared them."""
    return tuple(
        ClearedMatch(name=name, **match._asdict(), cleared_by=by, reason=reason, at=at)
        for match in matches
    )


def without_cleared(
    name: str, matches: Sequence[ScreeningMatch], cleared: Sequence[ClearedMatch]
) -> Sequence[ScreeningMatch]:
    """The matches that no person has cleared for this name."""
    known = {(match.name, match.entry) for match in cleared}
    return [match for match in matches if (name, match.entry) not in known]


class ScreeningStatus(StrEnum):
    OPEN = "open"
    """A person must decide."""
    CLEARED = "cleared"
    """It is another person than the listed one."""
    CONFIRMED = "confirmed"
    """It is the listed person: no policy is issued, and a person decides about one in force."""


class OpenMatch(Value):
    """A match that a person must decide. The names are stored separately: they are personal."""

    entry: str
    score: int
    list_version: str


class ScreeningCase(PartyRecord):
    """Whether a policyholder is the listed person. One case for a quote and its policy."""

    id: Internal[ScreeningId]
    partner: Internal[str]
    status: Internal[ScreeningStatus] = ScreeningStatus.OPEN
    matches: Internal[tuple[OpenMatch, ...]]
    since: Internal[AwareDatetime]
    name: Annotated[str, Classification.PERSONAL] = ""
    listed: Annotated[dict[str, str], Classification.PERSONAL] = {}
    """The listed names, by entry."""
    cleared: Annotated[tuple[ClearedMatch, ...], Classification.PERSONAL] = ()
    decided_by: Internal[str | None] = None
    decided_at: Internal[AwareDatetime | None] = None
    reason: Annotated[str | None, Classification.PERSONAL] = None

    @property
    def quote_id(self) -> QuoteId:
        return quote_id_for(self.id)

    @property
    def policy_id(self) -> PolicyId:
        return policy_id_for(self.id)

    def covers(self, name: str, matches: Sequence[ScreeningMatch]) -> bool:
        """Whether every match is either cleared or under decision in this case."""
        if self.status is ScreeningStatus.CLEARED:
            return not without_cleared(name, matches, self.cleared)
        return {match.entry for match in matches} <= {match.entry for match in self.matches}

    def opened(
        self, subject: "ScreeningSubject", matches: Sequence[ScreeningMatch], at: datetime
    ) -> Self:
        """Open again, for these matches of this policyholder."""
        return self.replace(
            party_id=named_party(subject.party_id, self.id),
            status=ScreeningStatus.OPEN,
            matches=_open(matches),
            since=at,
            name=subject.name,
            listed={match.entry: match.listed_name for match in matches},
        )

    def decided(self, *, clear: bool, by: str, reason: str, at: datetime) -> Self:
        """Cleared (somebody else), or confirmed (the listed person).

        Raises:
            WrongState: The case is decided already.
        """
        if self.status is not ScreeningStatus.OPEN:
            raise WrongState(f"Screening {self.id}", self.status, "be decided")
        matches = [
            ScreeningMatch(
                match.entry, self.listed.get(match.entry, ""), match.score, match.list_version
            )
            for match in self.matches
        ]
        cleared = cleared_matches(self.name, matches, by=by, reason=reason, at=at) if clear else ()
        return self.replace(
            status=ScreeningStatus.CLEARED if clear else ScreeningStatus.CONFIRMED,
            cleared=(*self.cleared, *cleared),
            decided_by=by,
            decided_at=at,
            reason=reason,
        )


class ScreeningSubject(NamedTuple):
    """The policyholder who is screened."""

    case_id: ScreeningId
    partner: str
    party_id: PartyId
    name: str


def case_of_matches(
    current: ScreeningCase | None,
    subject: ScreeningSubject,
    matches: Sequence[ScreeningMatch],
    at: datetime,
) -> ScreeningCase:
    """The current case if it covers the matches; else the case, opened for those not cleared."""
    if current is None:
        return ScreeningCase(
            id=subject.case_id,
            party_id=named_party(subject.party_id, subject.case_id),
            partner=subject.partner,
            matches=_open(matches),
            since=at,
            name=subject.name,
            listed={match.entry: match.listed_name for match in matches},
        )
    if current.covers(subject.name, matches):
        return current
    left = without_cleared(subject.name, matches, current.cleared)
    return current.opened(subject, left, at)


def _open(matches: Sequence[ScreeningMatch]) -> tuple[OpenMatch, ...]:
    return tuple(
        OpenMatch(entry=match.entry, score=match.score, list_version=match.list_version)
        for match in matches
    )
