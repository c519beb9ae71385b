"""The types of events in the stream of a product's versions."""

from insurance.domain.core.event import EventType


class ProductEventType(EventType):
    """What happened to a version of a product."""

    DRAFTED = "product.drafted"
    SUBMITTED = "product.submitted"
    SENT_BACK = "product.sent_back"
    APPROVED = "product.approved"
    PUBLISHED = "product.published"
    CLOSED = "product.closed"
    RETIRED = "product.retired"
