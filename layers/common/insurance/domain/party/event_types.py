"""The types of events in the streams of parties and of persons with access."""

from insurance.domain.core.event import EventType


class PartyEventType(EventType):
    ERASED = "party.erased"
    ACCESS_GIVEN = "access.given"
    ACCESS_WITHDRAWN = "access.withdrawn"
