"""Events are sent again, and nothing that waits is lost by it, whatever comes between."""

import json
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from insurance.operations.notifications import send_waiting
from insurance.operations.notifications.feed_events import FeedWriter
from insurance.operations.notifications.note_events import WebhookNotes

from tests.support.claims import issued
from tests.support.platform import Platform
from tests.support.receiver import Receiver
from tests.support.subscribers import nobody_has_it
from tests.support.webhooks import Sending

CANCELLED = {"effective_on": "2027-03-01", "by": "policyholder", "reason": "sold"}


@pytest.fixture
def replays(platform: Platform, receiver: Receiver) -> str:
    """Where a new webhook is asked for replays."""
    webhook = platform.post("/v1/webhooks", {"url": receiver.url})
    return f"/v1/webhooks/{webhook['id']}/replays"


def cancelled(platform: Platform) -> str:
    policy_id = issued(platform)
    platform.post(f"/v1/policies/{policy_id}/cancellations", CANCELLED)
    return policy_id


def test_an_event_is_replayed_with_those_that_followed_it(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str
):
    policy_id = cancelled(platform)
    other = issued(platform)
    sending.deliver()
    receiver.taken.clear()

    platform.post(replays, {"event_id": f"{policy_id}-1"})
    sending.play(timedelta(minutes=1))
    assert receiver.ids() == [f"{policy_id}-1", f"{policy_id}-2"]

    receiver.taken.clear()
    platform.post(replays, {"event_id": f"{policy_id}-2"})
    sending.play(timedelta(minutes=1))
    assert receiver.ids() == [f"{policy_id}-2"]
    assert receiver.of(other) == []
    sending.deliver()
    sending.look()
    assert receiver.ids() == [f"{policy_id}-2"]


@pytest.mark.parametrize("unknown", ["-9", "x", ""])
def test_an_event_that_the_book_does_not_have_is_not_replayed(
    platform: Platform, receiver: Receiver, unknown: str
):
    webhook = platform.post("/v1/webhooks", {"url": receiver.url}, by="meadow-test")
    policy_id = issued(platform)
    path = f"/v1/webhooks/{webhook['id']}/replays"

    for event_id in (f"{policy_id}-1", f"{policy_id}{unknown or '-2'}"):
        answer = platform.call("POST", path, {"event_id": event_id}, by="meadow-test")
        assert (answer.status, answer.body["errors"][0]["code"]) == (422, "unknown")


def test_a_replay_leaves_what_waits_of_the_object_waiting(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str
):
    policy_id = cancelled(platform)
    receiver.answer = lambda _: 500
    sending.deliver()

    platform.post(replays, {"event_id": f"{policy_id}-2"})
    receiver.answer = lambda _: 204
    sending.play(timedelta(minutes=2))

    assert receiver.of(policy_id) == [1, 2, 2]


def test_of_an_object_that_fails_nothing_is_sent_again_before_what_waits(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str
):
    policy_id = cancelled(platform)
    platform.post(replays, {"event_id": f"{policy_id}-2"})
    receiver.answer = lambda message: 500 if f"{policy_id}-1".encode() in message.body else 204

    sending.deliver()
    sending.play(timedelta(minutes=30))

    assert receiver.of(policy_id) == []


def test_a_replay_before_delivery_noted_the_event_skips_none_before_it(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str
):
    policy_id = cancelled(platform)
    platform.post(replays, {"event_id": f"{policy_id}-2"})
    sending.play(timedelta(minutes=1))
    sending.deliver()

    assert receiver.of(policy_id) == [2, 1, 2]


def test_what_is_noted_while_a_replay_is_stored_is_sent(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str
):
    policy_id = issued(platform)
    sending.deliver()
    store = type(platform.stores.webhooks)
    real = store.change

    def change(*given: Any, **named: Any) -> None:
        platform.post(f"/v1/policies/{policy_id}/cancellations", CANCELLED)
        sending.note()
        real(*given, **named)

    with patch.object(store, "change", change):
        platform.post(replays, {"event_id": f"{policy_id}-1"})
    sending.play(timedelta(minutes=1))

    assert receiver.of(policy_id) == [1, 2, 1]


