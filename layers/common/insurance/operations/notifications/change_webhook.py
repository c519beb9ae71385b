"""Commands on webhooks: register one, change it, give it a new secret, test it, and have events sent again."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    FieldFault,
    InvalidFields,
    TooManyWebhooks,
    WebhookNotFound,
)
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.identity import mode_of, new_webhook_id
from insurance.domain.core.stored import Stored
from insurance.domain.events.catalogue import CATALOGUE, Audience
from insurance.domain.events.feed import EventSummary, Feed, is_told_to
from insurance.domain.webhook.event_types import WebhookEventType
from insurance.domain.webhook.webhook import (
    FORMER_SECRET_LIVES,
    WEBHOOKS_MAX,
    Webhook,
    WebhookStatus,
)
from insurance.operations.command import Command, Query
from insurance.operations.delivery.streams import StoredEvents
from insurance.operations.listing import ListEntry, ListPage, ListRange, page_of
from insurance.operations.notifications.ports import Feeds
from insurance.operations.notifications.webhook_ports import (
    BookReplay,
    FullWebhook,
    Part,
    SendAttempt,
    WebhookChange,
    WebhookPorts,
)

EVENT_ID: Final = re.compile(r"(?P<stream>[a-z]{3}_[a-z0-9_]{16,40})-(?P<sequence>[1-9][0-9]{0,8})")

SEQUENCE_MAX: Final = 10**9


class WebhookInput(NamedTuple):
    """What an application asks for; None: as it is."""

    url: str | None = None
    event_types: tuple[str, ...] | None = None
    status: WebhookStatus | None = None


class ReplayReach(StrEnum):
    """Of what all that followed an event is sent again."""

    OBJECT = "object"
    """Of its object."""
    BOOK = "book"
    """Of the whole book, as the feed has it."""


class ReplayInput(NamedTuple):
    """From which event on, and of what."""

    event_id: str
    reach: ReplayReach = ReplayReach.OBJECT


@dataclass(frozen=True, slots=True)
class BookPorts:
    """What is read of a partner's book: its streams, and its feed."""

    stored: StoredEvents
    feeds: Feeds


class WithSecret(NamedTuple):
    """A webhook, and its new secret, which is answered once."""

    stored: Stored[Webhook]
    secret: str


def create_webhook(details: WebhookInput, command: Command, ports: WebhookPorts) -> WithSecret:
    """Register a webhook of the caller's application.

    Raises:
        InvalidFields: Nothing is sent to this address, or a type is none that a partner is told of.
        TooManyWebhooks: The partner has as many as it can.
    """
    caller, at = command.caller, command.idempotency.received_at
    listed = ports.webhooks.listed(Feed(caller.mode, caller.partner), command)
    _check(details, ports)
    if len(listed) >= WEBHOOKS_MAX:
        raise TooManyWebhooks(WEBHOOKS_MAX)
    webhook = Webhook(
        id=new_webhook_id(caller.mode, caller.principal, command.idempotency.key),
        partner=caller.partner,
        application=caller.principal,
        url=details.url or "",
        event_types=details.event_types or (),
        created_at=at,
        secret_added_at=at,
    )
    secret = ports.secrets.new(webhook.id)
    event = webhook_event(webhook, WebhookEventType.CREATED, None, actor=command.actor, now=at)
    result = WithSecret(Stored(webhook, event.head, None), secret.text)
    ports.webhooks.create(event, webhook, secret.sealed, command=command.with_answer(result))
    return result


def change_webhook(
    webhook_id: str, details: WebhookInput, command: Command, ports: WebhookPorts
) -> Stored[Webhook]:
    """Change where and what is sent, pause a webhook, or make it active: what waited is sent then. Or close it for
    good: nothing is sent to it any more, and its secrets are gone.

    Raises:
        WebhookNotFound: The caller's application has no such webhook.
        StaleRevision: Somebody else changed it since the caller read it.
        WrongState: It is closed.
        InvalidFields: Nothing is sent to this address, or a type is none that a partner is told of.
    """
    before = _load(webhook_id, "be changed", command, ports)
    _check(details, ports)
    webhook = before.stored.record.changed(*details)
    if webhook.status is WebhookStatus.CLOSED:
        step = _Step(WebhookEventType.CLOSED, WebhookChange(secrets=()))
    else:
        wakes = webhook.status is WebhookStatus.ACTIVE
        step = _Step(WebhookEventType.CHANGED, WebhookChange(wakes=wakes))
    return _store(webhook, step, before, command, ports).stored


