"""The ports of work in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from insurance.domain.claim import Claim, Handling
from insurance.domain.claim.attention import waits_for, waits_from
from insurance.domain.complaint import Complaint
from insurance.domain.core.identity import (
    Mode,
    mode_of,
)
from insurance.domain.quote.quote import Quote
from insurance.operations.work.ports import Listed

from tests.fakes.memory import Memory

type Listable = Quote | Claim | Complaint


class MemoryLists:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def waiting(
        self, mode: Mode, role: str, *, until: datetime, after: str, limit: int
    ) -> Sequence[Listed]:
        quotes = [kept.record for kept in self._memory.quotes.values()]
        claims = [kept.record for kept in self._memory.claims.values()]
        found: list[tuple[datetime, Listable]] = [
            (quote.created_at, quote) for quote in quotes if quote.waits_for == role
        ]
        found += [
            (kept.record.since, kept.record)
            for kept in self._memory.complaints.values()
            if kept.record.waits_for == role
        ]
        for claim in claims:
            since = waits_from(claim)
            if since is not None and waits_for(claim) == role:
                found.append((since, claim))
        places = [
            (_place(at, record.id), record)
            for at, record in found
            if at <= until and mode_of(record.id) is mode
        ]
        return _listed(places, after, limit)

    def claims_in(self, mode: Mode, handling: str, *, after: str, limit: int) -> Sequence[Listed]:
        return self._claims(lambda claim: claim.handling == handling, mode, after, limit)

    def complaints_in(self, mode: Mode, month: str, *, after: str, limit: int) -> Sequence[Listed]:
        places: list[tuple[str, Listable]] = [
            (_place(kept.record.received_at, kept.record.id), kept.record)
            for kept in self._memory.complaints.values()
            if f"{kept.record.received_at:%Y-%m}" == month and mode_of(kept.record.id) is mode
        ]
        return _listed(places, after, limit)

    def claims_of(self, mode: Mode, handler: str, *, after: str, limit: int) -> Sequence[Listed]:
        def wanted(claim: Claim) -> bool:
            return claim.handler == handler and claim.handling is not Handling.CLOSED

        return self._claims(wanted, mode, after, limit)

    def _claims(
        self, wanted: Callable[[Claim], bool], mode: Mode, after: str, limit: int
    ) -> Sequence[Listed]:
        places: list[tuple[str, Listable]] = [
            (_place(kept.record.reported_at, kept.record.id), kept.record)
            for kept in self._memory.claims.values()
            if wanted(kept.record) and mode_of(kept.record.id) is mode
        ]
        return _listed(places, after, limit)


def _place(at: datetime, id: str) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}#{id}"


def _listed(places: Sequence[tuple[str, Listable]], after: str, limit: int) -> Sequence[Listed]:
    behind = sorted((place for place in places if place[0] > after), key=lambda place: place[0])
    return [Listed(place, _opened(record)) for place, record in behind[:limit]]


def _opened(record: Listable) -> Listable:
    """The record less what is personal."""
    return type(record).merge_personal(record.split_personal()[0], {})
