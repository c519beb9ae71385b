"""Events are sent again, and nothing that waits is lost by it, whatever comes between."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
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
