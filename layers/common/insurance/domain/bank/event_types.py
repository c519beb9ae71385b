"""Types of the events of payment files."""

from enum import StrEnum


class BankEventType(StrEnum):
    """What happened to a file of payments."""

    PAYMENT_FILE_MADE = "payment_file.made"
    PAYMENT_FILE_WRITTEN = "payment_file.written"
