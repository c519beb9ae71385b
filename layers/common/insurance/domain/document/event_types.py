"""Event types of the register of a policy's documents."""

from insurance.domain.core.event import EventType


class DocumentEventType(EventType):
    MADE = "document.made"
