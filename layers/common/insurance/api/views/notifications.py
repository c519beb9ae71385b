"""What a partner reads of events. It is no more than where to look: the object's own view tells the rest."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from insurance.api.etag import etag
from insurance.api.paging import Page
from insurance.api.views.secrets import SecretState
from insurance.domain.core.stored import Stored
from insurance.domain.events.feed import EventObject, EventSummary
from insurance.domain.webhook.webhook import OffReason, Webhook, WebhookStatus
from insurance.operations.listing import ListPage
from insurance.operations.notifications.change_webhook import WithSecret
from insurance.operations.notifications.read_feed import FeedPage
from insurance.operations.notifications.webhook_ports import Outcome, SendAttempt


class EventObjectView(BaseModel):
    """What an event tells of."""

    kind: EventObject
    """What it is."""
    id: str
    """Its id, by which it is read."""


class FeedEventView(BaseModel):
    """An event as a partner reads it."""

    id: str
    """Of the event: the same each time that it is read."""
    type: str
    """What happened: a type of the event catalogue."""
    object: EventObjectView
    """What it happened to."""
    sequence: int
    """The event's number in the history of its object. Numbers may be missing: they are the insurer's own work."""
    occurred_at: datetime
    """When it happened."""

    @classmethod
    def of(cls, summary: EventSummary) -> Self:
        return cls(
            id=summary.id,
            type=summary.type,
            object=EventObjectView(kind=summary.object, id=summary.stream),
            sequence=summary.sequence,
            occurred_at=summary.at,
        )


class EventListView(BaseModel):
    """A page of events, in the order in which they arrived: those of one object in the order in which they happened."""

    items: list[FeedEventView]
    next: str
    """Where to go on: also where the list ends, for the events that will come."""

    @classmethod
    def of(cls, found: FeedPage, *, page: Page) -> Self:
        items = [FeedEventView.of(each) for each in found.items]
        return cls(items=items, next=page.next(found.next))


class WebhookView(BaseModel):
    """A webhook of the application."""

    id: str
    url: str
    event_types: list[str]
    status: WebhookStatus
    off_reason: OffReason | None
    created_at: datetime
    secret_added_at: datetime
    etag: str = Field(exclude=True)

    @classmethod
    def of(cls, stored: Stored[Webhook]) -> Self:
        return cls(**_webhook_fields(stored))


class WebhookSecretView(WebhookView):
    """A webhook with its new secret, in the first answer alone."""

    secret: str | None
    secret_state: SecretState

    @classmethod
    def of(cls, made: WithSecret) -> Self:  # type: ignore[override]  # another result is shown
        return cls(
            **_webhook_fields(made.stored), secret=made.secret, secret_state=SecretState.SHOWN
        )

    def as_recorded(self) -> Self:
        """As a repeated call is answered: the secret is stored nowhere."""
        return self.model_copy(update={"secret": None, "secret_state": SecretState.SHOWN_BEFORE})


class WebhookListView(BaseModel):
    """The webhooks of the application."""

    items: list[WebhookView]
    next: str | None

    @classmethod
    def of(cls, found: ListPage[Stored[Webhook]], *, page: Page) -> Self:
        items = [WebhookView.of(each) for each in found.items]
        return cls(items=items, next=page.next(found.next) if found.next else None)


class AttemptView(BaseModel):
    """One attempt to deliver an event."""

    event_id: str
    type: str
    outcome: Outcome
    status_code: int | None
    attempted_at: datetime
    milliseconds: int


class AttemptListView(BaseModel):
    """Attempts of the last thirty days, the newest first."""

    items: list[AttemptView]
    next: str | None

    @classmethod
    def of(cls, found: ListPage[SendAttempt], *, page: Page) -> Self:
        items = [
            AttemptView(
                event_id=each.event_id,
                type=each.type,
                outcome=each.outcome,
                status_code=each.status,
                attempted_at=each.at,
                milliseconds=each.milliseconds,
            )
            for each in found.items
        ]
        return cls(items=items, next=page.next(found.next) if found.next else None)


def _webhook_fields(stored: Stored[Webhook]) -> dict[str, Any]:
    webhook = stored.record
    return {
        "id": webhook.id,
        "url": webhook.url,
        "event_types": list(webhook.event_types),
        "status": webhook.status,
        "off_reason": webhook.off_reason,
        "created_at": webhook.created_at,
        "secret_added_at": webhook.secret_added_at,
        "etag": etag(stored.head.sequence, "webhook"),
    }
