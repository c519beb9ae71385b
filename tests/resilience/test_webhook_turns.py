"""A turn of a webhook misses nothing that its application does meanwhile, and no event of one object stops another."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from insurance.domain.core.event import Event
from insurance.dynamodb.notifications.webhook_queue import TURN_LASTS
from insurance.operations.delivery.streams import StreamedEvent
from insurance.operations.notifications.send_waiting import SendReport, send_waiting

from tests.support.claims import issued
from tests.support.platform import Platform
from tests.support.receiver import Receiver
from tests.support.webhooks import Sending

CANCELLED = {"effective_on": "2027-03-01", "by": "policyholder", "reason": "sold"}

pytestmark = pytest.mark.xdist_group("resilience")


@pytest.fixture
def path(platform: Platform, receiver: Receiver) -> str:
    asked = {"url": receiver.url, "event_types": ["policy.issued"]}
    return f"/v1/webhooks/{platform.post('/v1/webhooks', asked)['id']}"


@pytest.mark.parametrize("answer", [None, 500, 410], ids=["paused", "down", "gone"])
def test_a_webhook_that_is_made_active_while_its_turn_ends_is_active(
    platform: Platform, sending: Sending, receiver: Receiver, path: str, answer: int | None
):
    ids = sorted(issued(platform) for _ in range(3))
    receiver.answer = lambda _: answer or 204
    if answer is None:
        platform.post(path, {"status": "paused"})
    sending.note()
    queue = type(sending.ports.queue)
    real, late = queue.end_turn, [True]

    def end_turn(*given: Any, **named: Any) -> Any:
        if late:
            late.clear()
            receiver.answer = lambda _: 204
            platform.post(path, {"status": "active"})  # its nudge finds the turn taken
        return real(*given, **named)

    with patch.object(queue, "end_turn", end_turn):
        sending.send()

    assert sorted(receiver.ids()) == [f"{each}-1" for each in ids]
    assert platform.get(path)["status"] == "active"


def test_a_change_while_it_would_be_switched_off_leaves_it_active(
    platform: Platform, sending: Sending, receiver: Receiver, path: str
):
    issued(platform)

    def answer(_: Any) -> int:
        platform.post(path, {"status": "active"})
        return 410

    receiver.answer = answer
    sending.note()
    with patch.object(type(sending.ports.nudges), "nudge"):
        receiver.answer = lambda message: receiver_cured(receiver, answer(message))
        sending.send()

    assert len(receiver.ids()) == 1
    assert platform.get(path)["status"] == "active"


def receiver_cured(receiver: Receiver, status: int) -> int:
    receiver.answer = lambda _: 204
    return status


def test_two_senders_of_one_webhook_send_each_event_once(
    platform: Platform, sending: Sending, receiver: Receiver, path: str
):
    """The second has its message while the first waits for the receiver."""
    ids = sorted(issued(platform) for _ in range(3))
    sending.note()
    webhook_id = path.rpartition("/")[2]
    receiver.answer = lambda _: second(send_waiting(webhook_id, sending.ports), 204)

    sending.send()

    assert receiver.ids() == [f"{each}-1" for each in ids]


def second(report: SendReport, status: int) -> int:
    assert report == SendReport()
    return status


def test_a_sender_whose_turn_is_over_sends_nothing_more(
    platform: Platform, sending: Sending, receiver: Receiver, path: str
):
    """It stood still for so long that another has the turn."""
    policy_id = issued(platform)
    platform.post(path, {"event_types": []})
    platform.post(f"/v1/policies/{policy_id}/cancellations", CANCELLED)
    others = sorted(issued(platform) for _ in range(2))
    sending.note()
    webhook_id = path.rpartition("/")[2]

    def stand_still(_: Any) -> int:
        receiver.answer = lambda _: 204
        sending.now += TURN_LASTS + timedelta(seconds=1)
        send_waiting(webhook_id, sending.ports)
        return 204

    receiver.answer = stand_still
    first, *_ = sending.send()

    assert first.delivered == 1
    sent = receiver.ids()
    in_flight = sent[-1]  # the receiver took it when the other had sent it: an event may come twice
    assert sorted(sent[:-1]) == sorted(set(sent))
    assert in_flight in sent[:-1]
    for stream in (policy_id, *others):
        numbers = [number for number in receiver.of(stream) if f"{stream}-{number}" != in_flight]
        assert numbers == sorted(numbers)


def broken(event: Event) -> Event:
    return event.model_copy(update={"hash": bytes(32)})


def unreadable(_: Event) -> Event:
    raise KeyError("facts")


@pytest.mark.parametrize(("spoil", "reason"), [(broken, "BrokenEvent"), (unreadable, "KeyError")])
def test_an_event_that_cannot_be_read_holds_up_its_object_alone_and_is_sent_when_it_can(
    platform: Platform, sending: Sending, receiver: Receiver, path: str, spoil: Any, reason: str
):
    bad, *good = sorted(issued(platform) for _ in range(5))
    stored = type(platform.stores.stored_events)
    real = stored.after

    def after(*given: Any, **named: Any) -> list[StreamedEvent]:
        return [
            replace(each, read=lambda each=each: spoil(each.read())) if each.stream == bad else each
            for each in real(*given, **named)
        ]

    with patch.object(stored, "after", after):
        [report] = sending.deliver()
        sending.play(timedelta(days=4), timedelta(hours=1))

    assert report.set_aside == [(bad, 1, reason)]
    assert (report.failed, platform.get(path)["status"]) == (0, "active")
    assert receiver.ids() == [f"{each}-1" for each in good]
    sending.play(timedelta(hours=11), timedelta(hours=1))
    assert receiver.ids()[-1] == f"{bad}-1"