def test_a_replay_that_comes_while_one_is_sent_is_sent_too(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str
):
    policy_id = cancelled(platform)
    sending.deliver()
    queue = type(sending.ports.queue)
    real, late = queue.passed, [True]
    platform.post(replays, {"event_id": f"{policy_id}-1"})

    def passed(*given: Any, **named: Any) -> Any:
        if late:
            late.clear()
            platform.post(replays, {"event_id": f"{policy_id}-1"})
        return real(*given, **named)

    with patch.object(queue, "passed", passed):
        sending.play(timedelta(minutes=2))

    assert receiver.of(policy_id) == [1, 2] * 3


def test_a_replay_goes_to_the_end_of_a_history_of_several_pages(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str
):
    policy_id = cancelled(platform)
    sending.deliver()
    stored = type(platform.stores.stored_events)
    real = stored.after

    def one(*given: Any, **named: Any) -> Any:
        return real(*given, **named)[:1]

    with patch.object(stored, "after", one):
        platform.post(replays, {"event_id": f"{policy_id}-1"})
        sending.play(timedelta(minutes=1))

    assert receiver.of(policy_id) == [1, 2, 1, 2]


def test_an_event_that_was_set_aside_is_sent_when_it_is_restored(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str
):
    policy_id = cancelled(platform)
    [late] = [e for e in platform.events() if (e.stream, e.sequence) == (policy_id, 1)]
    sending.note(lambda events: [each for each in events if each != late])
    sending.send()
    notes = WebhookNotes(sending.ports.queue, sending.nudges, nobody_has_it, lambda: sending.now)

    notes.take_late(late, sending.now)
    notes.take_late(late, sending.now)
    assert notes.flush() == {}
    sending.send()

    assert receiver.of(policy_id) == [2, 1]


@pytest.fixture
def fed(platform: Platform, sending: Sending, receiver: Receiver, replays: str) -> list[str]:
    """Some business that was sent, as the feed has it: ids of events."""
    assert replays  # the webhook is there before
    for _ in range(3):
        cancelled(platform)
    sending.deliver()
    feeds = FeedWriter(platform.stores.feeds, nobody_has_it, lambda: sending.now)
    for event in platform.events():
        feeds.take(event)
    assert feeds.flush() == {}
    receiver.taken.clear()
    listed = platform.get("/v1/events", query={"limit": "100"})["items"]
    return [each["id"] for each in listed if each["object"]["kind"] != "webhook"]


def assert_sent_once_in_order(receiver: Receiver, told: list[str]) -> None:
    assert sorted(receiver.ids()) == sorted(told)
    for stream in {each.rpartition("-")[0] for each in told}:
        assert receiver.of(stream) == sorted(receiver.of(stream))


def test_from_an_event_on_the_whole_book_is_sent_again_in_the_order_of_each_object(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str, fed: list[str]
):
    platform.post(replays, {"event_id": fed[2], "reach": "book"})
    with patch.object(send_waiting, "TOGETHER", 2):
        sending.play(timedelta(minutes=1))

    assert_sent_once_in_order(receiver, fed[2:])
    receiver.taken.clear()
    sending.play(timedelta(hours=1), timedelta(minutes=10))
    assert receiver.taken == []