def add_secret(webhook_id: str, command: Command, ports: WebhookPorts) -> WithSecret:
    """Give a webhook a new secret. The one before signs beside it for a day.

    Raises:
        WebhookNotFound: The caller's application has no such webhook.
        StaleRevision: Somebody else changed it since the caller read it.
        WrongState: It is closed.
    """
    before = _load(webhook_id, "be given a secret", command, ports)
    at = command.idempotency.received_at
    secret = ports.secrets.new(webhook_id)
    former = before.secrets[0]._replace(until=at + FORMER_SECRET_LIVES)
    webhook = before.stored.record.replace(secret_added_at=at)
    change = WebhookChange(secrets=(secret.sealed, former))
    step = _Step(WebhookEventType.SECRET_ADDED, change, secret.text)
    return _store(webhook, step, before, command, ports)


def send_test(webhook_id: str, command: Command, ports: WebhookPorts) -> Stored[Webhook]:
    """Have an event sent to the webhook that says that it was tested.

    Raises:
        WebhookNotFound: The caller's application has no such webhook.
        StaleRevision: Somebody else changed it since the caller read it.
        WrongState: It is closed.
    """
    before = _load(webhook_id, "be tested", command, ports)
    webhook = before.stored.record.tested(command.idempotency.received_at)
    return _store(webhook, _Step(WebhookEventType.TESTED), before, command, ports).stored


def replay_events(
    webhook_id: str, replay: ReplayInput, command: Command, ports: WebhookPorts, book: BookPorts
) -> Stored[Webhook]:
    """Have an event sent again, and with it those that followed it: in the history of its object, or in the feed of
    the whole book.

    Raises:
        WebhookNotFound: The caller's application has no such webhook.
        StaleRevision: Somebody else changed it since the caller read it.
        WrongState: It is closed.
        InvalidFields: The caller's book has no such event, or the feed does not keep it any more.
    """
    before = _load(webhook_id, "be sent events again", command, ports)
    part = _part_from(replay, command, book)
    webhook = before.stored.record.replayed(replay.event_id)
    again = part if isinstance(part, Part) else None
    whole = part if isinstance(part, BookReplay) else None
    wakes = webhook.status is WebhookStatus.ACTIVE
    change = WebhookChange(again=again, book_again=whole, wakes=wakes)
    step = _Step(WebhookEventType.REPLAYED, change)
    return _store(webhook, step, before, command, ports).stored


def read_webhook(webhook_id: str, query: Query, ports: WebhookPorts) -> Stored[Webhook]:
    """A webhook of the caller's application.

    Raises:
        WebhookNotFound: It has no such webhook.
    """
    stored = ports.webhooks.get(webhook_id)
    if not _is_own(stored.record, query):
        raise WebhookNotFound(webhook_id)
    return stored


def list_webhooks(part: ListRange, query: Query, ports: WebhookPorts) -> ListPage[Stored[Webhook]]:
    """The webhooks of the caller's application."""
    found = ports.webhooks.of(Feed(query.caller.mode, query.caller.partner))
    own = [
        ListEntry(each.record.id, each)
        for each in found
        if _is_own(each.record, query) and each.record.id > part.after
    ]
    return page_of(own[: part.limit], part.limit, lambda stored: stored)


def list_attempts(
    webhook_id: str, part: ListRange, query: Query, ports: WebhookPorts
) -> ListPage[SendAttempt]:
    """Attempts to deliver to a webhook of the caller's application, the newest first.

    Raises:
        WebhookNotFound: It has no such webhook.
    """
    read_webhook(webhook_id, query, ports)
    found = ports.webhooks.attempts(webhook_id, before=part.after, limit=part.limit)
    return page_of(found, part.limit, lambda attempt: attempt)


