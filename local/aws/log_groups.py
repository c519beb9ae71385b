"""CloudWatch Logs, as far as the stack uses it: the gateway's access log, delivered to the function that is subscribed.

Lines stay on disk until a delivery of them was taken. A delivery is an asynchronous call, so it is tried three times,
and what fails then goes to the function's dead letter queue. It may come twice: when the function took it and its
answer was lost, or when the stack stopped in between.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import logging
import sqlite3
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from local.aws.background import Background
from local.aws.cloudformation import ACCOUNT, TemplateError
from local.aws.template import Resource, Template
from local.aws.workers import Result

type Json = dict[str, Any]

COLLECT_SECONDS = 1.0
"""How long lines are collected for a delivery: AWS takes seconds, too."""
EVENTS_MAX = 1000
TRIES = 3
PAUSE_SECONDS = 1.0

log = logging.getLogger("coverwright.logs")


class Subscription(NamedTuple):
    """A subscription filter that sends all of a log group to a function."""

    name: str
    log_group: str
    function: str
    dead_letters: str


class LogEvent(NamedTuple):
    """A line of a log."""

    id: int
    stream: str
    at_ms: int
    message: str


class LogGroup:
    """Lines as they are written. Who writes one does not wait for the disk."""

    def __init__(
        self,
        store: sqlite3.Connection,
        subscription: Subscription | None,
        show: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.subscription = subscription
        """Without one nothing is kept: nobody reads a log of this machine's stack but in its files."""
        self._store, self._show = store, show
        self._stream = uuid.uuid4().hex
        self._lines: list[tuple[int, str]] = []

    def write(self, message: str) -> None:
        self._show(message)
        if self.subscription is not None:
            self._lines.append((int(time.time() * 1000), message))

    def flush(self) -> None:
        """Put what was written on disk."""
        lines, self._lines = self._lines, []
        if lines and self.subscription is not None:
            self._store.execute("BEGIN")
            self._store.executemany(
                "INSERT INTO log_events (log_group, stream, at, message) VALUES (?, ?, ?, ?)",
                [(self.subscription.log_group, self._stream, at, message) for at, message in lines],
            )
            self._store.execute("COMMIT")

    def waiting(self) -> list[LogEvent]:
        """What was not delivered yet, of one stream."""
        name = self.subscription.log_group if self.subscription else ""
        rows = self._store.execute(
            "SELECT id, stream, at, message FROM log_events WHERE log_group = ?1 AND stream ="
            " (SELECT stream FROM log_events WHERE log_group = ?1 ORDER BY id LIMIT 1)"
            " ORDER BY id LIMIT ?2",
            (name, EVENTS_MAX),
        )
        return [LogEvent(*row) for row in rows]

    def delivered(self, events: Sequence[LogEvent]) -> None:
        self._store.executemany(
            "DELETE FROM log_events WHERE id = ?", [(event.id,) for event in events]
        )


class LogDelivery(Background):
    """What stands in a log group goes to the function that is subscribed to it."""

    def __init__(
        self,
        group: LogGroup,
        *,
        invoke: Callable[[str, Json], Awaitable[Result]],
        store: sqlite3.Connection,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        assert group.subscription is not None  # noqa: S101 (there is nothing else to deliver)
        self._subscription, self._group = group.subscription, group
        self._invoke, self._store = invoke, store
        self._pause = pause_seconds

    async def stop(self) -> None:
        """Stop, and keep what was not delivered yet."""
        await super().stop()
        self._group.flush()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(COLLECT_SECONDS)
            await self.deliver()

    async def deliver(self) -> None:
        """Deliver all that was written until now."""
        self._group.flush()
        while events := self._group.waiting():
            await self._hand_over(payload_of(self._subscription, events))
            self._group.delivered(events)

    async def _hand_over(self, payload: Json) -> None:
        for tried in range(1, TRIES + 1):
            result = await self._invoke(self._subscription.function, payload)
            if result.error is None:
                return
            log.warning("%s: %s: %s", self._subscription.name, result.error, result.payload[:2000])
            if tried < TRIES:
                await asyncio.sleep(self._pause)
        self._store.execute(
            "INSERT INTO messages (queue, body, at) VALUES (?, ?, ?)",
            (self._subscription.dead_letters, json.dumps(payload), time.time()),
        )


def payload_of(subscription: Subscription, events: Sequence[LogEvent]) -> Json:
    """What a function is called with: the events of one log stream, packed."""
    data = {
        "messageType": "DATA_MESSAGE",
        "owner": ACCOUNT,
        "logGroup": subscription.log_group,
        "logStream": events[0].stream,
        "subscriptionFilters": [subscription.name],
        "logEvents": [
            {"id": f"{event.id:056d}", "timestamp": event.at_ms, "message": event.message}
            for event in events
        ],
    }
    packed = gzip.compress(json.dumps(data).encode(), mtime=0)
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}


def access_log_of(
    template: Template, store: sqlite3.Connection, show: Callable[[str], None] = lambda _line: None
) -> LogGroup:
    """The log group that the API's stage writes to, with the template's subscription of a function to it.

    What is written is shown to the owner of this stack, too.

    Raises:
        TemplateError: The subscription is for part of the log.
    """
    arn = template.api().properties["AccessLogSetting"]["DestinationArn"]
    group = next((g.name for g in template.of_type("AWS::Logs::LogGroup") if g.arn == arn), None)
    for each in template.of_type("AWS::Logs::SubscriptionFilter"):
        if each.properties["LogGroupName"] == group:
            if each.properties["FilterPattern"]:
                raise TemplateError(f"{each.logical_id}: the local stack delivers all of a log")
            return LogGroup(store, _subscription(template, each), show)
    return LogGroup(store, None, show)


def _subscription(template: Template, resource: Resource) -> Subscription:
    asked = resource.properties
    arn = asked["DestinationArn"].rpartition(":")[0]  # of the alias
    function = next(each.name for each in template.functions.values() if each.arn == arn)
    everywhere = template.resolve(template.document["Globals"]["Function"])
    dead_letters = everywhere["DeadLetterQueue"]["TargetArn"]
    return Subscription(resource.name, asked["LogGroupName"], function, dead_letters)
