"""Webhooks: what happens in a partner's book is sent to its applications, signed and in order."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Self
from unittest.mock import patch

import pytest
from insurance.domain.core.identity import Mode
from insurance.domain.events.feed import Feed
from insurance.domain.webhook.webhook import WEBHOOKS_MAX
from insurance.operations.notifications.note_events import WebhookNotes
from standardwebhooks import webhooks
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.support.claims import issued
from tests.support.platform import Platform
from tests.support.receiver import Received, Receiver, receiving
from tests.support.subscribers import nobody_has_it
from tests.support.webhooks import Sending

type Json = dict[str, Any]


def created(platform: Platform, receiver: Receiver, **given: Any) -> Json:
    return platform.post("/v1/webhooks", {"url": receiver.url, **given})


def test_an_issued_policy_is_sent_thin_and_signed(
    platform: Platform, sending: Sending, receiver: Receiver
):
    webhook = created(platform, receiver, event_types=["policy.issued"])
    policy_id = issued(platform)

    sending.deliver()

    [message] = receiver.taken
    content = Webhook(webhook["secret"]).verify(message.body, message.headers)
    assert content == {
        "type": "policy.issued",
        "timestamp": content["timestamp"],
        "data": {
            "id": f"{policy_id}-1",
            "object": {"kind": "policy", "id": policy_id},
            "sequence": 1,
        },
    }
    assert message.headers["webhook-id"] == f"{policy_id}-1"
    assert message.path == "/events"


def test_the_reference_refuses_whatever_was_altered(
    platform: Platform, sending: Sending, receiver: Receiver
):
    webhook = created(platform, receiver, event_types=["policy.issued"])
    other = created(platform, receiver, event_types=["claim.settled"])
    issued(platform)
    sending.deliver()
    [message] = receiver.taken
    known = Webhook(webhook["secret"])
    known.verify(message.body, message.headers)

    altered = list(alterations(message))
    assert len(altered) == 9
    for body, headers in altered:
        with pytest.raises(WebhookVerificationError):
            known.verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other["secret"]).verify(message.body, message.headers)


def alterations(message: Received) -> Iterator[tuple[bytes, dict[str, str]]]:
    """Nine ways in which somebody between may change a message; the tenth is another's secret."""
    headers, body = message.headers, message.body
    timestamp = int(headers["webhook-timestamp"])
    signature = headers["webhook-signature"].removeprefix("v1,")
    turned = base64.b64encode(base64.b64decode(signature)[::-1]).decode()
    yield body + b" ", headers
    yield body.replace(b"policy.issued", b"policy.lapsed"), headers
    yield b"{}", headers
    yield body, headers | {"webhook-id": "pol_test_0000000000000000-1"}
    yield body, headers | {"webhook-timestamp": str(timestamp + 1)}
    yield body, headers | {"webhook-timestamp": str(timestamp - 600)}
    yield body, headers | {"webhook-signature": f"v1,{turned}"}
    yield body, headers | {"webhook-signature": f"v2,{signature}"}
    yield body, {name: text for name, text in headers.items() if name != "webhook-signature"}


def test_the_secret_is_answered_once(platform: Platform, receiver: Receiver):
    first = platform.call("POST", "/v1/webhooks", {"url": receiver.url}, key="one")
    again = platform.call("POST", "/v1/webhooks", {"url": receiver.url}, key="one")
    webhook = first.body
    read = platform.get(f"/v1/webhooks/{webhook['id']}")

    assert webhook["secret"].startswith("whsec_")
    assert webhook["secret_state"] == "shown"
    assert "secret" not in again.body
    assert again.body["secret_state"] == "shown_before"
    assert again.body["id"] == webhook["id"]
    assert again.replayed
    assert "secret" not in read


def test_no_table_holds_a_secret(platform: Platform, dynamodb: Any, receiver: Receiver):
    secret = created(platform, receiver)["secret"]
    raw = base64.b64decode(secret.removeprefix("whsec_"))

    for table in platform.tables.values():
        for item in dynamodb.scan(TableName=table)["Items"]:
            assert secret not in str(item)
            assert secret.removeprefix("whsec_") not in str(item)
            assert raw not in str(item).encode()


def test_events_are_sent_once_in_the_order_of_their_object_however_often_they_are_noted(
    platform: Platform, sending: Sending, receiver: Receiver
):
    created(platform, receiver)
    policy_id = issued(platform)
    platform.post(f"/v1/policies/{policy_id}/cancellations", CANCELLED)

    sending.deliver()
    sending.note(lambda events: events[::-1])
    sending.deliver()

    assert receiver.of(policy_id) == [1, 2]
    assert len(receiver.received) == len(set(receiver.ids()))


CANCELLED = {"effective_on": "2027-03-01", "by": "policyholder", "reason": "sold"}


