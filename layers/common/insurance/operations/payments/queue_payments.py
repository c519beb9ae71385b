"""Queue the payments that an event left with the bank, until they stand in a file."""

from insurance.domain.bank import instructions_of
from insurance.domain.core.event import Event
from insurance.operations.delivery.deliver_event import BrokenEvent
from insurance.operations.payments.ports import Instructions


def queue_payments(event: Event, *, instructions: Instructions) -> None:
    """Queue each payment once. Safe to repeat: a stream may deliver an event again, and late.

    Raises:
        BrokenEvent: The event is not what its hash says.
    """
    wanted = instructions_of(event)
    if wanted and event.digest() != event.hash:
        raise BrokenEvent(event)
    for instruction in wanted:
        instructions.add(instruction)
