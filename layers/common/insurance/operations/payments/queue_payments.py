"""Queue the payments that an event left with the bank, until they stand in a file."""

from typing import Protocol

from insurance.domain.bank import Instruction, instructions_of
from insurance.domain.core.event import Event
from insurance.operations.delivery.deliver_event import BrokenEvent


class Instructions(Protocol):
    def keep(self, instruction: Instruction) -> None:
        """Keep what the bank is to pay, once: one that is there already stays as it is."""


def queue_payments(event: Event, *, instructions: Instructions) -> None:
    """Safe to repeat: a stream may deliver an event more than once, and late."""
    wanted = instructions_of(event)
    if wanted and event.digest() != event.hash:
        raise BrokenEvent(event)
    for instruction in wanted:
        instructions.keep(instruction)