def test_another_partner_and_another_application_get_nothing_and_see_nothing(
    platform: Platform, sending: Sending, receiver: Receiver
):
    webhook = platform.post("/v1/webhooks", {"url": receiver.url}, by="meadow-test")
    issued(platform)

    sending.deliver()

    assert receiver.received == []
    path = f"/v1/webhooks/{webhook['id']}"
    for by in ("harbour-test", "pebble-test"):
        assert platform.call("GET", path, by=by).code == "webhook-not-found"
        assert platform.call("GET", f"{path}/attempts", by=by).code == "webhook-not-found"
        assert platform.get("/v1/webhooks", by=by)["items"] == []
        for step in ("", "/secrets", "/tests"):
            assert platform.refused(f"{path}{step}", {}, by=by) == "webhook-not-found"


def test_a_developer_sees_those_of_every_application_of_their_partner_and_changes_none(
    platform: Platform, sending: Sending, receiver: Receiver
):
    webhook = platform.post("/v1/webhooks", {"url": receiver.url}, by="harbour-test")
    path = f"/v1/webhooks/{webhook['id']}"

    assert [each["id"] for each in platform.get("/v1/webhooks", by="dora-test")["items"]] == [
        webhook["id"]
    ]
    assert "secret" not in platform.get(path, by="dora-test")
    platform.post(f"{path}/tests", by="dora-test")
    sending.deliver()
    [attempt] = platform.get(f"{path}/attempts", by="dora-test")["items"]
    assert (attempt["type"], attempt["outcome"]) == ("webhook.tested", "delivered")
    for step in ("", "/secrets"):
        assert platform.refused(f"{path}{step}", {}, by="dora-test") == "no-authority"

    assert platform.get("/v1/webhooks", by="milo-test")["items"] == []
    for step in ("", "/attempts"):
        assert platform.call("GET", f"{path}{step}", by="milo-test").code == "webhook-not-found"
    assert platform.refused(f"{path}/tests", {}, by="milo-test") == "webhook-not-found"


def test_a_test_is_sent_to_the_webhook_alone_whatever_it_takes(
    platform: Platform, sending: Sending, receiver: Receiver
):
    with receiving() as other:
        webhook = created(platform, receiver, event_types=["claim.settled"])
        created(platform, other)

        platform.post(f"/v1/webhooks/{webhook['id']}/tests")
        sending.deliver()

        [message] = receiver.taken
        assert json.loads(message.body)["type"] == "webhook.tested"
        assert other.received == []


def test_what_fails_is_tried_again_later_and_keeps_its_order(
    platform: Platform, sending: Sending, receiver: Receiver
):
    created(platform, receiver, event_types=["policy.issued", "policy.cancelled"])
    receiver.answer = lambda _: 500
    policy_id = issued(platform)
    platform.post(f"/v1/policies/{policy_id}/cancellations", CANCELLED)

    sending.deliver()
    assert [each.headers["webhook-id"] for each in receiver.received] == [f"{policy_id}-1"]
    sending.look()
    assert len(receiver.received) == 1  # it is not due yet
    receiver.answer = lambda _: 204
    sending.now += timedelta(seconds=6)
    sending.look()

    assert receiver.ids() == [f"{policy_id}-1", f"{policy_id}-2"]


def test_one_object_that_is_refused_holds_up_no_other(
    platform: Platform, sending: Sending, receiver: Receiver
):
    created(platform, receiver, event_types=["policy.issued"])
    bad, good = sorted([issued(platform), issued(platform)])
    receiver.answer = lambda message: 500 if bad.encode() in message.body else 204

    sending.deliver()

    assert receiver.ids() == [f"{good}-1"]


def test_attempts_are_listed_the_newest_first(
    platform: Platform, sending: Sending, receiver: Receiver
):
    webhook = created(platform, receiver, event_types=["policy.issued"])
    receiver.answer = lambda _: 503
    policy_id = issued(platform)
    sending.deliver()
    receiver.answer = lambda _: 200
    sending.now += timedelta(seconds=6)
    sending.look()

    path = f"/v1/webhooks/{webhook['id']}/attempts"
    listed = platform.get(path)["items"]
    first = platform.get(path, query={"limit": "1"})
    second = platform.get(path, query={"limit": "1", "after": first["next"]})

    assert [each["outcome"] for each in listed] == ["delivered", "refused"]
    assert [each["status_code"] for each in listed] == [200, 503]
    assert {each["event_id"] for each in listed} == {f"{policy_id}-1"}
    assert [*first["items"], *second["items"]] == listed


