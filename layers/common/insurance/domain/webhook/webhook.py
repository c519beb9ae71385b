"""A webhook: where a partner's application has its events sent."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, Field

from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import WrongState
from insurance.domain.webhook.event_types import WebhookEventType

EVENT_TYPES_MAX: Final = 100
URL_MAX: Final = 500
WEBHOOKS_MAX: Final = 20
"""Of one partner in one mode."""
FORMER_SECRET_LIVES: Final = timedelta(hours=24)
"""How long the secret before the newest one signs too."""


class WebhookStatus(StrEnum):
    ACTIVE = "active"
    """Events are sent."""
    PAUSED = "paused"
    """Its application paused it: events wait."""
    OFF = "off"
    """It was switched off after failures: events wait until it is made active again."""
    CLOSED = "closed"
    """Its application closed it, for good: nothing is sent, nothing waits, and it has no secret."""


class OffReason(StrEnum):
    GONE = "gone"
    """The receiver answered 410."""
    FAILED = "failed"
    """An event, or all of them, could not be delivered for three days."""


class Webhook(Record):
    """A webhook of one application."""

    id: Internal[str]
    partner: Internal[str]
    application: Internal[str]
    url: Internal[str]
    """Where events are sent: it has neither a query nor a name of a user in it."""
    event_types: Internal[Annotated[tuple[str, ...], Field(max_length=EVENT_TYPES_MAX)]] = ()
    """Those that are sent; empty: all of them."""
    status: Internal[WebhookStatus] = WebhookStatus.ACTIVE
    off_reason: Internal[OffReason | None] = None
    created_at: Internal[AwareDatetime]
    secret_added_at: Internal[AwareDatetime]
    tested_at: Internal[AwareDatetime | None] = None
    replayed_from: Internal[str | None] = None
    """The event from which the last replay was."""

    def check_open(self, step: str) -> None:
        """Check that it was not closed.

        Raises:
            WrongState: It was.
        """
        if self.status is WebhookStatus.CLOSED:
            raise WrongState(self.id, self.status, step)

    def takes(self, stream: str, type: str) -> bool:
        """Whether it is sent an event of this type and object."""
        return takes(self.id, self.event_types, stream, type)

    def changed(
        self,
        url: str | None = None,
        event_types: tuple[str, ...] | None = None,
        status: WebhookStatus | None = None,
    ) -> Self:
        """With another address, other types or another status."""
        status = status or self.status
        return self.replace(
            url=url or self.url,
            event_types=self.event_types if event_types is None else event_types,
            status=status,
            off_reason=self.off_reason if status is WebhookStatus.OFF else None,
        )

    def switched_off(self, reason: OffReason) -> Self:
        """Nothing is sent to it any more."""
        return self.replace(status=WebhookStatus.OFF, off_reason=reason)

    def tested(self, at: datetime) -> Self:
        return self.replace(tested_at=at)

    def replayed(self, event_id: str) -> Self:
        return self.replace(replayed_from=event_id)


def takes(webhook_id: str, event_types: tuple[str, ...], stream: str, type: str) -> bool:
    """Whether a webhook is sent an event. Of what happens to webhooks it is sent its own tests alone."""
    if stream.startswith("whk_"):
        return stream == webhook_id and type == WebhookEventType.TESTED
    return not event_types or type in event_types
