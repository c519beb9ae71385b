"""What the rows of a source can be. Each kind takes a row by the operation that a single call is taken by."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from insurance.domain.core.stored import Stored
from insurance.domain.intake.made import MadeStatus
from insurance.operations.command import Command


class Made(NamedTuple):
    """What a row became."""

    id: str
    status: MadeStatus


class TakesRows(Protocol):
    """What one kind of row becomes. `record` is the row as its mapping made it: the body of a call."""

    @property
    def operation(self) -> str:
        """The call that takes one of the kind. A row's idempotency key is a key of this call."""

    def check(self, record: Mapping[str, Any], command: Command) -> MadeStatus:
        """What would become of the row, as its status; nothing is written. Refuses what `take` would refuse, but for what
        a write alone finds."""

    def take(self, record: Mapping[str, Any], command: Command) -> Stored[Any]:
        """Do what the row asks for, once for the command's key.

        Raises:
            AlreadyAnswered: It was done before.
            KeyReused: It was done before, of another record.
            StaleRevision: Somebody was faster at what the row changes: it can be tried once more.
        """

    def made(self, stored: Stored[Any]) -> Made:
        """What `take` made."""

    def find(self, record: Mapping[str, Any], command: Command) -> tuple[str, datetime] | None:
        """The id of what a row has made, and when; None: it has made nothing."""