def test_two_secrets_sign_for_a_day_and_then_the_newest_alone(
    platform: Platform, sending: Sending, receiver: Receiver
):
    webhook = created(platform, receiver, event_types=["policy.issued"])
    added = platform.post(f"/v1/webhooks/{webhook['id']}/secrets")
    issued(platform)
    sending.deliver()
    sending.now += timedelta(hours=25)
    issued(platform)
    sending.deliver()

    first, second = receiver.taken
    assert len(first.headers["webhook-signature"].split()) == 2
    for secret in (webhook["secret"], added["secret"]):
        Webhook(secret).verify(first.body, first.headers)
    assert len(second.headers["webhook-signature"].split()) == 1
    later = second.headers | {"webhook-timestamp": second.headers["webhook-timestamp"]}
    with clock_of_the_reference(sending):
        Webhook(added["secret"]).verify(second.body, later)
        with pytest.raises(WebhookVerificationError):
            Webhook(webhook["secret"]).verify(second.body, later)


def clock_of_the_reference(sending: Sending) -> Any:
    """The reference refuses what is not of the last five minutes."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Self:
            return cls.fromtimestamp(sending.now.timestamp(), tz)

    return patch.object(webhooks, "datetime", Clock)


def test_an_added_secret_is_answered_once_too(platform: Platform, receiver: Receiver):
    webhook = created(platform, receiver)
    path = f"/v1/webhooks/{webhook['id']}/secrets"

    first = platform.call("POST", path, {}, key="another")
    again = platform.call("POST", path, {}, key="another")

    assert first.body["secret"] not in {webhook["secret"], None}
    assert ("secret" in again.body, again.body["secret_state"]) == (False, "shown_before")


def test_a_partner_has_so_many_webhooks_and_no_more(platform: Platform, receiver: Receiver):
    for _ in range(WEBHOOKS_MAX):
        created(platform, receiver)

    assert platform.refused("/v1/webhooks", {"url": receiver.url}) == "too-many-webhooks"
    listed = platform.get("/v1/webhooks", query={"limit": "7"})
    ids = [each["id"] for each in listed["items"]]
    while "next" in listed:
        listed = platform.get("/v1/webhooks", query={"limit": "7", "after": listed["next"]})
        ids += [each["id"] for each in listed["items"]]
    assert len(ids) == len(set(ids)) == WEBHOOKS_MAX


def test_a_change_holds_from_the_next_event_on(
    platform: Platform, sending: Sending, receiver: Receiver
):
    with receiving() as other:
        webhook = created(platform, receiver, event_types=["claim.settled"])
        path = f"/v1/webhooks/{webhook['id']}"
        read = platform.call("GET", path)
        issued(platform)
        sending.deliver()

        change = {"url": other.url, "event_types": ["policy.issued"]}
        platform.call("POST", path, change, headers={"If-Match": read.headers["ETag"]})
        policy_id = issued(platform)
        sending.note(lambda events: [each for each in events if each.stream == policy_id])
        sending.send()

        assert receiver.received == []
        assert other.ids() == [f"{policy_id}-1"]
        stale = platform.call("POST", path, change, headers={"If-Match": read.headers["ETag"]})
        assert stale.status == 412


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"url": "https://10.0.0.1/x"}, "/url", "not-public"),
        ({"url": "http://receiver.example/x"}, "/url", "not-https"),
        ({"url": "https://receiver.example/?a=1"}, "/url", "wrong-form"),
        ({"url": "https://receiver.example/", "event_types": ["no.such"]}, "/event_types/0", None),
        ({"url": "https://receiver.example/", "status": "off"}, "/status", None),
        ({"event_types": []}, "/url", "required"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_with_its_place(
    platform: Platform, body: Json, pointer: str, code: str | None
):
    answer = platform.call("POST", "/v1/webhooks", body)

    [fault] = answer.body["errors"]
    assert (answer.status, fault["pointer"]) == (422, pointer)
    assert code in {None, fault["code"]}


def test_in_live_mode_nothing_of_a_test_book_is_sent(
    platform: Platform, sending: Sending, receiver: Receiver
):
    webhook = platform.post("/v1/webhooks", {"url": receiver.url}, by="harbour-live", clock=None)
    issued(platform)

    sending.deliver()

    assert not webhook["id"].startswith("whk_test_")
    assert receiver.received == []


@pytest.mark.parametrize(("mode", "sent"), [(Mode.LIVE, False), (Mode.TEST, True)])
def test_what_is_older_than_the_webhook_is_not_sent_when_a_stream_is_delivered_again(
    platform: Platform, sending: Sending, receiver: Receiver, mode: Mode, *, sent: bool
):
    """In test mode nobody knows: the time of an event is the caller's own."""
    created(platform, receiver)
    issued(platform)
    event = next(each for each in platform.events() if each.type == "policy.issued")
    queue = sending.ports.queue
    listed = queue.takers(Feed(Mode.TEST, "harbour"))
    notes = WebhookNotes(sending.ports.queue, sending.nudges, nobody_has_it, lambda: sending.now)
    with patch.object(type(queue), "takers", lambda *_: listed):
        notes.take(event.model_copy(update={"mode": mode}), sending.now - timedelta(days=2))
        assert notes.flush() == {}

    assert bool(sending.nudges.waiting) is sent
