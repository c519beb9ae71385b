"""What webhooks are given: where they stand, what waits for them, and how a receiver is reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from insurance.domain.core.event import Event
    from insurance.domain.core.stored import Stored
    from insurance.domain.events.feed import Feed
    from insurance.domain.partner.application import ApplicationStatus
    from insurance.domain.webhook.webhook import Webhook
    from insurance.operations.command import Command
    from insurance.operations.delivery.streams import StoredEvents
    from insurance.operations.listing import ListEntry
    from insurance.operations.notifications.ports import Feeds


class SealedSecret(NamedTuple):
    """A secret as it is stored: nobody reads it without the key service."""

    key: bytes
    sealed: bytes
    until: datetime | None = None
    """When it stops signing; None: it is the newest."""


class NewSecret(NamedTuple):
    text: str
    """Answered once, and stored nowhere."""
    sealed: SealedSecret


class Secrets(Protocol):
    """Makes the secrets that webhooks sign with."""

    def new(self, webhook_id: str) -> NewSecret:
        """A secret for a webhook."""

    def reveal(self, secret: SealedSecret, webhook_id: str) -> str:
        """A secret again."""


class Part(NamedTuple):
    """Events of one object that wait for a webhook."""

    stream: str
    first: int
    last: int
    is_late: bool = False
    """What follows them may have been sent: they are sent all the same."""


class BookReplay(NamedTuple):
    """Events of a whole book that are to be sent once more, by their places in its feed."""

    next: int
    """The first that was not noted yet."""
    last: int
    number: int = 0
    """Of the webhook's own event that asked for it; 0: it is not stored yet."""


class Taker(NamedTuple):
    """What delivery knows of a webhook."""

    types: Sequence[str]
    """Those that it takes; none: all of them."""
    since: datetime
    """When it was created: what was appended before is not sent."""


class WebhookChange(NamedTuple):
    """What a command does to a webhook beside changing its record."""

    secrets: Sequence[SealedSecret] | None = None
    """Its secrets from now on, the newest first; None: as they were."""
    again: Part | None = None
    """Events that are to be sent once more."""
    book_again: BookReplay | None = None
    """Events of the whole book that are to be sent once more: in place of those that still were."""
    wakes: bool = False
    """Whether what waits is to be tried now."""


class FullWebhook(NamedTuple):
    """A webhook with its secrets."""

    stored: Stored[Webhook]
    secrets: Sequence[SealedSecret]


