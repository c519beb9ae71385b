"""Table streams to functions, as Lambda's event source mapping does it.

Batches in order, retries, bisection, partial failures, and for what fails to the end a message on
the failure queue. Where a shard has got to is on disk before the next batch is read, so a restart
delivers again rather than never. One batch of a shard is under way at a time (parallelisation
factors change throughput on AWS, not the promises).
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.aws.background import Background, end
from local.aws.cloudformation import REGION
from local.aws.outage import Outage
from local.aws.stream_records import prune_stream_records
from local.aws.template import StreamSource, Template
from local.aws.workers import Result

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

type Json = dict[str, Any]

POLL_SECONDS = 0.25  # AWS polls each shard four times a second
FIRST_BACKOFF_SECONDS = 0.2
LONGEST_BACKOFF_SECONDS = 10.0

log = logging.getLogger("coverwright.streams")


@dataclass(frozen=True)
class _Batch:
    records: Sequence[Json]
    attempts: int = 0

    @property
    def last(self) -> str:
        return str(self.records[-1]["dynamodb"]["SequenceNumber"])


def prune_delivered(file: Path, store: sqlite3.Connection, template: Template) -> None:
    """Delete what DynamoDB would have deleted from the engine's streams, and every mapping has delivered."""
    checkpoints = dict(
        store.execute(
            "SELECT mapping, min(CAST(sequence AS INTEGER)) FROM checkpoints GROUP BY mapping"
        )
    )
    read: dict[str, int] = {}
    for function in template.functions.values():
        for source in function.stream_sources:
            reached = checkpoints.get(source.id, 0)
            read[source.table] = min(reached, read.get(source.table, reached))
    prune_stream_records(file, read)


