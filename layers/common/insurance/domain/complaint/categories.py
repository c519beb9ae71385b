"""How the register counts complaints: by what they are about, what caused them and their outcome."""

from enum import StrEnum


class Category(StrEnum):
    """What the complaint is about, as the register counts it."""

    DELAY = "delay"
    DECISION = "decision"
    SERVICE = "service"
    PRICE = "price"
    SALE = "sale"
    PRIVACY = "privacy"
    OTHER = "other"


class RootCause(StrEnum):
    """What caused the complaint, as the investigation found."""

    PROCESS = "process"
    PEOPLE = "people"
    SYSTEM = "system"
    PRODUCT = "product"
    SUPPLIER = "supplier"
    COMMUNICATION = "communication"
    NONE_FOUND = "none_found"


class ComplaintOutcome(StrEnum):
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
