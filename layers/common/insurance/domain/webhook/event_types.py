"""The types of events in the streams of webhooks."""

from insurance.domain.core.event import EventType


class WebhookEventType(EventType):
    CREATED = "webhook.created"
    CHANGED = "webhook.changed"
    """Its address, its event types or its status are others."""
    SECRET_ADDED = "webhook.secret_added"  # noqa: S105 - the name of an event
    TESTED = "webhook.tested"
    """A test was asked for. It is sent to this webhook alone, whatever its event types are."""
    REPLAYED = "webhook.replayed"
    """Events of an object, or of the whole book, were asked for again."""
    CLOSED = "webhook.closed"
    """Its application closed it for good."""
    SWITCHED_OFF = "webhook.switched_off"
    """Nothing is sent any more: the receiver is gone, or has failed for three days."""
