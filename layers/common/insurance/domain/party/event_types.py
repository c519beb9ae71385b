"""The types of events in the streams of parties and of persons with access."""

from enum import StrEnum


class PartyEventType(StrEnum):
    ERASED = "party.erased"
    ACCESS_GIVEN = "access.given"
    ACCESS_WITHDRAWN = "access.withdrawn"
