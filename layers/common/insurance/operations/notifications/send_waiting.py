"""Send what waits for one webhook: of each object in order, and of the others whatever becomes of one."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final, NamedTuple

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import mode_of
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.events.feed import EventSummary, Feed, is_told_to
from insurance.domain.events.message import Message
from insurance.domain.partner.application import ApplicationStatus
from insurance.domain.webhook.event_types import WebhookEventType
from insurance.domain.webhook.retries import is_given_up, pause_after
from insurance.domain.webhook.webhook import OffReason, WebhookStatus
from insurance.operations.delivery.deliver_streams import whole
from insurance.operations.delivery.streams import StreamedEvent
from insurance.operations.notifications.change_webhook import webhook_event
from insurance.operations.notifications.webhook_ports import (
    BookReplay,
    FullWebhook,
    Outcome,
    Part,
    SendAttempt,
    SendingPorts,
    Turn,
    WaitingEvents,
    WebhookChange,
)

FAILURES_MAX: Final = 3
"""Of objects one after the other, after which the receiver counts as down."""
TOGETHER: Final = 50
"""Events of a whole book that are noted together for being sent once more."""
STANDING_AGAIN: Final = timedelta(minutes=10)
"""After which it is looked whether a suspended application was resumed."""
SENDING_LASTS: Final = timedelta(seconds=30)
"""Longer than one message takes, its name and its notes included: it is not begun so near to the end of a turn."""
DOWN: Final = frozenset({Outcome.TIMED_OUT, Outcome.UNREACHABLE, Outcome.ADDRESS_REFUSED})
"""Outcomes after one of which it does."""


class SendReport(NamedTuple):
    """What came of a turn."""

    delivered: int = 0
    failed: int = 0
    switched_off: bool = False
    set_aside: Sequence[tuple[str, int, str]] = ()
    """Events that cannot be read, each by its object and number, and why: what follows them waits with them."""


class _End(Enum):
    """Why nothing more is sent in this turn."""

    ALL_TRIED = auto()
    DOWN = auto()
    OFF = auto()
    TIME_IS_UP = auto()


def send_waiting(
    webhook_id: str, ports: SendingPorts, *, time_is_up: Callable[[], bool] = lambda: False
) -> SendReport:
    """Send what waits, unless another process does just now. Safe to repeat: an event may come twice, with one id."""
    turn = ports.queue.take_turn(webhook_id, now=ports.clock())
    if turn is None:
        return SendReport()
    sending = _Sending(ports.webhooks.full(webhook_id), turn, ports, time_is_up)
    sending.run()
    return SendReport(sending.delivered, sending.failed, sending.switched_off, sending.set_aside)


class _Sending:
    """One turn of one webhook."""

    def __init__(
        self, full: FullWebhook, turn: Turn, ports: SendingPorts, time_is_up: Callable[[], bool]
    ) -> None:
        self._full, self._turn, self._ports = full, turn, ports
        self._time_is_up = time_is_up
        self._in_a_row = 0
        self._due: datetime | None = None
        self._held = ""
        self.delivered = self.failed = 0
        self.switched_off = False
        self.set_aside: list[tuple[str, int, str]] = []

    def run(self) -> None:
        """Send until nothing is left to be tried, and give the turn back.

        Whatever its application asks for meanwhile, as to make it active, is seen before that.
        """
        queue, end = self._ports.queue, self._round()
        while (found := queue.end_turn(self._turn, due=self._due)) is not None:
            if found.wakes != self._turn.wakes:
                self._turn, self._full = found, self._ports.webhooks.full(found.webhook_id)
                end = self._round()
                continue
            self._turn = self._turn._replace(noted=found.noted)
            if end is _End.ALL_TRIED:  # what was noted may stand behind where we were
                end = self._round()
        if end is _End.TIME_IS_UP:
            self._ports.nudges.nudge([self._turn.webhook_id])

    def _round(self) -> _End:
        """Try what is due once; `_due` says when to look again."""
        self._webhook, self._due = self._full.stored.record, None
        self._off: OffReason | None = None
        if self._webhook.status is not WebhookStatus.ACTIVE:
            return _End.OFF
        standing = self._ports.webhooks.standing(self._webhook)
        if standing not in {None, ApplicationStatus.ACTIVE}:
            if standing is not ApplicationStatus.CANCELLED:  # which nothing follows
                self._due = self._ports.clock() + STANDING_AGAIN
            return _End.OFF
        if self._turn.retry_at is not None and self._ports.clock() < self._turn.retry_at:
            self._due = self._turn.retry_at
            return _End.DOWN
        end = self._send_all()
        if end is _End.OFF:
            self._due = None
        if end is _End.TIME_IS_UP:
            self._due = self._ports.clock()
        if end is _End.DOWN:
            self._due = self._is_down()
        if self._off is not None:
            self._switch_off(self._off)
        return end

    def _is_down(self) -> datetime:
        """Nothing is tried for a while; when it is again."""
        now, turn = self._ports.clock(), self._turn
        since, failures = turn.failing_since or now, turn.failures + 1
        if is_given_up(since, now):
            self._off = OffReason.FAILED
        retry_at = now + pause_after(failures)
        self._turn = turn._replace(failures=failures, failing_since=since, retry_at=retry_at)
        return retry_at

    def _switch_off(self, reason: OffReason) -> None:
        off = self._webhook.switched_off(reason)
        before = self._full.stored
        event = webhook_event(
            off, WebhookEventType.SWITCHED_OFF, before, actor=SYSTEM_ACTOR, now=self._ports.clock()
        )
        try:
            self._ports.webhooks.change(
                event, off, before=self._full, change=WebhookChange(), command=None
            )
        except StaleRevision:  # its application changed it meanwhile: that may be the cure
            self._due = self._ports.clock()
            return
        self.switched_off, self._due = True, None

    def _send_all(self) -> _End:
        """Try every object that is due, once; then the same with what of the book is to be sent once more."""
        while (end := self._send_objects()) is _End.ALL_TRIED and self._turn.book is not None:
            self._note_book(self._turn.book)
        return end

    def _note_book(self, book: BookReplay) -> None:
        """Note the next events of the book that are to be sent once more."""
        webhook = self._webhook
        feed = Feed(mode_of(webhook.id), webhook.partner)
        numbers = range(book.next, min(book.next + TOGETHER, book.last + 1))
        parts: dict[str, Part] = {}
        for _, summary in self._ports.feeds.read(feed, numbers):
            stream, number = summary.stream, summary.sequence
            if webhook.takes(stream, summary.type):
                parts[stream] = parts.get(stream, Part(stream, number, number))._replace(
                    last=number
                )
        after = book._replace(next=numbers.stop)
        turn = self._ports.queue.note_again(self._turn, [*parts.values()], after)
        self._turn = turn or self._turn._replace(book=None)  # else the end of the turn says more

    def _send_objects(self) -> _End:
        """Try every object that is due, once."""
        self._due, self._held, after = None, "", ""
        while page := self._ports.queue.waiting(self._turn.webhook_id, after=after):
            for each in page:
                waiting = self._since_woken(each)
                if waiting.stream == self._held:
                    continue
                if waiting.retry_at is not None and self._ports.clock() < waiting.retry_at:
                    self._hold(waiting, waiting.retry_at)
                elif (end := self._send_object(waiting)) is not None:
                    return end
            after = page[-1].place
        return _End.ALL_TRIED

    def _since_woken(self, waiting: WaitingEvents) -> WaitingEvents:
        """Without failures from before the webhook was made active again."""
        since, woken_at = waiting.failing_since, self._turn.woken_at
        if since is None or woken_at is None or since >= woken_at:
            return waiting
        return waiting._replace(failures=0, failing_since=None, retry_at=None)

    def _send_object(self, waiting: WaitingEvents) -> _End | None:
        """Send what waits of one object, in order, until an event cannot be delivered."""
        left = waiting
        while True:
            reached = left.first - 1 if left.is_again else max(left.delivered, left.first - 1)
            page = self._ports.stored.after(left.stream, reached, last=left.last)
            for arrived in page:
                if self._time_is_up() or self._ports.clock() > self._turn.ends - SENDING_LASTS:
                    return _End.TIME_IS_UP
                if not self._is_still_active():
                    return _End.OFF
                event = self._read(arrived)
                if event is None:
                    self._hold_failed(left._replace(failing_since=None))
                    return None
                if not self._is_done_with(event):
                    return self._failed(left)
                if (after := self._passed(left, arrived.sequence)) is None:
                    return None
                left = after
            if not page:
                if (after := self._passed(left, left.last)) is None:
                    return None
                left = after

    def _is_still_active(self) -> bool:
        """Whether its application has not closed or paused the webhook meanwhile. Its address and types are as they
        are by now."""
        self._webhook = self._ports.webhooks.full(self._turn.webhook_id).stored.record
        return self._webhook.status is WebhookStatus.ACTIVE

    def _passed(self, waiting: WaitingEvents, sequence: int) -> WaitingEvents | None:
        return self._ports.queue.passed(self._turn.webhook_id, waiting, sequence)

    def _read(self, arrived: StreamedEvent) -> Event | None:
        """The event; None: it cannot be read, which is no fault of the receiver."""
        try:
            return whole(arrived)
        except Exception as error:
            self.set_aside.append((arrived.stream, arrived.sequence, type(error).__name__))
            return None

    def _is_done_with(self, event: Event) -> bool:
        """Whether the event was delivered, or is none for this webhook."""
        own = Feed(event.mode, self._webhook.partner)
        if not is_told_to(event, own) or not self._webhook.takes(event.stream, event.type):
            return True
        summary = EventSummary.of(event)
        self._outcome = self._send(summary)
        if self._outcome is not Outcome.DELIVERED:
            self.failed += 1
            return False
        self.delivered += 1
        self._in_a_row = 0
        if self._turn.failures:
            self._turn = self._turn._replace(failures=0, failing_since=None, retry_at=None)
        return True

    def _send(self, summary: EventSummary) -> Outcome:
        message, began = Message.of(summary), self._ports.clock()
        live = [each for each in self._full.secrets if each.until is None or began < each.until]
        secrets = [self._ports.secrets.reveal(each, self._webhook.id) for each in live]
        answered = self._ports.receivers.send(
            self._webhook.url, message.headers(secrets, began), message.body
        )
        took = self._ports.clock() - began
        attempt = SendAttempt(
            event_id=summary.id,
            type=summary.type,
            outcome=answered.outcome,
            status=answered.status,
            at=began,
            milliseconds=round(took.total_seconds() * 1000),
        )
        self._ports.queue.keep_attempt(self._webhook.id, attempt)
        return answered.outcome

    def _failed(self, waiting: WaitingEvents) -> _End | None:
        """Note when the object is tried again; why nothing more is sent just now."""
        since = self._hold_failed(waiting)
        self._in_a_row += 1
        if self._outcome is Outcome.GONE or is_given_up(since, self._ports.clock()):
            self._off = OffReason.GONE if self._outcome is Outcome.GONE else OffReason.FAILED
            return _End.OFF
        if self._outcome in DOWN or self._in_a_row >= FAILURES_MAX:
            return _End.DOWN
        return None

    def _hold_failed(self, waiting: WaitingEvents) -> datetime:
        """Note that the object failed, and when it is tried again; since when it fails."""
        now = self._ports.clock()
        since, failures = waiting.failing_since or now, waiting.failures + 1
        retry_at = now + pause_after(failures)
        self._ports.queue.failed(
            self._turn.webhook_id,
            waiting._replace(failures=failures, failing_since=since, retry_at=retry_at),
        )
        self._hold(waiting, retry_at)
        return since

    def _hold(self, waiting: WaitingEvents, until: datetime) -> None:
        """Nothing more of the object is sent before: what is sent again comes behind what waits."""
        self._held = waiting.stream
        self._due = min(self._due or until, until)
