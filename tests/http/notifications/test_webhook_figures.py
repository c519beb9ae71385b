"""What the sender of webhooks tells its operators: what was sent, what failed, what was switched off, and its lag."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from insurance import delivery_bundles, telemetry
from insurance.metrics import Metric

from tests.support.calls import CONTEXT
from tests.support.claims import issued
from tests.support.driving.functions import load
from tests.support.platform import Platform
from tests.support.receiver import Receiver
from tests.support.webhooks import Sending

TYPES = ["policy.issued"]


@dataclass
class Sender:
    """The function, and the figures that it gave."""

    app: ModuleType
    sending: Sending
    figures: Counter[str] = field(default_factory=Counter)

    @property
    def _handler(self) -> Any:
        return self.app.handler.__wrapped__  # apart from what writes figures to the log

    def send(self) -> None:
        """As the queue has it do."""
        waiting, self.sending.nudges.waiting = self.sending.nudges.waiting, []
        records = [{"body": json.dumps({"webhook": each})} for each in dict.fromkeys(waiting)]
        self._handler({"Records": records}, CONTEXT)

    def look(self) -> None:
        """As the schedule has it do."""
        self._handler({"LookForDue": {}}, CONTEXT)


@pytest.fixture
def sender(sending: Sending) -> Iterator[Sender]:
    with patch.object(delivery_bundles, "sending_ports", lambda _clock: sending.ports):
        sender = Sender(load("webhook_delivery"), sending)

    def count(name: Metric, number: float = 1) -> None:
        if name.startswith("Webhooks"):
            sender.figures[name] += int(number)

    with patch.object(telemetry, "count", count), patch.object(telemetry, "seconds", count):
        yield sender


def test_what_is_taken_and_what_fails_is_counted(
    platform: Platform, sending: Sending, sender: Sender, receiver: Receiver
):
    platform.post("/v1/webhooks", {"url": receiver.url, "event_types": TYPES})
    bad, _ = sorted(issued(platform) for _ in range(2))
    receiver.answer = lambda message: 500 if bad.encode() in message.body else 204
    sending.note()

    sender.send()

    assert sender.figures == {
        Metric.WEBHOOKS_SENT: 1,
        Metric.WEBHOOKS_FAILED: 1,
        Metric.WEBHOOKS_OFF: 0,
    }


def test_a_webhook_that_is_switched_off_is_counted(
    platform: Platform, sending: Sending, sender: Sender, receiver: Receiver
):
    platform.post("/v1/webhooks", {"url": receiver.url, "event_types": TYPES})
    issued(platform)
    receiver.answer = lambda _: 410
    sending.note()

    sender.send()

    assert sender.figures[Metric.WEBHOOKS_OFF] == 1


def test_the_lag_is_of_the_sender_and_of_no_receiver(
    platform: Platform, sending: Sending, sender: Sender, receiver: Receiver
):
    platform.post("/v1/webhooks", {"url": receiver.url, "event_types": TYPES})
    issued(platform)
    sending.note()
    sending.now += timedelta(minutes=7)
    sender.look()
    assert sender.figures[Metric.WEBHOOKS_BEHIND] == 7 * 60

    receiver.answer = lambda _: 500
    sender.send()
    sender.figures.clear()
    sending.now += timedelta(seconds=4)
    sender.look()
    assert sender.figures[Metric.WEBHOOKS_BEHIND] == 0
