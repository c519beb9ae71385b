"""The types of events in the streams of partners and of their applications."""

from insurance.domain.core.event import EventType


class PartnerEventType(EventType):
    REGISTERED = "partner.registered"
    DEVELOPER_ADDED = "partner.developer_added"
    DEVELOPER_REMOVED = "partner.developer_removed"
    DEVELOPER_ROLE_CHANGED = "partner.developer_role_changed"


class ApiProductEventType(EventType):
    SUBMITTED = "api_product.submitted"
    APPROVED = "api_product.approved"
    PUBLISHED = "api_product.published"
    DEPRECATED = "api_product.deprecated"
    RETIRED = "api_product.retired"


class ApplicationEventType(EventType):
    REQUESTED = "application.requested"
    APPROVED = "application.approved"
    REJECTED = "application.rejected"
    CREDENTIALS_CLAIMED = "application.credentials_claimed"
    ACTIVATED = "application.activated"
    SECRET_ADDED = "application.secret_added"  # noqa: S105 - what happened, no secret
    SECRET_WITHDRAWN = "application.secret_withdrawn"  # noqa: S105 - as above
    SUSPENDED = "application.suspended"
    RESUMED = "application.resumed"
    CANCELLED = "application.cancelled"
    CHANGE_REQUESTED = "application.change_requested"
    CHANGE_REJECTED = "application.change_rejected"
    CHANGED = "application.changed"
    QUOTA_NEARLY_USED = "application.quota_nearly_used"
    QUOTA_USED_UP = "application.quota_used_up"
