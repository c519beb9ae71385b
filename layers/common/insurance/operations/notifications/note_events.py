"""Note for webhooks which events wait for them: a consumer that collects, and notes what it collected together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.events.feed import Feed, Told, feed_of
from insurance.domain.webhook.webhook import takes
from insurance.operations.delivery.streams import Place
from insurance.operations.notifications.feed_events import Now
from insurance.operations.notifications.webhook_ports import Nudges, Part, Taker, WebhookQueue


class _Arrived(NamedTuple):
    """What is told of an event, and when it was appended."""

    told: Told
    appended_at: datetime
    is_late: bool = False


def _is_before(feed: Feed, appended_at: datetime, taker: Taker) -> bool:
    """Whether an event is older than a webhook: a stream may be delivered again from its first event on.

    What is read from the table again was appended at its command's time. In test mode that is the caller's own.
    """
    return feed.mode is Mode.LIVE and appended_at < taker.since


class WebhookNotes:
    """Webhooks as a consumer of events."""

    def __init__(self, queue: WebhookQueue, nudges: Nudges, now: Now) -> None:
        self._queue, self._nudges, self._now = queue, nudges, now
        self._waiting: dict[Feed, list[_Arrived]] = {}

    def take(self, event: Event, appended_at: datetime) -> None:
        """Note the event with the next `flush`, if a partner is told of it."""
        feed = feed_of(event)
        if feed is not None:
            self._waiting.setdefault(feed, []).append(_Arrived(Told.of(event), appended_at))

    def take_late(self, event: Event, appended_at: datetime) -> None:
        """As `take`, an event that was set aside: those behind it were noted already."""
        feed = feed_of(event)
        if feed is not None:
            late = _Arrived(Told.of(event), appended_at, is_late=True)
            self._waiting.setdefault(feed, []).append(late)

    def flush(self) -> Mapping[Place, Exception]:
        """Note what waits; which events were not noted, and why."""
        waiting, self._waiting = self._waiting, {}
        refused: dict[Place, Exception] = {}
        for feed, events in waiting.items():
            try:
                self._note(feed, events)
            except Exception as error:  # what it means is for others to say
                refused |= {(each.told.stream, each.told.sequence): error for each in events}
        return refused

    def _note(self, feed: Feed, events: Sequence[_Arrived]) -> None:
        takers = self._queue.takers(feed)
        noted = []
        for webhook_id, taker in takers.items():
            parts: dict[str, Part] = {}
            late: list[Part] = []
            for told, appended_at, is_late in events:
                if _is_before(feed, appended_at, taker):
                    continue
                if not takes(webhook_id, tuple(taker.types), told.stream, told.type):
                    continue
                if is_late:
                    late.append(Part(told.stream, told.sequence, told.sequence, is_late=True))
                else:
                    first = parts.get(told.stream, Part(told.stream, told.sequence, 0)).first
                    parts[told.stream] = Part(told.stream, first, told.sequence)
            if parts or late:
                self._queue.note(webhook_id, [*parts.values(), *late], now=self._now())
                noted.append(webhook_id)
        if noted:
            self._nudges.nudge(noted)
