"""Bodies of the operations on webhooks."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from insurance.api.body import Request
from insurance.domain.webhook.webhook import EVENT_TYPES_MAX, URL_MAX, WebhookStatus
from insurance.operations.notifications.change_webhook import (
    ReplayInput,
    ReplayReach,
    WebhookInput,
)

Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=URL_MAX),
    Field(json_schema_extra={"format": "uri"}),
]
TypeName = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$")]
EventId = Annotated[str, StringConstraints(pattern=r"^[0-9a-z_-]{1,60}$")]
Types = Annotated[tuple[TypeName, ...], Field(max_length=EVENT_TYPES_MAX)]


class WebhookRequest(Request):
    """Where events are to be sent, and which."""

    url: Url
    event_types: Types = ()

    def webhook(self) -> WebhookInput:
        return WebhookInput(self.url, self.event_types)


class WebhookChangeRequest(Request):
    """What is to be another; what is left out stays as it is."""

    url: Url | None = None
    event_types: Types | None = None
    status: Literal["active", "paused", "closed"] | None = None

    def webhook(self) -> WebhookInput:
        status = WebhookStatus(self.status) if self.status else None
        return WebhookInput(self.url, self.event_types, status)


class ReplayRequest(Request):
    """From which event on."""

    event_id: EventId
    reach: ReplayReach = ReplayReach.OBJECT

    def replay(self) -> ReplayInput:
        return ReplayInput(self.event_id, self.reach)
