"""Batches of the streams of the tables Events and Quotes, as functions get them."""

import base64
import json
from collections.abc import Iterator

from tests.artefact.backend import Backend
from tests.artefact.cases import case
from tests.artefact.conftest import SourceStage
from tests.artefact.scenes.common import (
    BUSY,
    CAUGHT_UP,
    CORRECTED,
    CORRECTION_PLANNED,
    DELIVERED,
    ERASED_CUSTOMER,
    ERASURE,
    ERASURE_PLANNED,
    IN_SUSPENSE,
    INDEXED,
    PLANNED,
    PRODUCT_ENDS,
    PRODUCT_ENDS_TOLD,
    QUOTE_DELETED,
    QUOTE_INDEXED,
    QUOTE_MADE,
    REDRESS_ORDERED,
    REDRESSED,
    REFUND_ORDERED,
    REFUNDED,
    REGISTERED,
    SUSPENDED,
    TOLD,
    WAITING_ERASURE,
    WEBHOOK_DUE,
    WEBHOOK_NOTED,
    WEBHOOK_PASSED_OVER,
    WEBHOOK_TESTED,
    Json,
)
from tests.artefact.scenes.notifications import WEBHOOK_ID


def stream_events(behind: Backend, stage: SourceStage) -> Iterator[tuple[str, Json]]:
    """Batches of streams: what issuing and settling append, a tampering, a quote made and deleted."""
    items = _appended(behind, stage, "payment_execution/report_paid")
    yield DELIVERED, {"Records": inserted(items)}
    yield TOLD, {"Records": inserted(items)}
    yield INDEXED, {"Index": [each["dynamodb"]["NewImage"] for each in inserted(items)]}
    yield "event_delivery/tampered", {"Records": [_record("MODIFY", "9", items[0])]}
    yield REGISTERED, {"Records": [_keys_alone(each) for each in inserted(items)]}
    yield "event_register/tampered", {"Records": [_record("REMOVE", "9", items[0])]}
    yield "event_register/no_keys", {"Records": [{"eventName": "INSERT", "dynamodb": {}}]}
    yield CAUGHT_UP, {"CatchUp": {"immediately": True}}
    yield "event_delivery/unknown_consumer", {"TakeBack": ["the_archive"], "To": {}}
    broken = {**items[0], "body": {"B": b"not what was packed"}}
    yield "event_delivery/unreadable", {"Records": [_record("INSERT", "10", broken)]}
    items = _appended(behind, stage, REFUNDED[-1])
    yield REFUND_ORDERED, {"Records": inserted(items)}
    items = _appended(behind, stage, REDRESSED[-1])
    yield REDRESS_ORDERED, {"Records": inserted(items)}
    items = _appended(behind, stage, BUSY[-1], given=BUSY[:-1])
    yield PLANNED, {"Records": inserted(items)}
    items = _appended(behind, stage, WAITING_ERASURE)
    yield ERASURE_PLANNED, {"Records": inserted(items)}
    items = _appended(behind, stage, CORRECTED[-1])
    yield CORRECTION_PLANNED, {"Records": inserted(items)}
    items = _appended(behind, stage, ERASED_CUSTOMER[-1], given=ERASED_CUSTOMER[:-1])
    yield ERASURE, {"Records": inserted(items)}
    items = _appended(behind, stage, IN_SUSPENSE[-1], given=IN_SUSPENSE[:-1])
    yield SUSPENDED, {"Records": inserted(items)}
    items = _appended(behind, stage, PRODUCT_ENDS[-1], given=PRODUCT_ENDS[:-1])
    yield PRODUCT_ENDS_TOLD, {"Records": inserted(items)}
    items = _appended(behind, stage, WEBHOOK_TESTED[-1], given=WEBHOOK_TESTED[:-1])
    yield WEBHOOK_NOTED, {"Records": inserted(items)}
    yield WEBHOOK_DUE, {"LookForDue": {}}
    yield "webhook_delivery/no_webhook", {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}
    body = json.dumps({"webhook": WEBHOOK_ID})
    yield WEBHOOK_PASSED_OVER, {"Records": [{"eventSource": "aws:sqs", "body": body}]}
    stage.begin("quoting/quote")
    [quote] = behind.items("QuotesTable")
    yield QUOTE_MADE, {"Records": [_record("INSERT", "1", quote, "Quotes")]}
    yield QUOTE_DELETED, {"Records": [_record("REMOVE", "2", quote, "Quotes")]}
    yield QUOTE_INDEXED, {"Index": [_image(quote)]}


def inserted(items: list[Json]) -> list[Json]:
    """The records of events that were appended."""
    return [_record("INSERT", str(number), item) for number, item in enumerate(items, start=1)]


def _keys_alone(record: Json) -> Json:
    """As of a time that is past on any machine's clock."""
    change = {"Keys": record["dynamodb"]["Keys"], "ApproximateCreationDateTime": 1700000000}
    return {**record, "dynamodb": change}


def _appended(
    behind: Backend, stage: SourceStage, after: str, given: tuple[str, ...] | None = None
) -> list[Json]:
    """All events there are after one of the scenes was played, after its own or after others."""
    stage.begin(*(case(after).expected.get("given", ()) if given is None else given), after)
    return sorted(
        behind.items("EventsTable"),
        key=lambda item: (item["stream"]["S"], int(item["sequence"]["N"])),
    )


def _image(item: Json) -> Json:
    """An item as JSON has it."""
    image: Json = json.loads(json.dumps(item, default=lambda raw: base64.b64encode(raw).decode()))
    return image


KEYS = {"Events": ("stream", "sequence"), "Quotes": ("id",)}
VIEWS = {"Events": "NEW_AND_OLD_IMAGES", "Quotes": "NEW_IMAGE"}


def _record(name: str, number: str, item: Json, table: str = "Events") -> Json:
    image, view = _image(item), VIEWS[table]
    change: Json = {
        "ApproximateCreationDateTime": 1795341600,
        "Keys": {key: image[key] for key in KEYS[table]},
        "SequenceNumber": f"{number:0>21}",
        "SizeBytes": 512,
        "StreamViewType": view,
    }
    if name != "REMOVE":
        change["NewImage"] = image
    if name != "INSERT" and view == "NEW_AND_OLD_IMAGES":
        change["OldImage"] = image
    return {
        "eventID": f"{int(number):032x}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-2",
        "dynamodb": change,
        "eventSourceARN": f"arn:aws:dynamodb:eu-west-2:123456789012:table/{table}/stream/1",
    }
