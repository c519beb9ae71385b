"""The bank's report on one payment instruction."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class BankOutcome(StrEnum):
    """What became of a payment at the bank."""

    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    """Paid, and sent back by the payee's bank."""
    REVERSED = "reversed"
    """Paid, and called back by us."""


@dataclass(frozen=True, slots=True)
class BankReport:
    """What the bank says of one instruction."""

    instruction_id: str
    outcome: BankOutcome
    bank_reference: str
    executed_at: datetime
    reason: str | None = None
    may_wait: bool = True
    """Whether it is kept where it does not fit; False: it was worked out from a status that has changed
    since, and is worked out again."""
    received_at: datetime | None = None
    """When it came to us."""
