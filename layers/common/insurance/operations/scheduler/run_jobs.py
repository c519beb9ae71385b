"""Run the scheduled jobs that are due, in the order in which they fell due.

A run may be killed anywhere and started again. A job stays scheduled until it was done, and sees
for itself what was done before. A job that fails is left for the next run, and after a few runs it
is parked for a person; it holds up no other job.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import product
from typing import Final

from insurance.domain.core.errors import StaleRevision, Unavailable
from insurance.domain.schedule.scheduled_job import LIVE, JobKind, ScheduledJob, shard_count
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.scheduler.ports import ScheduledJobs

PAGE: Final = 50

TRANSIENT: Final = (StaleRevision, Unavailable, AlreadyAnswered)
"""Another run, or a caller, was at the same object: the next run will see."""

type Job = Callable[[str, datetime], datetime | None]
"""What is done with a subject at an instant; it returns when to run again, or None for never."""


@dataclass(slots=True)
class RunReport:
    """What came of a run."""

    jobs: int = 0
    """How many jobs were run."""
    failed: int = 0
    """Of these, how many failed; the next run tries them again."""
    parked: int = 0
    """Of these, how many failed for good."""
    finished: bool = True
    """False: time was up, and another run goes on from here."""


def run_jobs(
    partition: str,
    jobs: Mapping[JobKind, Job],
    *,
    scheduled: ScheduledJobs,
    now: datetime,
    time_is_up: Callable[[], bool],
) -> RunReport:
    """Run all jobs of these kinds that are due in the partition.

    In a test partition all kinds run together in the order of their times. In the live partition
    each shard of each kind runs by itself.
    """
    run = _Run(partition, jobs, scheduled, now, time_is_up)
    parts = list(product(jobs, range(shard_count(partition))))
    groups = [[part] for part in parts] if partition == LIVE else [parts]
    for group in groups:
        while run.run_page(group):
            pass
    return run.report


@dataclass
class _Run:
    """One run, page by page.

    Test data live by their owner's clock, so a test job runs as of the instant at which it fell
    due: a year that is played in one run comes out as one that was played day by day. A live job
    runs as of now.
    """

    partition: str
    jobs: Mapping[JobKind, Job]
    scheduled: ScheduledJobs
    now: datetime
    time_is_up: Callable[[], bool]
    report: RunReport = field(default_factory=RunReport)
    skipped: set[tuple[JobKind, str]] = field(default_factory=set)
    """Jobs that failed, and do not run again in this run."""

    def run_page(self, parts: Sequence[tuple[JobKind, int]]) -> bool:
        """Run the next page of these parts in one order, and what falls due meanwhile.

        Returns False when nothing more is due, or when time is up.
        """
        waiting: list[tuple[datetime, JobKind, str, ScheduledJob]] = []
        horizon, limit = self.now, PAGE + len(self.skipped)
        for kind, shard in parts:
            page = self.scheduled.due(self.partition, kind, shard, by=self.now, limit=limit)
            waiting += [_ranked(job) for job in page if (kind, job.subject) not in self.skipped]
            if len(page) == limit:
                horizon = min(horizon, page[-1].due_at)
        heapify(waiting)
        any_due = bool(waiting)
        while waiting and waiting[0][0] <= horizon:
            if self.time_is_up():
                self.report.finished = False
                return False
            following = self._run_job(heappop(waiting)[-1])
            if following is not None and following.due_at <= self.now:
                heappush(waiting, _ranked(following))
        return any_due

    def _run_job(self, job: ScheduledJob) -> ScheduledJob | None:
        """Run one job; returns the job as it is scheduled then, if this run may run it again."""
        self.report.jobs += 1
        as_of = self.now if self.partition == LIVE else job.due_at
        try:
            again_at = self.jobs[job.kind](job.subject, as_of)
        except Exception as error:
            self._fail(job, error)
            return None
        self.scheduled.move(job, again_at)
        if again_at is None:
            return None
        following = job.moved(again_at)
        if following.due_at <= job.due_at:
            # It would never end: the next run goes on.
            self.skipped.add((job.kind, job.subject))
            return None
        return following

    def _fail(self, job: ScheduledJob, error: Exception) -> None:
        self.skipped.add((job.kind, job.subject))
        self.report.failed += 1
        if isinstance(error, TRANSIENT):
            return
        # Its name alone: the text may quote what was stored.
        self.report.parked += self.scheduled.record_failure(job, type(error).__name__)


def _ranked(job: ScheduledJob) -> tuple[datetime, JobKind, str, ScheduledJob]:
    return job.due_at, job.kind, job.subject, job
