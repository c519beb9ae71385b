"""Lines of the gateway's access log, as a subscription of CloudWatch Logs delivers them to a function."""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from gzip import decompress
from importlib.resources import files
from typing import Any, Final, NamedTuple

from insurance.domain.core.identity import Mode, mode_of
from insurance.domain.usage.call import (
    DEVELOPERS,
    INTERNAL,
    NO_OPERATION,
    UNKNOWN,
    LoggedCall,
    UsageAccount,
)

ABSENT: Final = "-"
"""What the gateway writes for a variable that has no value."""
APPLICATION: Final = re.compile(r"app_(test_)?[0-9a-z]{20}")
PARTNER: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
FIGURE: Final = re.compile(r"[0-9]{1,15}")
STATUS: Final = re.compile(r"[1-5][0-9]{2}")
CALLERS_PART: Final = re.compile(r',\s*"resource":\s*"([^"]*)')
"""Where a line begins to hold what a caller may choose. The template puts it last, and the path first in it."""


class Unreadable(Exception):
    """A line that says less than a call's time, status and size."""


class Batch(NamedTuple):
    """What one delivery holds: all of it is of one log stream."""

    stream: str
    calls: tuple[LoggedCall, ...]
    unreadable: tuple[str, ...]
    """Ids of log events that are no lines of the access log as the template has them."""


def read_delivery(event: Mapping[str, Any]) -> Batch:
    """The calls of a delivery. What CloudWatch sends to see whether the function is there has none."""
    data = json.loads(decompress(b64decode(event["awslogs"]["data"])))
    calls, unreadable = [], []
    if data["messageType"] == "DATA_MESSAGE":
        for logged in data["logEvents"]:
            try:
                calls.append(read_line(logged["message"], logged["id"]))
            except Unreadable:
                unreadable.append(logged["id"])
    return Batch(data["logStream"], tuple(calls), tuple(unreadable))


def read_line(text: str, event_id: str) -> LoggedCall:
    """A line of the access log. It is known by the gateway's own id of the call: `request_id` may be the caller's.

    Raises:
        Unreadable: It is no such line.
    """
    try:
        line = _members(text)
        call = line["call_id"]
        return LoggedCall(
            id=event_id if call == ABSENT else str(call),
            at=datetime.fromtimestamp(_figure(line["time"]) / 1000, UTC),
            account=_account(line),
            operation=operation_ids().get(f"{line['method']} {line['resource']}", NO_OPERATION),
            status=_figure(line["status"], STATUS),
            latency_ms=_figure(line["latency_ms"]),
            bytes=_figure(line["bytes"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise Unreadable(event_id) from error


@cache
def operation_ids() -> Mapping[str, str]:
    """The operation of each method and path of the definition."""
    found: dict[str, str] = json.loads(
        files("insurance").joinpath("operation_ids.json").read_text("utf-8")
    )
    return found


def _members(text: str) -> dict[str, Any]:
    """The members of a line. What a caller wrote may break it, and takes no call off the meter: then all before it counts.

    Raises:
        ValueError: Nor is that JSON.
    """
    try:
        line: dict[str, Any] = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        callers = CALLERS_PART.search(text)
        if callers is None:
            raise
        fixed = json.loads(f"{text[: callers.start()]}}}", object_pairs_hook=_once)
        return {**fixed, "resource": callers[1]}
    return line


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of a line. The gateway escapes nothing: what a caller wrote must not stand for what it said.

    Raises:
        ValueError: One is there twice.
    """
    line = dict(pairs)
    if len(line) != len(pairs):
        raise ValueError("a member twice")
    return line


def _account(line: Mapping[str, str]) -> UsageAccount:
    application, partner, mode = line["application"], line["partner"], line["mode"]
    if PARTNER.fullmatch(partner):
        if APPLICATION.fullmatch(application):
            return UsageAccount(application, partner, mode_of(application))
        if application == DEVELOPERS and mode in set(Mode):
            return UsageAccount(DEVELOPERS, partner, Mode(mode))
    # Cognito's authorizer gives claims, ours a context.
    own = line["subject"] != ABSENT or line["kind"] == "staff"
    return UsageAccount(INTERNAL if own else UNKNOWN)


def _figure(sent: str, form: re.Pattern[str] = FIGURE) -> int:
    """A whole number that a counter takes.

    Raises:
        ValueError: It is something else.
    """
    if not form.fullmatch(sent):
        raise ValueError(sent)
    return int(sent)
