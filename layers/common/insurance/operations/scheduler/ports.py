"""What the scheduler's operations are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from insurance.domain.schedule.scheduled_job import JobKind, ScheduledJob


class Schedule(Protocol):
    """Where jobs are entered."""

    def add(self, job: ScheduledJob) -> None:
        """Enter the job. If the subject has one of this kind already, the earlier time stays; one of another
        partition gives way, unless it is parked: the subject has another partner now."""


class ScheduledJobs(Schedule, Protocol):
    """The jobs that wait, found by when they are due."""

    def due(
        self, partition: str, kind: JobKind, shard: int, *, by: datetime, limit: int
    ) -> Sequence[ScheduledJob]:
        """The jobs of one shard that are due by then, the earliest first."""

    def move(self, job: ScheduledJob, to: datetime | None) -> None:
        """Move the job to another time; None: it is done with.

        Nothing happens if another run has moved it meanwhile.
        """

    def record_failure(self, job: ScheduledJob, error: str) -> bool:
        """Count one more failed run of the job.

        Returns whether the job is parked now: it failed too often, and no run takes it until a
        person has released it.
        """

    def release_parked(self, partition: str, *, limit: int) -> int:
        """Schedule parked jobs again, and return how many."""