@pytest.mark.parametrize("method", ["note_again", "passed", "end_turn"])
def test_a_replay_of_the_book_goes_on_where_a_sender_was_killed(
    platform: Platform,
    sending: Sending,
    receiver: Receiver,
    replays: str,
    fed: list[str],
    method: str,
):
    platform.post(replays, {"event_id": fed[0], "reach": "book"})
    queue = type(sending.ports.queue)
    real, calls = getattr(queue, method), [2 if method != "end_turn" else 1]

    def killed(*given: Any, **named: Any) -> Any:
        calls[0] -= 1
        result = real(*given, **named)
        if not calls[0]:
            raise KeyboardInterrupt
        return result

    with (
        patch.object(send_waiting, "TOGETHER", 3),
        patch.object(queue, method, killed),
        pytest.raises(KeyboardInterrupt),
    ):
        sending.play(timedelta(minutes=1))
    sending.play(timedelta(minutes=5))

    assert_sent_once_in_order(receiver, fed)


def test_a_receiver_that_fails_loses_nothing_of_a_replay_of_the_book(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str, fed: list[str]
):
    receiver.answer = lambda _: 500
    platform.post(replays, {"event_id": fed[0], "reach": "book"})
    with patch.object(send_waiting, "TOGETHER", 2):
        sending.play(timedelta(hours=1), timedelta(minutes=10))
        assert receiver.taken == []
        receiver.answer = lambda _: 204
        sending.play(timedelta(hours=6), timedelta(minutes=10))

    assert_sent_once_in_order(receiver, fed)


def test_a_replay_of_the_book_takes_the_place_of_one_that_goes_on_and_waits_for_a_pause(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str, fed: list[str]
):
    path = replays.removesuffix("/replays")
    platform.post(path, {"status": "paused"})

    for event_id in (fed[0], fed[3]):
        platform.post(replays, {"event_id": event_id, "reach": "book"})
    sending.play(timedelta(minutes=2))
    assert receiver.taken == []
    platform.post(path, {"status": "active"})
    sending.play(timedelta(minutes=1))

    assert_sent_once_in_order(receiver, fed[3:])


@pytest.mark.parametrize("fails_at", [1, 2])
def test_a_second_replay_of_the_book_sends_again_what_the_first_has_sent(
    platform: Platform,
    sending: Sending,
    receiver: Receiver,
    replays: str,
    fed: list[str],
    fails_at: int,
):
    asked = {"event_id": fed[0], "reach": "book"}
    failing = next(each for each in fed if each.endswith("-2")).rpartition("-")[0]
    receiver.answer = lambda message: (
        500 if f"{failing}-{fails_at}".encode() in message.body else 204
    )
    platform.post(replays, asked)
    sending.play(timedelta(minutes=2))
    assert receiver.of(failing) == [*range(1, fails_at)]

    platform.post(replays, asked)
    sending.play(timedelta(minutes=2))
    receiver.answer = lambda _: 204
    sending.play(timedelta(hours=1))

    assert sorted(receiver.ids()) == sorted([*fed, *fed])
    assert receiver.of(failing) == [1, 2, 1, 2]


def test_of_the_book_those_types_alone_are_sent_again_that_the_webhook_takes(
    platform: Platform, sending: Sending, receiver: Receiver, replays: str, fed: list[str]
):
    platform.post(replays.removesuffix("/replays"), {"event_types": ["policy.cancelled"]})

    platform.post(replays, {"event_id": fed[0], "reach": "book"})
    sending.play(timedelta(minutes=1))

    assert len(receiver.ids()) == 3
    assert {json.loads(each.body)["type"] for each in receiver.taken} == {"policy.cancelled"}


def test_an_event_that_the_feed_does_not_keep_is_no_place_to_begin_at(
    platform: Platform, sending: Sending, replays: str
):
    policy_id = issued(platform)
    asked = {"event_id": f"{policy_id}-1", "reach": "book"}

    for _ in range(2):
        answer = platform.call("POST", replays, asked)
        [fault] = answer.body["errors"]
        assert (fault["pointer"], fault["code"]) == ("/event_id", "unknown")
        feeds = FeedWriter(
            platform.stores.feeds, nobody_has_it, lambda: sending.now - timedelta(days=60)
        )
        for event in platform.events():
            feeds.take(event)
        assert feeds.flush() == {}
