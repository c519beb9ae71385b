"""EventBridge: events kept on disk, then handed to the listeners on this machine."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from local.aws.cloudformation import arn_of
from local.aws.rights import Call
from local.aws.services.errors import ServiceError
from local.aws.template import Template

type Json = dict[str, Any]

MOST_ENTRIES = 10
ENTRY_LIMIT = 256 * 1024
KEPT_EVENTS = 100_000
"""How many events stay to be looked at: targets have them already."""


@dataclass(frozen=True)
class Event:
    """One event as a rule's target receives it."""

    id: str
    bus: str
    source: str
    detail_type: str
    detail: Json
    at: float


class EventBus:
    """PutEvents."""

    def __init__(self, store: sqlite3.Connection, buses: Sequence[str]) -> None:
        self._store = store
        self._buses = set(buses) | {"default"}
        self._targets: list[Callable[[Event], None]] = []

    @classmethod
    def of(cls, template: Template, store: sqlite3.Connection) -> Self:
        """With the buses that the template declares."""
        return cls(store, [bus.name for bus in template.of_type("AWS::Events::EventBus")])

    def subscribe(self, target: Callable[[Event], None]) -> None:
        """A target takes an event before the publisher is answered: nothing lies between."""
        self._targets.append(target)

    def put_events(self, request: Json) -> Json:
        entries = request.get("Entries", [])
        if not 1 <= len(entries) <= MOST_ENTRIES:
            raise ServiceError("ValidationException", f"1 to {MOST_ENTRIES} entries, please")
        if sum(len(json.dumps(entry)) for entry in entries) > ENTRY_LIMIT:
            raise ServiceError(
                "ValidationException", "Total size of the entries in the request is over the limit"
            )
        answers = [self._put(entry) for entry in entries]
        failed = sum("ErrorCode" in answer for answer in answers)
        return {"FailedEntryCount": failed, "Entries": answers}

    def calls(self, request: Json) -> list[Call]:
        """What IAM is asked about such a request: about each bus that it names."""
        buses = dict.fromkeys(map(_bus_of, request.get("Entries", [])))
        return [
            Call("events:PutEvents", arn_of("AWS::Events::EventBus", "", bus), {}) for bus in buses
        ]

    def _put(self, entry: Json) -> Json:
        bus = _bus_of(entry)
        if bus not in self._buses:
            return _failed("ResourceNotFoundException", f"Event bus {bus} does not exist.")
        if not entry.get("Source") or not entry.get("DetailType"):
            return _failed("InvalidArgument", "Parameter Source or DetailType is not valid.")
        try:
            detail = json.loads(entry.get("Detail", ""))
        except ValueError:
            detail = None
        if not isinstance(detail, dict):
            return _failed("MalformedDetail", "Detail is malformed.")
        event = Event(
            id=str(uuid.uuid4()),
            bus=bus,
            source=entry["Source"],
            detail_type=entry["DetailType"],
            detail=detail,
            at=time.time(),
        )
        self._store.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
            (event.id, bus, event.source, event.detail_type, json.dumps(detail), event.at),
        )
        self._store.execute(
            "DELETE FROM events WHERE rowid <= (SELECT max(rowid) FROM events) - ?", (KEPT_EVENTS,)
        )
        for target in self._targets:
            target(event)
        return {"EventId": event.id}


def _bus_of(entry: Json) -> str:
    name: str = entry.get("EventBusName", "default")
    return name.rsplit("/", 1)[-1]


def _failed(code: str, message: str) -> Json:
    return {"ErrorCode": code, "ErrorMessage": message}
