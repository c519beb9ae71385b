"""Give the meter of usage lines of the access log again: those that CloudWatch Logs skipped, or that were set aside.

`python -m tools.count_again --log-group NAME --function NAME --since 2026-11-30T10:00:00Z --until 2026-11-30T10:15:00Z`

Any time of the last 45 days may be given, however much of it is counted: a call is counted once. The function does the
work, with its own rights. The operator needs the right to read the log group (`logs:FilterLogEvents`) and to call the
function.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import batched, groupby
from typing import Any

import boto3

type Json = dict[str, Any]

AT_ONCE = 500
"""Lines for one call of the function."""


def count_again(logs: Any, functions: Any, asked: argparse.Namespace) -> Json:
    """Give the lines again, and add up what the function said.

    Raises:
        RuntimeError: The function failed: what it took before is counted, and all may be given again.
    """
    totals = {"lines": 0, "counted": 0, "set_aside": 0}
    for payload, lines in deliveries(logs, asked):
        answer = functions.invoke(FunctionName=asked.function, Payload=json.dumps(payload))
        told = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RuntimeError(told.get("errorMessage", "the function failed"))
        totals["lines"] += lines
        for name in ("counted", "set_aside"):
            totals[name] += told[name]
    return totals


def deliveries(logs: Any, asked: argparse.Namespace) -> Iterator[tuple[Json, int]]:
    """What the function is called with, as a subscription would: each delivery is of one log stream."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=asked.log_group,
        startTime=int(asked.since.timestamp() * 1000),
        endTime=int(asked.until.timestamp() * 1000),
    )
    for page in pages:
        events = sorted(page["events"], key=lambda event: event["logStreamName"])
        for stream, found in groupby(events, key=lambda event: event["logStreamName"]):
            for some in batched(found, AT_ONCE, strict=False):
                yield _delivery(asked.log_group, stream, some), len(some)


def _delivery(group: str, stream: str, events: tuple[Json, ...]) -> Json:
    data = {
        "messageType": "DATA_MESSAGE",
        "logGroup": group,
        "logStream": stream,
        "logEvents": [
            {"id": str(e["eventId"]), "timestamp": e["timestamp"], "message": e["message"]}
            for e in events
        ],
    }
    return {
        "awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(data).encode())).decode()}
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.count_again", description=__doc__)
    parser.add_argument("--log-group", required=True, help="the API's access log")
    parser.add_argument("--function", required=True, help="the function `usage`, or its alias")
    parser.add_argument("--since", required=True, type=datetime.fromisoformat)
    parser.add_argument("--until", required=True, type=datetime.fromisoformat)
    return parser.parse_args()


if __name__ == "__main__":
    asked = _arguments()
    make: Any = boto3.client  # its stubs have neither
    json.dump(count_again(make("logs"), make("lambda"), asked), sys.stdout)
