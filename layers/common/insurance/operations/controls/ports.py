"""What operations on stops and access policies are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from insurance.domain.control.stop import Stops
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode
    from insurance.domain.core.stored import Stored
    from insurance.operations.command import Command


class StopsInForce(Protocol):
    """Stops for a command that has no read of its own in which they could come along."""

    def leased(self, mode: Mode) -> Stops:
        """The stops of a mode as they stood at most `QUOTE_LEASE_SECONDS` ago."""


class StopRegister(Protocol):
    """The stops of each mode."""

    def get(self, mode: Mode) -> Stored[Stops]:
        """They, as they stand. Before any was set their revision is 0."""

    def load(self, mode: Mode, command: Command) -> Stored[Stops]:
        """As `get`, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def store(self, event: Event, before: Stored[Stops], command: Command) -> None:
        """Store the stops as the event left them, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: They have changed since they were loaded.
        """


@dataclass(frozen=True, slots=True)
class StopPorts:
    """What operations on stops need from outside."""

    stops: StopRegister
    wait: Callable[[float], None]
    """Returns after so many seconds."""
