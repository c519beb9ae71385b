"""EventBridge Scheduler, as far as the template uses it: a function called at a rate, with its input."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from local.runtime import Result
from local.template import Resource, TemplateError

type Json = dict[str, Any]
type Invoke = Callable[[str, Json], Awaitable[Result]]

RATE = re.compile(r"rate\((?P<number>\d+) (?P<unit>minute|hour|day)s?\)")
SECONDS = {"minute": 60, "hour": 3600, "day": 86400}

log = logging.getLogger("coverwright.schedules")


class Schedule:
    """One schedule: first when it is made, then at its rate; one call at a time."""

    def __init__(self, resource: Resource, *, invoke: Invoke) -> None:
        properties = resource.properties
        target = properties["Target"]
        self._id = resource.logical_id
        self._seconds = _seconds(properties["ScheduleExpression"])
        self._function = str(target["Arn"]).rpartition(":function:")[2].partition(":")[0]
        self._input: Json = json.loads(target["Input"])
        self._tries = 1 + int(target.get("RetryPolicy", {}).get("MaximumRetryAttempts", 185))
        self._invoke = invoke
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            for _ in range(self._tries):
                result = await self._invoke(self._function, self._input)
                if result.error is None:
                    break
                log.error("%s: %s: %s", self._id, result.error, result.payload[:2000])
            await asyncio.sleep(self._seconds)


def _seconds(expression: str) -> int:
    found = RATE.fullmatch(expression)
    if found is None:
        raise TemplateError(f"{expression} is not known to the local stack: a rate is")
    return int(found["number"]) * SECONDS[found["unit"]]
