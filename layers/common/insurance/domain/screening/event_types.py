"""The types of events in a screening case's stream."""

from insurance.domain.core.event import EventType


class ScreeningEventType(EventType):
    OPENED = "screening.opened"
    CLEARED = "screening.cleared"
    CONFIRMED = "screening.confirmed"
