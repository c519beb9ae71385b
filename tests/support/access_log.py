"""Lines of the access log as template.yaml has them, and deliveries of them as CloudWatch Logs makes them."""

import base64
import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from insurance.access_log import read_line
from insurance.domain.usage.call import LoggedCall

from tests.support.engine import template

type Json = dict[str, Any]

OAK_WEB, OAK_BATCH, ELM_WEB = (f"app_test_{letter * 20}" for letter in "abe")
"""Applications of the partners `oak` and `elm`."""
PARTNER_OF = {OAK_WEB: "oak", OAK_BATCH: "oak", ELM_WEB: "elm"}
AT = datetime(2026, 11, 20, 9, 0, 1, tzinfo=UTC)


def line(id: str, at: datetime = AT, **changes: str) -> Json:
    """A line: a quote of Oak's, read in 12 ms. `application` brings its partner along."""
    fields = json.loads(template().api().properties["AccessLogSetting"]["Format"])
    application = changes.get("application", OAK_WEB)
    usual = {
        "call_id": id,
        "time": str(int(at.timestamp() * 1000)),
        "method": "GET",
        "resource": "/v1/quotes/{quote_id}",
        "status": "200",
        "bytes": "700",
        "latency_ms": "12",
        "application": application,
        "partner": PARTNER_OF.get(application, "-"),
    }
    return dict.fromkeys(fields, "-") | usual | changes


def as_written(told: Json, **chosen: str) -> str:
    """The line as the gateway writes it: it escapes nothing of what a caller chose."""
    marks = {name: f"<{name}>" for name in chosen}
    text = json.dumps(told | marks)
    for name, value in chosen.items():
        text = text.replace(marks[name], value)
    return text


def call(id: str, at: datetime = AT, **changes: str) -> LoggedCall:
    """The call that such a line tells of."""
    return read_line(json.dumps(line(id, at, **changes)), id)


def delivery(lines: Sequence[Json | str], stream: str = "a1", kind: str = "DATA_MESSAGE") -> Json:
    """What the function is called with."""
    events = [
        {
            "id": f"{number:056}",
            "timestamp": 1,
            "message": each if isinstance(each, str) else json.dumps(each),
        }
        for number, each in enumerate(lines)
    ]
    data = {
        "messageType": kind,
        "owner": "000000000000",
        "logGroup": "access",
        "logStream": stream,
        "subscriptionFilters": ["all"],
        "logEvents": events,
    }
    return {
        "awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(data).encode())).decode()}
    }