def webhook_event(
    webhook: Webhook,
    type: WebhookEventType,
    before: Stored[Webhook] | None,
    *,
    actor: str,
    now: datetime,
) -> Event:
    """The event that leaves a webhook so. Nothing of it is secret or personal."""
    return Event.following(
        before.head if before else StreamPosition(),
        webhook,
        NothingToSeal(),
        stream=webhook.id,
        type=type,
        actor=actor,
        now=now,
    )


def _load(webhook_id: str, step: str, command: Command, ports: WebhookPorts) -> FullWebhook:
    found = ports.webhooks.load(webhook_id, command)
    if not _is_own(found.stored.record, command):
        raise WebhookNotFound(webhook_id)
    command.check_revision(found.stored, webhook_id)
    found.stored.record.check_open(step)
    return found


def _is_own(webhook: Webhook, by: Command | Query) -> bool:
    """Of the caller's application; to a developer, of any application of their partner."""
    caller = by.caller
    application = caller.principal
    if caller.kind is CallerKind.DEVELOPER:
        application = webhook.application
    return (
        mode_of(webhook.id) is caller.mode
        and (webhook.partner, webhook.application) == (caller.partner, application)
    )  # fmt: skip


class _Step(NamedTuple):
    """One step of a webhook."""

    type: WebhookEventType
    change: WebhookChange = WebhookChange()
    secret: str = ""
    """The new one, in clear."""


def _store(
    webhook: Webhook, step: _Step, before: FullWebhook, command: Command, ports: WebhookPorts
) -> WithSecret:
    now = command.idempotency.received_at
    event = webhook_event(webhook, step.type, before.stored, actor=command.actor, now=now)
    stored = Stored(webhook, event.head, None)
    result = WithSecret(stored, step.secret)
    answered = command.with_answer(result if step.secret else stored)
    ports.webhooks.change(event, webhook, before=before, change=step.change, command=answered)
    if step.change.wakes:
        with suppress(Exception):  # it is done, and the schedule looks for what is due in a minute
            ports.nudges.nudge([webhook.id])
    return result


def _check(details: WebhookInput, ports: WebhookPorts) -> None:
    unknown = [
        each
        for each in details.event_types or ()
        if each not in CATALOGUE or CATALOGUE[each].audience is Audience.INTERNAL
    ]
    if unknown:
        detail = "A type of the event catalogue that partners are told of."
        number = (details.event_types or ()).index(unknown[0])
        raise InvalidFields([FieldFault(f"/event_types/{number}", "not-a-choice", detail)])
    if details.url is not None:
        ports.receivers.check(details.url)


def _part_from(replay: ReplayInput, command: Command, book: BookPorts) -> Part | BookReplay:
    """The event, and all that followed it by now: in its stream, or in the feed."""
    found = EVENT_ID.fullmatch(replay.event_id)
    own = Feed(command.caller.mode, command.caller.partner)
    if found is not None:
        stream, first = found["stream"], int(found["sequence"])
        arrived = book.stored.after(stream, first - 1, last=SEQUENCE_MAX)
        if arrived and arrived[0].sequence == first and is_told_to(arrived[0].read(), own):
            if replay.reach is ReplayReach.BOOK:
                return _book_from(EventSummary.of(arrived[0].read()), own, command, book)
            while arrived:
                last = arrived[-1].sequence
                arrived = book.stored.after(stream, last, last=SEQUENCE_MAX)
            return Part(stream, first, last)
    fault = FieldFault("/event_id", "unknown", "Your book has no such event.")
    raise InvalidFields([fault])


def _book_from(event: EventSummary, own: Feed, command: Command, book: BookPorts) -> BookReplay:
    """The places of the feed from an event on."""
    place = book.feeds.place_of(own, event)
    extent = book.feeds.extent(own, now=command.idempotency.received_at)
    if place is None or place < extent.oldest:
        detail = "The feed does not have the event: it is too new, or older than thirty days."
        raise InvalidFields([FieldFault("/event_id", "unknown", detail)])
    return BookReplay(place, extent.last)