class Outcome(StrEnum):
    """What became of an attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """The receiver answered with another status than 2xx."""
    GONE = "gone"
    """The receiver answered 410."""
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    """There was no connection, or none that its certificate proves."""
    ADDRESS_REFUSED = "address_refused"
    """Its name leads to an address that is not of the open network."""


class ReceiverAnswer(NamedTuple):
    """What a receiver answered."""

    outcome: Outcome
    status: int | None = None


class SendAttempt(NamedTuple):
    """One attempt to deliver an event."""

    event_id: str
    type: str
    outcome: Outcome
    status: int | None
    at: datetime
    milliseconds: int


class Webhooks(Protocol):
    """Webhooks as their applications see them."""

    def listed(self, feed: Feed, command: Command) -> Mapping[str, Taker]:
        """The webhooks of a partner: what a command begins with.

        Raises:
            AlreadyAnswered: The command was carried out before.
        """

    def load(self, webhook_id: str, command: Command) -> FullWebhook:
        """A webhook, for a command.

        Raises:
            WebhookNotFound: There is none.
            AlreadyAnswered: The command was carried out before.
        """

    def get(self, webhook_id: str) -> Stored[Webhook]:
        """A webhook.

        Raises:
            WebhookNotFound: There is none.
        """

    def full(self, webhook_id: str) -> FullWebhook:
        """As `get`, with its secrets.

        Raises:
            WebhookNotFound: There is none.
        """

    def standing(self, webhook: Webhook) -> ApplicationStatus | None:
        """Where its application stands; None: the application has no record, as one that was admitted before 0.10."""

    def of(self, feed: Feed) -> Sequence[Stored[Webhook]]:
        """Every webhook of a partner, by id."""

    def create(
        self, event: Event, webhook: Webhook, secret: SealedSecret, *, command: Command
    ) -> None:
        """Store a new webhook, known to its partner's list.

        Raises:
            TooManyWebhooks: The last that the partner may have was stored meanwhile.
            StaleRevision: Another was stored meanwhile.
        """

    def change(
        self,
        event: Event,
        webhook: Webhook,
        *,
        before: FullWebhook,
        change: WebhookChange,
        command: Command | None,
    ) -> None:
        """Store what an event made of a webhook. Without a command nobody waits for an answer.

        Raises:
            StaleRevision: Somebody else changed it first.
        """

    def attempts(
        self, webhook_id: str, *, before: str, limit: int
    ) -> Sequence[ListEntry[SendAttempt]]:
        """Attempts of the last thirty days, the newest first, in front of a position."""


class WaitingEvents(NamedTuple):
    """What of an object waits for a webhook, and how often its first event failed."""

    place: str
    """Where the queue has it."""
    stream: str
    first: int
    last: int
    delivered: int = 0
    """The number of the last event that was delivered, or that the webhook does not take."""
    failures: int = 0
    failing_since: datetime | None = None
    retry_at: datetime | None = None
    is_again: bool = False
    """They are sent once more, whatever was delivered, and that says nothing of what else waits."""


class Turn(NamedTuple):
    """The right to send what waits for a webhook: one process at a time has it."""

    webhook_id: str
    token: str
    ends: datetime
    """From then on another process may have it."""
    noted: int
    """How often something was noted for the webhook by then."""
    failures: int = 0
    """How often nothing could be delivered, one after the other."""
    failing_since: datetime | None = None
    retry_at: datetime | None = None
    """Before that nothing is tried."""
    woken_at: datetime | None = None
    """When its application last made it active: failures before that count no more."""
    wakes: int = 0
    """How often it did by then."""
    book: BookReplay | None = None
    """What of the whole book is still to be noted for being sent once more."""


class DueWebhook(NamedTuple):
    """A webhook for which something is to be tried, and since when."""

    id: str
    since: datetime


class WebhookQueue(Protocol):
    """What waits for webhooks. The events themselves stand in their streams."""

    def takers(self, feed: Feed) -> Mapping[str, Taker]:
        """The webhooks of a partner."""

    def note(self, webhook_id: str, parts: Sequence[Part], *, now: datetime) -> None:
        """Note that these events wait. Safe to repeat."""

    def note_again(self, turn: Turn, parts: Sequence[Part], book: BookReplay) -> Turn | None:
        """Note that these events are to be sent once more, and where in the book that ended. Safe to repeat.

        None: the turn is another's by now, or another replay was asked for.
        """

    def take_turn(self, webhook_id: str, *, now: datetime) -> Turn | None:
        """The right to send; None: another process has it, or nothing was ever noted."""

    def waiting(self, webhook_id: str, *, after: str = "") -> Sequence[WaitingEvents]:
        """A page of what waits, by object, behind the place `after`; of an object, what is sent again comes last."""

    def passed(
        self, webhook_id: str, waiting: WaitingEvents, sequence: int
    ) -> WaitingEvents | None:
        """Note that the events up to this number were delivered, or are not taken; what waits then. None: nothing."""

    def failed(self, webhook_id: str, waiting: WaitingEvents) -> None:
        """Note when the object is tried again."""

    def keep_attempt(self, webhook_id: str, attempt: SendAttempt) -> None:
        """Keep an attempt for thirty days."""

    def end_turn(self, turn: Turn, *, due: datetime | None) -> Turn | None:
        """Give the right back, and say when to look again; without `due` nothing is to be tried.

        It stays where something was noted since the turn's number: the turn as it is now is answered then.
        """

    def due(self, now: datetime) -> Sequence[DueWebhook]:
        """Webhooks for which something is to be tried by now, the longest due first."""


class Receivers(Protocol):
    """Receivers in the open network."""

    def check(self, url: str) -> None:
        """Check where a URL leads.

        Raises:
            InvalidFields: Nothing is sent there.
        """

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> ReceiverAnswer:
        """Send a message, and what came of it. It never takes longer than some seconds."""


class Nudges(Protocol):
    """Tells the sender that something waits: the sooner it is there."""

    def nudge(self, webhook_ids: Sequence[str]) -> None:
        """Have what waits for these webhooks sent."""


@dataclass(frozen=True, slots=True)
class WebhookPorts:
    """What commands on webhooks need from outside."""

    webhooks: Webhooks
    secrets: Secrets
    receivers: Receivers
    nudges: Nudges


@dataclass(frozen=True, slots=True)
class SendingPorts:
    """What the sending of events needs from outside."""

    webhooks: Webhooks
    queue: WebhookQueue
    secrets: Secrets
    receivers: Receivers
    nudges: Nudges
    feeds: Feeds
    stored: StoredEvents
    clock: Callable[[], datetime]
