"""Event types of the register of a policy's documents."""

from enum import StrEnum


class DocumentEventType(StrEnum):
    MADE = "document.made"
