"""The types of events in the streams of stops and of access policies."""

from insurance.domain.core.event import EventType


class StopEventType(EventType):
    SET = "stop.set"
    LIFT_REQUESTED = "stop.lift_requested"
    LIFTED = "stop.lifted"