class EventSource(Background):
    """One mapping: a table's stream, a function, and a place for what neither could take."""

    def __init__(
        self,
        source: StreamSource,
        tables: DynamoDBClient,
        streams: DynamoDBStreamsClient,
        *,
        invoke: Callable[[Json], Awaitable[Result]],
        store: sqlite3.Connection,
    ) -> None:
        self._source = source
        self._patterns = [_pattern(each) for each in source.filters]
        self._invoke = invoke
        self._tables = tables
        self._streams = streams
        self._store = store
        self._outage = Outage(log, f"{source.id} {source.table}")

    async def _run(self) -> None:
        table = await asyncio.to_thread(self._tables.describe_table, TableName=self._source.table)
        arn = table["Table"]["LatestStreamArn"]
        shards: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                try:
                    described = await asyncio.to_thread(
                        self._streams.describe_stream, StreamArn=arn
                    )
                    for shard in described["StreamDescription"].get("Shards", []):
                        if shard["ShardId"] not in shards:
                            reader = self._read_shard(arn, shard["ShardId"])
                            shards[shard["ShardId"]] = asyncio.create_task(reader)
                except Exception as error:
                    self._outage.failed(f"cannot list the shards: {type(error).__name__}", error)
                else:
                    self._outage.over()
                await asyncio.sleep(2)
        finally:
            await end(*shards.values())

    async def _read_shard(self, arn: str, shard: str) -> None:
        iterator: str | None = None
        outage = Outage(log, f"{self._source.id} {shard}")
        backoff = FIRST_BACKOFF_SECONDS
        while True:
            try:
                if iterator is None:
                    iterator = await asyncio.to_thread(self._iterator, arn, shard)
                records, iterator = await self._collect(iterator) if iterator else ([], None)
                if records:
                    await self._pass_on(arn, shard, records)
                elif iterator is None:
                    return  # the shard is closed and read to its end
                else:
                    await asyncio.sleep(POLL_SECONDS)
                backoff = FIRST_BACKOFF_SECONDS
                outage.over()
            except Exception as error:
                # Read again from the checkpoint: the engine may be restarting under us.
                outage.failed(f"cannot read: {type(error).__name__}", error)
                iterator = None
                await asyncio.sleep(backoff)
                backoff = min(2 * backoff, LONGEST_BACKOFF_SECONDS)

    def _iterator(self, arn: str, shard: str) -> str | None:
        position = self._store.execute(
            "SELECT sequence FROM checkpoints WHERE mapping = ? AND shard = ?",
            (self._source.id, shard),
        ).fetchone()
        if position is not None:
            answer = self._streams.get_shard_iterator(
                StreamArn=arn,
                ShardId=shard,
                ShardIteratorType="AFTER_SEQUENCE_NUMBER",
                SequenceNumber=position[0],
            )
        else:
            answer = self._streams.get_shard_iterator(
                StreamArn=arn,
                ShardId=shard,
                ShardIteratorType=(
                    "TRIM_HORIZON" if self._source.starts_at_trim_horizon else "LATEST"
                ),
            )
        return answer.get("ShardIterator")

    async def _collect(self, iterator: str) -> tuple[list[Json], str | None]:
        """One batch: what is there now, and what arrives within the batching window."""
        records, following = await asyncio.to_thread(self._get_records, iterator, self._limit())
        if records and self._source.window_seconds and len(records) < self._source.batch_size:
            await asyncio.sleep(self._source.window_seconds)
            if following is not None:
                room = self._source.batch_size - len(records)
                more, following = await asyncio.to_thread(self._get_records, following, room)
                records += more
        return records, following

    def _limit(self) -> int:
        return min(self._source.batch_size, 1000)

    def _get_records(self, iterator: str, limit: int) -> tuple[list[Json], str | None]:
        answer = self._streams.get_records(ShardIterator=iterator, Limit=limit)
        return [_plain(record) for record in answer["Records"]], answer.get("NextShardIterator")

    async def _pass_on(self, arn: str, shard: str, records: Sequence[Json]) -> None:
        """Deliver what a filter lets through, or all where there is none; the rest counts as taken."""
        wanted = [
            record
            for record in records
            if not self._patterns or any(_matches(each, record) for each in self._patterns)
        ]
        if wanted:
            await self._deliver(arn, shard, wanted)
        self._checkpoint(shard, records[-1])

    async def _deliver(self, arn: str, shard: str, records: Sequence[Json]) -> None:
        """Deliver a batch to its end: every record is taken, or reported as failed."""
        pending = [_Batch(records)]
        backoff = FIRST_BACKOFF_SECONDS
        while pending:
            batch = pending.pop(0)
            result = await self._invoke({"Records": [_as_event(r, arn) for r in batch.records]})
            done = self._taken(result, batch)
            if done:
                self._checkpoint(shard, batch.records[done - 1])
            rest = batch.records[done:]
            if not rest:
                backoff = FIRST_BACKOFF_SECONDS
                continue
            pending[:0] = self._again(batch, rest, made_progress=done > 0)
            if self._is_exhausted(pending[0]):
                self._give_up(arn, shard, pending.pop(0), result)
                continue
            await asyncio.sleep(backoff)
            backoff = min(2 * backoff, LONGEST_BACKOFF_SECONDS)

    def _again(self, batch: _Batch, rest: Sequence[Json], *, made_progress: bool) -> list[_Batch]:
        """What is delivered next: the same records, or each half of them; splitting is no retry."""
        if made_progress:
            return [_Batch(rest)]
        if self._source.bisect and len(rest) > 1:
            middle = len(rest) // 2
            return [_Batch(rest[:middle]), _Batch(rest[middle:])]
        return [_Batch(rest, attempts=batch.attempts + 1)]

    def _taken(self, result: Result, batch: _Batch) -> int:
        """How many records from the front were taken."""
        if result.error is not None:
            log.warning("%s: %s: %s", self._source.id, result.error, result.payload[:2000])
            return 0
        if not self._source.reports_item_failures:
            return len(batch.records)
        failures = result.item_failures
        if failures is None:
            return 0
        sequences = [record["dynamodb"]["SequenceNumber"] for record in batch.records]
        if not set(failures) <= set(sequences):
            return 0  # an identifier that is none of ours fails the whole batch
        return min((sequences.index(each) for each in failures), default=len(sequences))

    def _is_exhausted(self, batch: _Batch) -> bool:
        if 0 <= self._source.retries < batch.attempts:
            return True
        age = time.time() - batch.records[0]["dynamodb"]["ApproximateCreationDateTime"]
        return bool(0 <= self._source.max_age_seconds < age)

    def _give_up(self, arn: str, shard: str, batch: _Batch, result: Result) -> None:
        log.error("%s: gave up on %d records", self._source.id, len(batch.records))
        first, last = batch.records[0]["dynamodb"], batch.records[-1]["dynamodb"]
        message = {
            "requestContext": {
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": batch.attempts,
            },
            "responseContext": {"functionError": result.error or "batchItemFailures"},
            "version": "1.0",
            "DDBStreamBatchInfo": {
                "shardId": shard,
                "startSequenceNumber": first["SequenceNumber"],
                "endSequenceNumber": last["SequenceNumber"],
                "batchSize": len(batch.records),
                "streamArn": arn,
            },
        }
        if self._source.on_failure is not None:
            self._store.execute(
                "INSERT INTO messages (queue, body, at) VALUES (?, ?, ?)",
                (self._source.on_failure, json.dumps(message), time.time()),
            )
        self._checkpoint(shard, batch.records[-1])

    def _checkpoint(self, shard: str, record: Json) -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)",
            (self._source.id, shard, record["dynamodb"]["SequenceNumber"]),
        )


def _pattern(text: str) -> Json:
    """A filter's pattern: by each key a list of texts, or a pattern of what stands there.

    Raises:
        NotImplementedError: The pattern compares otherwise than with texts (`prefix`, `numeric` and so on).
    """

    def check(pattern: Any) -> None:
        match pattern:
            case dict():
                for each in pattern.values():
                    check(each)
            case list() if all(isinstance(each, str) for each in pattern):
                pass
            case _:
                raise NotImplementedError(f"the local stack does not filter streams by {pattern}")

    pattern: Json = json.loads(text)
    check(pattern)
    return pattern


def _matches(pattern: Any, value: Any) -> bool:
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            key in value and _matches(each, value[key]) for key, each in pattern.items()
        )
    return value in pattern


def _plain(value: Any) -> Any:
    """A record as JSON has it: bytes in base64, times in seconds."""
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list() | set() | tuple():
            return [_plain(each) for each in value]
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return int(value.timestamp())
    return value


def _as_event(record: Json, arn: str) -> Json:
    return {"eventSource": "aws:dynamodb", "awsRegion": REGION, **record, "eventSourceARN": arn}
