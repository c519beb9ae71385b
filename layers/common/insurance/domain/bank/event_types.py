"""Types of the events of payment files."""

from insurance.domain.core.event import EventType


class BankEventType(EventType):
    """What happened to a file of payments."""

    PAYMENT_FILE_MADE = "payment_file.made"
    PAYMENT_FILE_WRITTEN = "payment_file.written"
