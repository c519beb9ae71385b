"""Webhooks on a platform: what delivery notes for them, and the sender, at a time that is played."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from insurance.domain.core.event import Event
from insurance.operations.notifications.note_events import WebhookNotes
from insurance.operations.notifications.send_waiting import SendReport, send_waiting
from insurance.operations.notifications.webhook_ports import SendingPorts
from insurance.receivers import HttpReceivers, Resolve
from insurance.webhook_secrets import WebhookSecrets

from tests.fakes.webhooks import RememberedNudges, resolve
from tests.support.platform import Platform
from tests.support.receiver import LOOPBACK
from tests.support.subscribers import nobody_has_it

type Json = dict[str, Any]


@dataclass
class Sending:
    """Delivery's notes and the sender, on a platform's tables."""

    platform: Platform
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    nudges: RememberedNudges = field(default_factory=RememberedNudges)
    resolve: Resolve = resolve
    delivered: int = 0
    """How many of the platform's events were delivered so far."""

    @property
    def ports(self) -> SendingPorts:
        stores = self.platform.stores
        return SendingPorts(
            webhooks=stores.webhooks,
            queue=stores.webhook_queue,
            secrets=WebhookSecrets(self.platform.parts.keys),
            receivers=HttpReceivers({LOOPBACK}, resolve=self.resolve),
            nudges=self.nudges,
            feeds=stores.feeds,
            stored=stores.stored_events,
            clock=lambda: self.now,
        )

    def note(self, order: Callable[[list[Event]], list[Event]] = list) -> None:
        """Note every event of the platform, from the first one on: they may come more than once."""
        notes = WebhookNotes(self.ports.queue, self.nudges, nobody_has_it, lambda: self.now)
        for event in order(self.platform.events()):
            notes.take(event, self.now)
        assert notes.flush() == {}

    def send(self) -> list[SendReport]:
        """Do what the messages say."""
        reports = []
        while self.nudges.waiting:
            waiting, self.nudges.waiting = self.nudges.waiting, []
            reports += [send_waiting(each, self.ports) for each in dict.fromkeys(waiting)]
        return reports

    def deliver(self) -> list[SendReport]:
        """Note what happened, and send it."""
        self.note()
        return self.send()

    def look(self) -> list[SendReport]:
        """What the schedule does each minute."""
        self.nudges.nudge([each.id for each in self.ports.queue.due(self.now)])
        return self.send()

    def play(self, lasts: timedelta, step: timedelta = timedelta(minutes=1)) -> list[SendReport]:
        """Let time go by; the schedule looks at each step, however long nothing is due."""
        reports: list[SendReport] = []
        end = self.now + lasts
        while self.now < end:
            self.now += step
            reports += self.look()
        return reports
