"""EventBridge Scheduler, as far as the template uses it: a function called at a rate, with its input.

`run_now` does what a schedule does before its time comes.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from local.aws.background import Background
from local.aws.cloudformation import REGION, TemplateError
from local.aws.outage import Outage
from local.aws.template import Resource, Template
from local.aws.workers import Result
from local.lease import running_stack
from local.processes import StackError
from local.settings import Settings

type Json = dict[str, Any]
type Invoke = Callable[[str, Json], Awaitable[Result]]
type Sleep = Callable[[float], Awaitable[None]]

RATE = re.compile(r"rate\((?P<number>\d+) (?P<unit>minute|hour|day)s?\)")
TIMEOUT_SECONDS = 900
"""As long as a function may run."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
"""Between the tries of one call."""
SECONDS = {"minute": 60, "hour": 3600, "day": 86400}

log = logging.getLogger("coverwright.schedules")


class Schedule(Background):
    """One schedule: first when it is made, then at its rate; one call at a time."""

    def __init__(self, resource: Resource, *, invoke: Invoke, sleep: Sleep = asyncio.sleep) -> None:
        target = resource.properties["Target"]
        self._id = resource.logical_id
        self._seconds = _seconds(resource.properties["ScheduleExpression"])
        self._function, self._input = _called(resource)
        self._tries = 1 + int(target.get("RetryPolicy", {}).get("MaximumRetryAttempts", 185))
        self._invoke = invoke
        self._sleep = sleep
        self._outage = Outage(log, self._id)

    async def _run(self) -> None:
        while True:
            await self._call()
            await self._sleep(self._seconds)

    async def _call(self) -> None:
        """Call the function until it has done its work, at longer and longer intervals."""
        pause = FIRST_PAUSE_SECONDS
        for last_try in (number == self._tries for number in range(1, self._tries + 1)):
            result = await self._invoke(self._function, self._input)
            if result.error is None:
                self._outage.over()
                return
            self._outage.failed(result.error, result.payload[:2000])
            if not last_try:
                await self._sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def run_now(schedule_id: str, settings: Settings, payload: str | None = None) -> int:
    """Call the schedule's function on the stack that is up, with its input or another."""
    running = running_stack(settings.folder)
    if running is None:
        raise StackError("no stack is up: start one with `make serve`")
    schedules = {
        each.logical_id: each
        for each in Template(settings.template).of_type("AWS::Scheduler::Schedule")
    }
    if schedule_id not in schedules:
        raise StackError(f"no schedule {schedule_id}; there are: {', '.join(schedules)}")
    function, given = _called(schedules[schedule_id])
    answer = lambda_client(running["services"]).invoke(
        FunctionName=function, Payload=payload or json.dumps(given)
    )
    failed = "FunctionError" in answer
    print(answer["Payload"].read().decode(), file=sys.stderr if failed else sys.stdout)
    return 1 if failed else 0


def lambda_client(url: str) -> Any:
    """A client of the stack's functions."""
    import boto3  # noqa: PLC0415 (the stack itself starts without it)
    from botocore.config import Config  # noqa: PLC0415 (as above)

    make: Any = boto3.client  # its stubs have no Lambda
    return make(
        "lambda",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 (any one will do)
        config=Config(read_timeout=TIMEOUT_SECONDS, retries={"total_max_attempts": 1}),
    )


def _called(schedule: Resource) -> tuple[str, Json]:
    """The function's name, and the event that it is given."""
    target = schedule.properties["Target"]
    function = str(target["Arn"]).rpartition(":function:")[2].partition(":")[0]
    return function, json.loads(target["Input"])


def _seconds(expression: str) -> int:
    found = RATE.fullmatch(expression)
    if found is None:
        raise TemplateError(f"{expression} is not known to the local stack: a rate is")
    return int(found["number"]) * SECONDS[found["unit"]]
