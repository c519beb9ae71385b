"""Note for webhooks which events wait for them: a consumer that collects, and notes what it collected together."""

from collections.abc import Mapping, Sequence

from insurance.domain.core.event import Event
from insurance.domain.events.feed import Feed, Told, feed_of
from insurance.domain.webhook.webhook import takes
from insurance.operations.delivery.streams import Place
from insurance.operations.notifications.feed_events import Now
from insurance.operations.notifications.webhook_ports import Nudges, Part, WebhookQueue


class WebhookNotes:
    """Webhooks as a consumer of events."""

    def __init__(self, queue: WebhookQueue, nudges: Nudges, now: Now) -> None:
        self._queue, self._nudges, self._now = queue, nudges, now
        self._waiting: dict[Feed, list[Told]] = {}

    def take(self, event: Event) -> None:
        """Note the event with the next `flush`, if a partner is told of it."""
        feed = feed_of(event)
        if feed is not None:
            self._waiting.setdefault(feed, []).append(Told.of(event))

    def flush(self) -> Mapping[Place, Exception]:
        """Note what waits; which events were not noted, and why."""
        waiting, self._waiting = self._waiting, {}
        refused: dict[Place, Exception] = {}
        for feed, events in waiting.items():
            try:
                self._note(feed, events)
            except Exception as error:  # what it means is for others to say
                refused |= {(told.stream, told.sequence): error for told in events}
        return refused

    def _note(self, feed: Feed, events: Sequence[Told]) -> None:
        takers = self._queue.takers(feed)
        noted = []
        for webhook_id, types in takers.items():
            parts: dict[str, Part] = {}
            for told in events:
                if takes(webhook_id, tuple(types), told.stream, told.type):
                    first = parts.get(told.stream, Part(told.stream, told.sequence, 0)).first
                    parts[told.stream] = Part(told.stream, first, told.sequence)
            if parts:
                self._queue.note(webhook_id, list(parts.values()), now=self._now())
                noted.append(webhook_id)
        if noted:
            self._nudges.nudge(noted)
