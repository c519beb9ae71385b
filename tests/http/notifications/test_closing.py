"""A webhook that is closed is so for good: nothing is sent to it, nothing waits for it, and its secrets are gone."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from insurance.domain.webhook.webhook import WEBHOOKS_MAX

from tests.support.claims import issued
from tests.support.platform import Platform
from tests.support.receiver import Receiver
from tests.support.webhooks import Sending

CLOSED = {"status": "closed"}


@pytest.fixture
def path(platform: Platform, receiver: Receiver) -> str:
    return f"/v1/webhooks/{platform.post('/v1/webhooks', {'url': receiver.url})['id']}"


def test_nothing_more_is_sent_and_nobody_looks_for_it(
    platform: Platform, sending: Sending, receiver: Receiver, path: str
):
    issued(platform)
    sending.note()  # this waits when it is closed

    closed = platform.post(path, CLOSED)

    assert closed["status"] == "closed"
    assert sending.ports.queue.due(sending.now) == []
    issued(platform)
    sending.deliver()
    sending.play(timedelta(hours=1), timedelta(minutes=10))
    assert receiver.received == []
    last = [each.type for each in platform.events() if each.stream == path.rpartition("/")[2]][-1]
    assert last == "webhook.closed"


def test_it_has_no_secret_any_more(platform: Platform, dynamodb: Any, path: str):
    platform.post(f"{path}/secrets")
    platform.post(path, CLOSED)

    key = {"id": {"S": path.rpartition("/")[2]}, "place": {"S": "webhook"}}
    item = dynamodb.get_item(TableName=platform.tables["webhooks"], Key=key)["Item"]
    assert item["secrets"] == {"L": []}


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("", {"status": "active"}),
        ("", CLOSED),
        ("/secrets", {}),
        ("/tests", {}),
        ("/replays", {"event_id": "pol_test_m2kebdx4jz36n8e7-1"}),
    ],
)
def test_nothing_follows(platform: Platform, path: str, step: str, body: dict[str, Any]):
    platform.post(path, CLOSED)

    assert platform.refused(f"{path}{step}", body) == "wrong-state"


def test_it_is_read_and_listed_no_more_and_leaves_room_for_another(
    platform: Platform, receiver: Receiver, path: str
):
    for _ in range(WEBHOOKS_MAX - 1):
        platform.post("/v1/webhooks", {"url": receiver.url})
    assert platform.refused("/v1/webhooks", {"url": receiver.url}) == "too-many-webhooks"

    platform.post(path, CLOSED)

    assert platform.get(path)["status"] == "closed"
    listed = {each["id"] for each in platform.get("/v1/webhooks")["items"]}
    assert path.rpartition("/")[2] not in listed
    assert platform.post("/v1/webhooks", {"url": receiver.url})["status"] == "active"


def test_what_was_noted_or_sent_meanwhile_has_it_looked_at_once_and_no_more(
    platform: Platform, sending: Sending, receiver: Receiver, path: str
):
    """Delivery had read that it is there; and the sender fails while it is closed."""
    issued(platform)
    sending.note()

    def closes(_: Any) -> int:
        receiver.answer = lambda _: 500
        platform.post(path, CLOSED)
        return 500

    receiver.answer = closes
    sending.send()
    tried = len(receiver.received)
    queue = sending.ports.queue
    assert queue.due(sending.now + timedelta(days=1)) == []

    with patch.object(type(queue), "takers", _as_before(platform, path)):
        issued(platform)
        sending.deliver()

    assert len(receiver.received) == tried
    assert queue.due(sending.now + timedelta(days=1)) == []


@pytest.mark.parametrize("status", ["closed", "paused"])
def test_a_sender_that_is_on_its_way_sends_no_other_message(
    platform: Platform, sending: Sending, receiver: Receiver, path: str, status: str
):
    for _ in range(3):
        issued(platform)
    sending.note()

    def ends(_: Any) -> int:
        receiver.answer = lambda _: 204
        platform.post(path, {"status": status})
        return 204

    receiver.answer = ends
    sending.send()

    assert len(receiver.received) == 1


def test_a_sender_that_is_on_its_way_goes_on_to_a_changed_address(
    platform: Platform, sending: Sending, receiver: Receiver, path: str
):
    issued(platform)
    sending.note()

    def moves(_: Any) -> int:
        receiver.answer = lambda _: 204
        platform.post(path, {"url": f"{receiver.url}/moved"})
        return 204

    receiver.answer = moves
    sending.send()

    first, *others = (each.path for each in receiver.received)
    assert (first, {*others}) == ("/events", {"/events/moved"})


def _as_before(platform: Platform, path: str) -> Any:
    from insurance.operations.notifications.webhook_ports import Taker  # noqa: PLC0415

    return lambda *_: {path.rpartition("/")[2]: Taker([], platform.now)}
