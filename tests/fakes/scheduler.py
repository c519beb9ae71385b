"""The ports of scheduler in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from datetime import datetime

from insurance.domain.schedule.scheduled_job import ATTEMPTS_MAX, JobKind, ScheduledJob


class MemoryScheduledJobs:
    """Jobs by what they are for, with their failures; what is parked keeps its job."""

    def __init__(self) -> None:
        self.jobs: dict[tuple[JobKind, str], ScheduledJob] = {}
        self.failures: dict[tuple[JobKind, str], list[str]] = {}
        self.parked: set[tuple[JobKind, str]] = set()

    def add(self, job: ScheduledJob) -> None:
        key = (job.kind, job.subject)
        stands = self.jobs.get(key)
        moved = stands and stands.partition != job.partition and key not in self.parked
        if stands is None or moved or job.due_at < stands.due_at:
            self.jobs[key] = job
            self._forget(key)

    def due(
        self, partition: str, kind: JobKind, shard: int, *, by: datetime, limit: int
    ) -> list[ScheduledJob]:
        found = [
            job
            for key, job in self.jobs.items()
            if (job.partition, job.kind, job.shard) == (partition, kind, shard)
            and job.due_at <= by
            and key not in self.parked
        ]
        return sorted(found, key=lambda job: job.due_at)[:limit]

    def move(self, job: ScheduledJob, to: datetime | None) -> None:
        key = (job.kind, job.subject)
        if self.jobs.get(key) != job:
            return
        self._forget(key)
        if to is None:
            del self.jobs[key]
        else:
            self.jobs[key] = job.moved(to)

    def record_failure(self, job: ScheduledJob, error: str) -> bool:
        key = (job.kind, job.subject)
        if self.jobs.get(key) != job:
            return False
        self.failures.setdefault(key, []).append(error)
        if len(self.failures[key]) < ATTEMPTS_MAX:
            return False
        self.parked.add(key)
        return True

    def release_parked(self, partition: str, *, limit: int) -> int:
        back = [key for key in self.parked if self.jobs[key].partition == partition][:limit]
        for key in back:
            self._forget(key)
        return len(back)

    def _forget(self, key: tuple[JobKind, str]) -> None:
        self.parked.discard(key)
        self.failures.pop(key, None)
