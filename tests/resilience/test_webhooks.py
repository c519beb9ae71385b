"""Receivers that are dead, slow, redirect or are gone lose nothing, mix nothing up and hold up nobody."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from insurance import receivers
from insurance.operations.notifications.send_waiting import send_waiting

from tests.support.claims import issued
from tests.support.platform import Platform
from tests.support.receiver import Received, Receiver, receiving
from tests.support.subscribers import nobody_has_it
from tests.support.waiting import ENDED_SECONDS, wait_until
from tests.support.webhooks import Sending

type Json = dict[str, Any]

pytestmark = pytest.mark.xdist_group("resilience")

CANCELLED = {"effective_on": "2027-03-01", "by": "policyholder", "reason": "sold"}
HEALTHY = 9


def created(platform: Platform, receiver: Receiver, **given: Any) -> str:
    return str(platform.post("/v1/webhooks", {"url": receiver.url, **given})["id"])


def status_of(platform: Platform, webhook_id: str) -> tuple[str, str | None]:
    webhook = platform.get(f"/v1/webhooks/{webhook_id}")
    return webhook["status"], webhook.get("off_reason")


def business(platform: Platform, policies: int = 2) -> list[str]:
    """Some policies, each issued and cancelled."""
    ids = [issued(platform) for _ in range(policies)]
    for id in ids:
        platform.post(f"/v1/policies/{id}/cancellations", CANCELLED)
    return ids


def assert_whole_and_in_order(platform: Platform, receiver: Receiver) -> None:
    """It took every event of the partner's feed that is no webhook's, once for each id, in the order of each object."""
    told = [
        each["id"]
        for each in platform.get("/v1/events", query={"limit": "100"})["items"]
        if each["object"]["kind"] != "webhook"
    ]
    assert told
    assert set(receiver.ids()) == set(told)
    for stream in {id.rpartition("-")[0] for id in told}:
        numbers = receiver.of(stream)
        assert numbers == sorted(numbers)


def feed(platform: Platform, sending: Sending) -> None:
    """Deliver to the feed too, so that what was to be sent can be compared with it."""
    from insurance.operations.notifications.feed_events import FeedWriter  # noqa: PLC0415

    feeds = FeedWriter(platform.stores.feeds, nobody_has_it, lambda: sending.now)
    for event in platform.events():
        feeds.take(event)
    assert feeds.flush() == {}


@pytest.mark.parametrize("status", [500, 302, 404])
def test_after_an_outage_of_a_day_everything_is_there_once_and_in_order(
    platform: Platform, sending: Sending, receiver: Receiver, status: int
):
    webhook_id = created(platform, receiver)
    business(platform)
    receiver.answer = lambda _: status
    sending.deliver()
    sending.play(timedelta(hours=12), timedelta(minutes=10))
    business(platform, 1)
    sending.deliver()
    sending.play(timedelta(hours=12), timedelta(minutes=10))
    assert receiver.taken == []
    assert status_of(platform, webhook_id) == ("active", None)

    receiver.answer = lambda _: 204
    sending.play(timedelta(hours=24), timedelta(minutes=10))

    feed(platform, sending)
    assert_whole_and_in_order(platform, receiver)
    assert len(receiver.ids()) == len(set(receiver.ids()))


def test_a_receiver_that_is_down_is_left_alone_for_longer_and_longer(
    platform: Platform, sending: Sending, receiver: Receiver
):
    created(platform, receiver)
    business(platform, 3)
    receiver.answer = lambda _: 500
    sending.deliver()
    first = len(receiver.received)

    sending.play(timedelta(days=1), timedelta(minutes=10))

    assert first == 3  # three objects one after the other, and no more
    assert len(receiver.received) < 60


def test_after_three_days_it_is_switched_off_and_made_active_again_it_gets_all(
    platform: Platform, sending: Sending, receiver: Receiver
):
    webhook_id = created(platform, receiver)
    business(platform)
    receiver.answer = lambda _: 500
    sending.deliver()
    reports = sending.play(timedelta(days=4), timedelta(minutes=30))
    tried = len(receiver.received)

    assert status_of(platform, webhook_id) == ("off", "failed")
    assert sum(each.switched_off for each in reports) == 1
    assert [e.type for e in platform.events() if e.stream == webhook_id][-1:] == [
        "webhook.switched_off"
    ]
    business(platform, 1)
    sending.deliver()
    sending.play(timedelta(days=1), timedelta(hours=1))
    assert len(receiver.received) == tried

    receiver.answer = lambda _: 204
    platform.post(f"/v1/webhooks/{webhook_id}", {"status": "active"})
    sending.look()

    feed(platform, sending)
    assert_whole_and_in_order(platform, receiver)


def test_a_receiver_that_is_gone_is_switched_off_at_once(
    platform: Platform, sending: Sending, receiver: Receiver
):
    webhook_id = created(platform, receiver)
    business(platform)
    receiver.answer = lambda _: 410

    sending.deliver()

    assert len(receiver.received) == 1
    assert status_of(platform, webhook_id) == ("off", "gone")


def test_a_pause_lets_events_wait_and_loses_none(
    platform: Platform, sending: Sending, receiver: Receiver
):
    webhook_id = created(platform, receiver)
    platform.post(f"/v1/webhooks/{webhook_id}", {"status": "paused"})
    business(platform)
    sending.deliver()
    sending.play(timedelta(hours=1))
    assert receiver.received == []

    platform.post(f"/v1/webhooks/{webhook_id}", {"status": "active"})
    sending.look()

    feed(platform, sending)
    assert_whole_and_in_order(platform, receiver)


def test_a_nudge_that_is_lost_costs_a_minute(
    platform: Platform, sending: Sending, receiver: Receiver
):
    created(platform, receiver)
    business(platform)
    sending.note()
    sending.nudges.waiting.clear()

    sending.play(timedelta(minutes=1))

    feed(platform, sending)
    assert_whole_and_in_order(platform, receiver)


class Killed(BaseException):
    """The process ended here."""


@pytest.mark.parametrize("method", ["keep_attempt", "passed", "end_turn", "take_turn"])
@pytest.mark.parametrize("after", [True, False], ids=["after", "before"])
def test_a_sender_that_is_killed_anywhere_is_followed_by_another(
    platform: Platform, sending: Sending, receiver: Receiver, method: str, *, after: bool
):
    created(platform, receiver)
    business(platform)
    sending.note()
    queue = type(sending.ports.queue)
    real, calls = getattr(queue, method), [2 if method in {"keep_attempt", "passed"} else 1]

    def killed(*given: Any, **named: Any) -> Any:
        calls[0] -= 1
        if calls[0] == 0 and not after:
            raise Killed
        result = real(*given, **named)
        if calls[0] == 0:
            raise Killed
        return result

    with patch.object(queue, method, killed), pytest.raises(Killed):
        sending.send()
    sending.play(timedelta(minutes=5))

    feed(platform, sending)
    first = list(dict.fromkeys(receiver.ids()))
    assert len(receiver.ids()) - len(first) <= 1  # the one whose answer nobody noted
    receiver.taken = [next(each for each in receiver.taken if _id(each) == id) for id in first]
    assert_whole_and_in_order(platform, receiver)


def _id(message: Received) -> str:
    return message.headers["webhook-id"]


def test_what_is_noted_while_a_turn_ends_is_sent_in_it(
    platform: Platform, sending: Sending, receiver: Receiver
):
    created(platform, receiver)
    business(platform, 1)
    queue = type(sending.ports.queue)
    real, late = queue.end_turn, [True]

    def end_turn(*given: Any, **named: Any) -> Any:
        if late:
            late.clear()
            business(platform, 1)
            sending.note()
            sending.nudges.waiting.clear()  # it found the turn taken
        return real(*given, **named)

    with patch.object(queue, "end_turn", end_turn):
        sending.deliver()

    feed(platform, sending)
    assert_whole_and_in_order(platform, receiver)


@pytest.mark.parametrize("kind", ["slow", "dead", "redirects", "gone"])
def test_one_bad_receiver_beside_nine_keeps_one_process_and_holds_up_nobody(
    platform: Platform, sending: Sending, kind: str
):
    """As many processes as the template gives; the bad one answers when the nine have everything, or never well."""
    with ExitStack() as stack:
        bad = stack.enter_context(receiving())
        good = [stack.enter_context(receiving()) for _ in range(HEALTHY)]
        # The slow one is no timeout, however long the nine take.
        stack.enter_context(patch.object(receivers, "DEADLINE_SECONDS", ENDED_SECONDS))
        done = Event()

        def answer(_: Received) -> int:
            if kind == "slow":
                assert done.wait(ENDED_SECONDS)
            return {"slow": 204, "dead": 500, "redirects": 307, "gone": 410}[kind]

        bad.answer = answer
        bad_id = created(platform, bad)
        for each in good:
            created(platform, each)
        business(platform)
        feed(platform, sending)
        sending.note()
        # Delivery nudges for each batch: the bad one's messages come first, and often.
        messages = [bad_id] * 20 + sending.nudges.waiting
        sending.nudges.waiting.clear()
        with ThreadPoolExecutor(HEALTHY + 1) as processes:
            running = [processes.submit(send_waiting, id, sending.ports) for id in messages]
            for turn in running:
                if kind != "slow":
                    turn.result(ENDED_SECONDS)
            if kind == "slow":
                wait_until(lambda: all(_is_whole(platform, each) for each in good), bool)
            done.set()
            for turn in running:
                turn.result(ENDED_SECONDS)

        for each in good:
            assert_whole_and_in_order(platform, each)
        if kind == "slow":
            assert_whole_and_in_order(platform, bad)


def _is_whole(platform: Platform, receiver: Receiver) -> bool:
    told = {
        each["id"]
        for each in platform.get("/v1/events", query={"limit": "100"})["items"]
        if each["object"]["kind"] != "webhook"
    }
    return told <= set(receiver.ids())
