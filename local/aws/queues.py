"""Queues to functions, as Lambda's event source mapping does it: so many messages at once, each until it is taken.

What a function takes is deleted. What it fails to take is seen again after the queue's visibility timeout, and goes
to the queue of its redrive policy after so many times.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from local.aws.background import Background, end
from local.aws.cloudformation import REGION
from local.aws.template import QueueSource
from local.aws.workers import Result

type Json = dict[str, Any]

POLL_SECONDS = 0.1

log = logging.getLogger("coverwright.queues")


class _Message(NamedTuple):
    id: int
    body: str
    receives: int


class QueueReader(Background):
    """One mapping. Batches have one message: the template asks for no more."""

    def __init__(
        self,
        source: QueueSource,
        *,
        invoke: Callable[[Json], Awaitable[Result]],
        store: sqlite3.Connection,
    ) -> None:
        self._source, self._invoke, self._store = source, invoke, store

    async def _run(self) -> None:
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                under_way = {task for task in under_way if not task.done()}
                for message in self._receive(self._source.concurrency - len(under_way)):
                    under_way.add(asyncio.create_task(self._pass_on(message)))
                await asyncio.sleep(POLL_SECONDS)
        finally:
            await end(*under_way)

    def _receive(self, most: int) -> list[_Message]:
        now = time.time()
        rows = self._store.execute(
            "SELECT id, body, receives + 1 FROM queued WHERE queue = ? AND visible_at <= ? ORDER BY id LIMIT ?",
            (self._source.queue, now, most),
        ).fetchall()
        hidden_until = now + self._source.visibility_seconds
        self._store.executemany(
            "UPDATE queued SET visible_at = ?, receives = receives + 1 WHERE id = ?",
            [(hidden_until, id) for id, _, _ in rows],
        )
        return [_Message(*row) for row in rows]

    async def _pass_on(self, message: _Message) -> None:
        result = await self._invoke({"Records": [self._record(message)]})
        if self._is_taken(result):
            self._store.execute("DELETE FROM queued WHERE id = ?", (message.id,))
            return
        log.warning("%s: %s: %s", self._source.id, result.error, result.payload[:2000])
        if message.receives >= self._source.receives_max:
            self._store.execute("DELETE FROM queued WHERE id = ?", (message.id,))
            self._store.execute(
                "INSERT INTO messages (queue, body, at) VALUES (?, ?, ?)",
                (self._source.dead_letters or "", message.body, time.time()),
            )

    def _is_taken(self, result: Result) -> bool:
        """Whether the message is; of a batch of one, whatever is reported is about it."""
        reported = result.item_failures if self._source.reports_item_failures else []
        return result.error is None and reported == []

    def _record(self, message: _Message) -> Json:
        return {
            "messageId": f"{message.id:032x}",
            "receiptHandle": f"{message.id}-{message.receives}",
            "body": message.body,
            "attributes": {"ApproximateReceiveCount": str(message.receives)},
            "messageAttributes": {},
            "md5OfBody": hashlib.md5(message.body.encode(), usedforsecurity=False).hexdigest(),
            "eventSource": "aws:sqs",
            "eventSourceARN": self._source.arn,
            "awsRegion": REGION,
        }
