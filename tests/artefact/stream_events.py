"""Batches of the Events table's stream, as functions get them."""

import base64
import json
from collections.abc import Iterator

from tests.artefact.backend import Backend
from tests.artefact.cases import case
from tests.artefact.conftest import Stage
from tests.artefact.scenes.common import (
    BUSY,
    DELIVERED,
    ERASED_CUSTOMER,
    ERASURE,
    ERASURE_PLANNED,
    INDEXED,
    PLANNED,
    REDRESS_ORDERED,
    REDRESSED,
    REFUND_ORDERED,
    REFUNDED,
    WAITING_ERASURE,
    Json,
)


def stream_events(behind: Backend, stage: Stage) -> Iterator[tuple[str, Json]]:
    """Batches of the Events table's stream: what issuing and settling append, and a tampering."""
    items = _appended(behind, stage, "payment_execution/report_paid")
    yield DELIVERED, {"Records": _inserted(items)}
    yield INDEXED, {"Index": [each["dynamodb"]["NewImage"] for each in _inserted(items)]}
    yield "event_delivery/tampered", {"Records": [_record("MODIFY", "9", items[0])]}
    broken = {**items[0], "body": {"B": b"not what was packed"}}
    yield "event_delivery/unreadable", {"Records": [_record("INSERT", "10", broken)]}
    items = _appended(behind, stage, REFUNDED[-1])
    yield REFUND_ORDERED, {"Records": _inserted(items)}
    items = _appended(behind, stage, REDRESSED[-1])
    yield REDRESS_ORDERED, {"Records": _inserted(items)}
    items = _appended(behind, stage, BUSY[-1], given=BUSY[:-1])
    yield PLANNED, {"Records": _inserted(items)}
    items = _appended(behind, stage, WAITING_ERASURE)
    yield ERASURE_PLANNED, {"Records": _inserted(items)}
    items = _appended(behind, stage, ERASED_CUSTOMER[-1], given=ERASED_CUSTOMER[:-1])
    yield ERASURE, {"Records": _inserted(items)}


def _inserted(items: list[Json]) -> list[Json]:
    return [_record("INSERT", str(number), item) for number, item in enumerate(items, start=1)]


def _appended(
    behind: Backend, stage: Stage, after: str, given: tuple[str, ...] | None = None
) -> list[Json]:
    """All events there are after one of the scenes was played, after its own or after others."""
    stage.show(*(case(after).expected.get("given", ()) if given is None else given), after)
    return sorted(
        behind.items("EventsTable"),
        key=lambda item: (item["stream"]["S"], int(item["sequence"]["N"])),
    )


def _record(name: str, number: str, item: Json) -> Json:
    image = json.loads(json.dumps(item, default=lambda raw: base64.b64encode(raw).decode()))
    keys = {key: image[key] for key in ("stream", "sequence")}
    change: Json = {
        "ApproximateCreationDateTime": 1795341600,
        "Keys": keys,
        "NewImage": image,
        "SequenceNumber": f"{number:0>21}",
        "SizeBytes": 512,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    if name != "INSERT":
        change["OldImage"] = image
    return {
        "eventID": f"{int(number):032x}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-2",
        "dynamodb": change,
        "eventSourceARN": "arn:aws:dynamodb:eu-west-2:123456789012:table/Events/stream/1",
    }
