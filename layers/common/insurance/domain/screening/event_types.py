"""The types of events in a screening case's stream."""

from enum import StrEnum


class ScreeningEventType(StrEnum):
    OPENED = "screening.opened"
    CLEARED = "screening.cleared"
    CONFIRMED = "screening.confirmed"
