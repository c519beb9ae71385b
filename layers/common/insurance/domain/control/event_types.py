"""The types of events in the streams of stops and of access policies."""

from insurance.domain.core.event import EventType


class AccessPolicyEventType(EventType):
    DRAFTED = "access_policy.drafted"
    SUBMITTED = "access_policy.submitted"
    SENT_BACK = "access_policy.sent_back"
    APPROVED = "access_policy.approved"
    WITHDRAWN = "access_policy.withdrawn"


class StopEventType(EventType):
    SET = "stop.set"
    LIFT_REQUESTED = "stop.lift_requested"
    LIFTED = "stop.lifted"
