"""How far a stream of events was handed on: what each consumer has, what it lacks, what was set aside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Self

GRACE: Final = timedelta(seconds=30)
"""An event that was appended longer ago than this and that a consumer lacks is a gap."""

SET_ASIDE_MAX: Final = 200
"""Entries for one stream: beyond them nothing more is set aside, and the stream stays behind."""


class Consumer(StrEnum):
    """Who takes events. The values are stored, so they never change."""

    SCHEDULE = "schedule"
    """Jobs that an event gives rise to."""
    PAYMENTS = "payments"
    """What is to be paid by the bank."""
    IN_FORCE = "in_force"
    """The policies that are screened."""
    KEY_COPIES = "key_copies"
    """Copies of an erased party's key, which are removed."""
    DEMANDS = "demands"
    """What a party demands of those who process its data, on each of its contracts."""
    BOOKS = "books"
    """The general ledger."""
    BUS = "bus"
    """Other systems."""
    FEED = "feed"
    """The partners, each of its own book."""
    WEBHOOKS = "webhooks"
    """Receivers of the partners' own."""
    AUDIT = "audit"
    """The daily roots: which streams moved."""
    SEARCH = "search"
    """The search index."""


class SetAside(NamedTuple):
    """An event that a consumer cannot take, however often it is tried."""

    consumer: Consumer
    sequence: int
    reason: str
    """A code: `broken_hash`, `unreadable`, or the name of the error. Never what the event says."""


class Moved(NamedTuple):
    """How far a consumer came."""

    past: int
    """What it had before."""
    to: int


class Progress(NamedTuple):
    """What one attempt to hand on a stream came to."""

    head: int
    moved: Mapping[Consumer, Moved]
    set_aside: tuple[SetAside, ...]
    at: datetime
    """When the first of the events was appended."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One stream: its last event, and the last one that each consumer has taken or set aside."""

    stream: str
    head: int = 0
    taken: Mapping[Consumer, int] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()
    since: datetime | None = None
    """Since when something waits, anew when consumers come to lack events; None: every consumer has all, and
    nothing was set aside."""
    revision: int = 0
    """Of the stored record."""

    def position(self, consumer: Consumer) -> int:
        """The number of the last event that the consumer has."""
        return self.taken.get(consumer, 0)

    @property
    def lacking(self) -> Mapping[Consumer, int]:
        """The consumers that lack events, and the last one that each has."""
        positions = {each: self.position(each) for each in Consumer}
        return {each: at for each, at in positions.items() if at < self.head}

    def lowest(self, consumers: Iterable[Consumer] = Consumer) -> int:
        """The number of the last event that all of these have."""
        return min(map(self.position, consumers))

    def registered(self, head: int, at: datetime) -> Self:
        """With a last event, which was appended at this time."""
        return self._settled(head=max(self.head, head), at=at)

    def after(self, progress: Progress) -> Self:
        """With what an attempt came to. Where another attempt got further, that stays; where somebody
        took a consumer back meanwhile, it stays back."""
        taken = dict(self.taken)
        for consumer, (past, to) in progress.moved.items():
            if self.position(consumer) >= past:
                taken[consumer] = max(self.position(consumer), to)
        aside = tuple(sorted({*self.set_aside, *progress.set_aside}))
        head = max(self.head, progress.head)
        return self._settled(head=head, taken=taken, set_aside=aside, at=progress.at)

    def released(self, entries: Iterable[SetAside]) -> Self:
        """Without entries that were set aside: the consumer has taken them now."""
        gone = frozenset(entries)
        kept = tuple(each for each in self.set_aside if each not in gone)
        return self._settled(set_aside=kept, at=self.since)

    def taken_back(self, consumers: Iterable[Consumer], to: int, at: datetime) -> Self:
        """As if these consumers had no event after number `to`: they are given them again."""
        taken = {**self.taken, **{each: min(self.position(each), to) for each in consumers}}
        return self._settled(taken=taken, at=at)

    def _settled(
        self,
        *,
        at: datetime | None,
        head: int | None = None,
        taken: Mapping[Consumer, int] | None = None,
        set_aside: tuple[SetAside, ...] | None = None,
    ) -> Self:
        changed = replace(
            self,
            head=self.head if head is None else head,
            taken=self.taken if taken is None else taken,
            set_aside=self.set_aside if set_aside is None else set_aside,
        )
        if changed.lacking and not self.lacking:
            return replace(changed, since=at)
        waits = changed.lacking or changed.set_aside
        return replace(changed, since=(self.since or at) if waits else None)
