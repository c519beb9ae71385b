"""Scheduled jobs in their table: one small item for each job, found by an index of due times.

The index has a queue for each partition, kind and shard, in which jobs stand in the order in which
they fall due: what is due is one query, never a scan, however many policies there are.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from insurance.domain.schedule.scheduled_job import ATTEMPTS_MAX, JobKind, ScheduledJob
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import SCHEDULED_JOB
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, query, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDEX = "due"
KEPT_FOR = timedelta(days=30)


class _MovedMeanwhile(Exception):
    """The job is not where it was seen."""


class DynamoDBScheduledJobs:
    """The ports `Schedule` and `ScheduledJobs` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.scheduled_jobs

    def add(self, job: ScheduledJob) -> None:
        self._write(
            job,
            "attribute_not_exists(due) OR due > :due"
            " OR (queue <> :queue AND NOT contains(queue, :parked))",
            UpdateExpression="SET queue = :queue, due = :due, v = :v"
            " REMOVE tries, failure, expires_at",
            ExpressionAttributeValues={
                ":queue": codec.text(_queue(job.partition, job.kind, job.shard)),
                ":due": codec.instant(job.due_at),
                ":parked": codec.text(parked("")),
                ":v": SCHEDULED_JOB.mark,
            },
        )

    def due(
        self, partition: str, kind: JobKind, shard: int, *, by: datetime, limit: int
    ) -> list[ScheduledJob]:
        items = query(
            self._client,
            consistent=False,
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression="queue = :queue AND due <= :by",
            ExpressionAttributeValues={
                ":queue": codec.text(_queue(partition, kind, shard)),
                ":by": codec.instant(by.replace(microsecond=0)),
            },
            Limit=limit,
        )
        return [_read(partition, item) for item in items]

    def move(self, job: ScheduledJob, to: datetime | None) -> None:
        seen = {":seen": codec.instant(job.due_at)}
        if to is None:
            # Out of the index at once; nothing here may delete, so the table does, in its time.
            gone = {":gone": codec.epoch_seconds(job.due_at + KEPT_FOR)}
            self._write(
                job,
                "due = :seen",
                UpdateExpression="SET expires_at = :gone REMOVE queue, due, tries, failure",
                ExpressionAttributeValues=seen | gone,
            )
            return
        self._write(
            job,
            "due = :seen",
            UpdateExpression="SET due = :due REMOVE tries, failure",
            ExpressionAttributeValues=seen | {":due": codec.instant(job.moved(to).due_at)},
        )

    def record_failure(self, job: ScheduledJob, error: str) -> bool:
        """Two ways: one more failure, or the last one, which moves it to a partition that no run
        asks for."""
        common = {
            ":seen": codec.instant(job.due_at),
            ":one": codec.number(1),
            ":failure": codec.text(error),
        }
        last = {":last": codec.number(ATTEMPTS_MAX - 1)}
        sets = "SET failure = :failure"
        if self._write(
            job,
            "due = :seen AND (attribute_not_exists(tries) OR tries < :last)",
            UpdateExpression=f"{sets} ADD tries :one",
            ExpressionAttributeValues=common | last,
        ):
            return False
        return self._write(
            job,
            "due = :seen AND tries = :last",
            UpdateExpression=f"{sets}, queue = :parked ADD tries :one",
            ExpressionAttributeValues=common
            | last
            | {":parked": codec.text(parked(job.partition))},
        )

    def release_parked(self, partition: str, *, limit: int) -> int:
        """Put entries back that a person has seen to; how many."""
        items = query(
            self._client,
            consistent=False,
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression="queue = :queue",
            ExpressionAttributeValues={":queue": codec.text(parked(partition))},
            Limit=limit,
        )
        return sum(self._put_back(_read(partition, item)) for item in items)

    def _put_back(self, job: ScheduledJob) -> bool:
        return self._write(
            job,
            "due = :seen",
            UpdateExpression="SET queue = :queue REMOVE tries, failure",
            ExpressionAttributeValues={
                ":seen": codec.instant(job.due_at),
                ":queue": codec.text(_queue(job.partition, job.kind, job.shard)),
            },
        )

    def _write(self, job: ScheduledJob, condition: str, **request: Any) -> bool:
        """False when the job is not where it was seen, and nothing was done."""
        whole = request | {
            "TableName": self._table,
            "Key": {"id": codec.text(f"{job.kind}#{job.subject}")},
            "ConditionExpression": condition,
        }
        try:
            transact(self._client, [Write("Update", whole, _moved_meanwhile)])
        except _MovedMeanwhile:
            return False
        return True


def parked(partition: str) -> str:
    """The partition of what waits for a person."""
    return f"{partition}#parked"


def _queue(partition: str, kind: JobKind, shard: int) -> str:
    return f"{partition}#{kind}#{shard}"


def _read(partition: str, item: Item) -> ScheduledJob:
    """An job from what the index keeps."""
    kind, _, subject = item["id"]["S"].partition("#")
    return ScheduledJob(
        kind=JobKind(kind),
        subject=subject,
        partition=partition,
        due_at=codec.read_instant(item["due"]),
    )


def _moved_meanwhile(_item: Item | None) -> Exception:
    return _MovedMeanwhile()
