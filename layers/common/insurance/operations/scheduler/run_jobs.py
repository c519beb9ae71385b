"""Run the clockwork: look at what is due on the agenda, in the order in which it fell due.

A run may be killed anywhere and started again: an entry stays until what it asks for was done, and
what was done is seen to be done. An entry that fails is left for the next run, and after a few
goes to a person; it holds up nobody else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import product
from typing import Final, Protocol

from insurance.domain.core.errors import StaleRevision, Unavailable
from insurance.domain.schedule.scheduled_job import LIVE, Entry, Kind, shards_of
from insurance.operations.receipt import AlreadyAnswered
from insurance.operations.scheduler.schedule_jobs import Plans

PAGE: Final = 50

MOMENTARY = (StaleRevision, Unavailable, AlreadyAnswered)
"""Somebody else was at it: the next run will see."""

type Look = Callable[[str, datetime], datetime | None]
"""Of a subject at an instant: do what is to be done, and say when to look again."""


class Agenda(Plans, Protocol):
    """The agenda, for those who work it off."""

    def due(self, book: str, kind: Kind, shard: int, *, by: datetime, limit: int) -> list[Entry]:
        """Entries of one shard that are due by then, the earliest first."""

    def move(self, entry: Entry, to: datetime | None) -> None:
        """Look again then, or never; nothing happens if somebody moved it meanwhile."""

    def retry_parked(self, book: str, *, limit: int) -> int:
        """Put entries back that a person has seen to; how many."""

    def failed(self, entry: Entry, error: str) -> bool:
        """Count one more failure. True: it was the last, and the entry is out of the runs' way, for
        a person to see to."""


@dataclass(slots=True)
class RunReport:
    """What came of a run."""

    looked: int = 0
    failed: int = 0
    """Looks that failed, and will be tried again."""
    parked: int = 0
    """Entries that failed for good."""
    finished: bool = True
    """False: time was up, and another run goes on from here."""


def run_clockwork(
    book: str,
    *,
    kinds: Sequence[Kind],
    looks: Mapping[Kind, Look],
    agenda: Agenda,
    now: datetime,
    time_is_up: Callable[[], bool],
) -> RunReport:
    """Look at everything of these kinds that is due in the book."""
    run = _Run(book, looks, agenda, now, time_is_up)
    parts = list(product(kinds, range(shards_of(book))))
    together = [[part] for part in parts] if book == LIVE else [parts]
    for each in together:
        while run.page(each):
            pass
    return run.ran


@dataclass
class _Run:
    """One run, page by page.

    A test book lives by its owner's clock, so each entry is looked at as of the instant at which
    it fell due: a year that is played in one go comes out as one that was lived day by day. Live,
    it is now.
    """

    book: str
    looks: Mapping[Kind, Look]
    agenda: Agenda
    now: datetime
    time_is_up: Callable[[], bool]
    ran: RunReport = field(default_factory=RunReport)
    left: set[tuple[Kind, str]] = field(default_factory=set)
    """What failed, and is not looked at again in this run."""

    def page(self, parts: Sequence[tuple[Kind, int]]) -> bool:
        """Look at the next page of these parts in one order, and at what falls due meanwhile;
        False when there is nothing more, or no time."""
        waiting: list[tuple[datetime, Kind, str, Entry]] = []
        horizon, limit = self.now, PAGE + len(self.left)
        for kind, shard in parts:
            page = self.agenda.due(self.book, kind, shard, by=self.now, limit=limit)
            waiting += [_placed(each) for each in page if (kind, each.subject) not in self.left]
            if len(page) == limit:
                horizon = min(horizon, page[-1].due_at)
        heapify(waiting)
        found = bool(waiting)
        while waiting and waiting[0][0] <= horizon:
            if self.time_is_up():
                self.ran.finished = False
                return False
            following = self._look(heappop(waiting)[-1])
            if following is not None and following.due_at <= self.now:
                heappush(waiting, _placed(following))
        return found

    def _look(self, entry: Entry) -> Entry | None:
        """One look; the entry as it stands then, if it may be looked at again in this run."""
        self.ran.looked += 1
        as_of = self.now if self.book == LIVE else entry.due_at
        try:
            again_at = self.looks[entry.kind](entry.subject, as_of)
        except Exception as error:
            self._failed(entry, error)
            return None
        self.agenda.move(entry, again_at)
        if again_at is None:
            return None
        following = entry.moved(again_at)
        if following.due_at <= entry.due_at:
            self.left.add((entry.kind, entry.subject))  # it has no end: the next run goes on
            return None
        return following

    def _failed(self, entry: Entry, error: Exception) -> None:
        self.left.add((entry.kind, entry.subject))
        self.ran.failed += 1
        if isinstance(error, MOMENTARY):
            return
        # Its name alone: the text may quote what was stored.
        self.ran.parked += self.agenda.failed(entry, type(error).__name__)


def _placed(entry: Entry) -> tuple[datetime, Kind, str, Entry]:
    return entry.due_at, entry.kind, entry.subject, entry
