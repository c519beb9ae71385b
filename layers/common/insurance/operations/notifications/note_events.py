"""Note for webhooks which events wait for them: a consumer that collects, and notes what it collected together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.events.feed import EventSummary, Feed
from insurance.domain.webhook.webhook import takes
from insurance.operations.delivery.streams import Place
from insurance.operations.notifications.feed_events import Now
from insurance.operations.notifications.told_feeds import PartnersWith, feeds_told
from insurance.operations.notifications.webhook_ports import Nudges, Part, Taker, WebhookQueue


class _Arrived(NamedTuple):
    """An event, and when it was appended."""

    summary: EventSummary
    appended_at: datetime
    is_late: bool


def _is_before(feed: Feed, appended_at: datetime, taker: Taker) -> bool:
    """Whether an event is older than a webhook: a stream may be delivered again from its first event on.

    What is read from the table again was appended at its command's time. In test mode that is the caller's own.
    """
    return feed.mode is Mode.LIVE and appended_at < taker.since


class WebhookNotes:
    """Webhooks as a consumer of events."""

    def __init__(
        self, queue: WebhookQueue, nudges: Nudges, partners_with: PartnersWith, now: Now
    ) -> None:
        self._queue, self._nudges, self._now = queue, nudges, now
        self._partners_with = partners_with
        self._waiting: dict[Feed, list[_Arrived]] = {}

    def take(self, event: Event, appended_at: datetime) -> None:
        """Note the event with the next `flush`, if a partner is told of it."""
        self._take(event, appended_at, is_late=False)

    def take_late(self, event: Event, appended_at: datetime) -> None:
        """As `take`, an event that was set aside: those behind it were noted already."""
        self._take(event, appended_at, is_late=True)

    def flush(self) -> Mapping[Place, Exception]:
        """Note what waits; which events were not noted, and why."""
        waiting, self._waiting = self._waiting, {}
        refused: dict[Place, Exception] = {}
        for feed, events in waiting.items():
            try:
                self._note(feed, events)
            except Exception as error:  # what it means is for others to say
                refused |= {(each.summary.stream, each.summary.sequence): error for each in events}
        return refused

    def _take(self, event: Event, appended_at: datetime, *, is_late: bool) -> None:
        for feed in feeds_told(event, self._partners_with):
            arrived = _Arrived(EventSummary.of(event), appended_at, is_late)
            self._waiting.setdefault(feed, []).append(arrived)

    def _note(self, feed: Feed, events: Sequence[_Arrived]) -> None:
        takers = self._queue.takers(feed)
        noted = []
        for webhook_id, taker in takers.items():
            parts: dict[str, Part] = {}
            late: list[Part] = []
            for summary, appended_at, is_late in events:
                if _is_before(feed, appended_at, taker):
                    continue
                if not takes(webhook_id, tuple(taker.types), summary.stream, summary.type):
                    continue
                if is_late:
                    late.append(
                        Part(summary.stream, summary.sequence, summary.sequence, is_late=True)
                    )
                else:
                    first = parts.get(
                        summary.stream, Part(summary.stream, summary.sequence, 0)
                    ).first
                    parts[summary.stream] = Part(summary.stream, first, summary.sequence)
            if parts or late:
                self._queue.note(webhook_id, [*parts.values(), *late], now=self._now())
                noted.append(webhook_id)
        if noted:
            self._nudges.nudge(noted)
