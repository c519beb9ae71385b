"""Queue the payments that an event left with the bank, until they stand in a file."""

from insurance.domain.bank import instructions_of
from insurance.domain.core.event import Event
from insurance.operations.payments.ports import Instructions


def queue_payments(event: Event, *, instructions: Instructions) -> None:
    """Queue each payment once. Safe to repeat: a stream may deliver an event again, and late."""
    for instruction in instructions_of(event):
        instructions.add(instruction)
