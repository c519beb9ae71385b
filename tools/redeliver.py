"""Bring events to the consumers that lack them, after an outage of any length.

What lacks something is known, and a schedule catches up with it every minute. This asks for it at once, and
does what the schedule does not:

- `since`: the register of last events was down, too. Every stream with an event since then is found in the
  table of events itself and registered first. This reads the whole table.
- `again`: a consumer lost what it had. It is given all events since then again.
- `set_aside`: the cause is removed by which a consumer could not take some events.

Event delivery does the work, with its own rights. The operator needs the right to call the function, and for
`since` to read the table of events.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING, Any

from local.aws.clients import dynamodb_client
from local.aws.schedules import lambda_client
from local.aws.template import Template
from local.lease import running_stack
from local.processes import StackError
from local.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

EVENTS, DELIVERY = "EventsTable", "EventDeliveryFunction"
AT_ONCE = 50
"""Streams for one call."""


@dataclass(frozen=True)
class Asked:
    """What is to be delivered again."""

    since: datetime | None = None
    again: Sequence[str] = ()
    """Consumers; needs `since`."""
    set_aside: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class Found:
    """The events of a stream since the instant."""

    first: int
    last: int
    at: str
    """When the first of them was."""


def redeliver_local(asked: Asked, settings: Settings) -> int:
    """Redeliver on the stack that is up, and say what waited; 1 where something waits still."""
    running = running_stack(settings.folder)
    if running is None:
        raise StackError("no stack is up: start one with `make serve`")
    template = Template(settings.template)
    redelivery = Redelivery(
        lambda_client(running["services"]), template.resources[DELIVERY].name, asked
    )
    if asked.since is not None:
        tables = dynamodb_client(running["database"])
        redelivery.look_through(found_since(tables, template.resources[EVENTS].name, asked.since))
    left = redelivery.catch_up()
    print("\n".join(redelivery.said))
    return 1 if left else 0


class Redelivery:
    """Calls of event delivery, and what it said."""

    def __init__(self, functions: Any, function: str, asked: Asked) -> None:
        self._functions, self._function, self._asked = functions, function, asked
        self.said: list[str] = []

    def look_through(self, found: Mapping[str, Found]) -> None:
        """Register the last events of these streams, and take back what consumers lost.

        Raises:
            StackError: Event delivery failed.
        """
        self.said.append(f"{len(found)} streams have events since then")
        if self._asked.dry_run:
            return
        for some in batched(found.items(), AT_ONCE, strict=False):
            self._call({"Register": {stream: (each.last, each.at) for stream, each in some}})
            if self._asked.again:
                back = {stream: (each.first - 1, each.at) for stream, each in some}
                self._call({"TakeBack": list(self._asked.again), "To": back})

    def catch_up(self) -> int:
        """Deliver what waits; how many streams still lack something then.

        Raises:
            StackError: Event delivery failed.
        """
        options = {"immediately": True, "tries_set_aside": self._asked.set_aside}
        if not self._asked.dry_run:
            said = {"finished": False, "delivered": 1}
            while not said["finished"] and said["delivered"]:
                said = self._call({"CatchUp": options})
        left = self._call({"CatchUp": options | {"looks_only": True}})
        for each in left["streams"]:
            lacking = ", ".join(f"{name} has {at}" for name, at in each["lacking"].items())
            aside = ", ".join(f"{name} {at} ({why})" for name, at, why in each["set_aside"])
            told = "; ".join(filter(None, [lacking, aside and f"set aside: {aside}"]))
            self.said.append(f"{each['stream']}, last event {each['head']}: {told}")
        behind, set_aside = left["behind"], left["set_aside"]
        self.said.append(f"{behind} streams are behind, {set_aside} have events set aside")
        return int(behind + set_aside)

    def _call(self, payload: Json) -> Json:
        answer = self._functions.invoke(FunctionName=self._function, Payload=json.dumps(payload))
        if "FunctionError" in answer:
            raise StackError("event delivery failed; what was delivered stays, call again")
        said: Json = json.loads(answer["Payload"].read())
        return said


def found_since(tables: DynamoDBClient, table: str, since: datetime) -> dict[str, Found]:
    """Every stream with an event since then, by reading the table; live and test data.

    A test event has the time of its own clock, so all streams of test data are found.
    """
    found: dict[str, Found] = {}
    for stream, sequence, at in _keys(tables, table):
        is_test = stream.split("_", 2)[1] == "test"
        if not is_test and datetime.fromisoformat(at) < since:
            continue
        known = found.get(stream, Found(sequence, sequence, at))
        found[stream] = Found(
            min(known.first, sequence), max(known.last, sequence), min(known.at, at)
        )
    return found


def _keys(tables: DynamoDBClient, table: str) -> Iterator[tuple[str, int, str]]:
    pages = tables.get_paginator("scan").paginate(
        TableName=table,
        ConsistentRead=True,
        ProjectionExpression="#stream, #sequence, #at",
        ExpressionAttributeNames={"#stream": "stream", "#sequence": "sequence", "#at": "at"},
    )
    for page in pages:
        for item in page["Items"]:
            yield item["stream"]["S"], int(item["sequence"]["N"]), item["at"]["S"]
