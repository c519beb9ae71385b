"""What the rows of a source can be. Each kind takes a row by the operation that a single call is taken by."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from insurance.domain.core.stored import Stored
from insurance.domain.core.value import Value
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.figures import PolicyFigures
from insurance.domain.intake.made import MadeStatus
from insurance.operations.command import Command


class Made(Value):
    """What a row became, or would become."""

    id: str
    """Empty: of what was only tried, and has no id before it is made."""
    status: MadeStatus
    figures: PolicyFigures | None = None
    """Of a policy that comes from another system."""
    digest: str = ""
    """Of all that such a policy will be."""


class RowCall(NamedTuple):
    """One row's call, and the batch that it is of."""

    batch: DataBatch
    command: Command


class TakesRows(Protocol):
    """What one kind of row becomes. `record` is the row as its mapping made it: the body of a call."""

    @property
    def operation(self) -> str:
        """The call that takes one of the kind. A row's idempotency key is a key of this call."""

    def key(self, batch: DataBatch, number: int) -> str:
        """The idempotency key of a row's call: what has the same key is taken once."""

    def check(self, record: Mapping[str, Any], call: RowCall) -> Made:
        """What would become of the row; nothing is written. Refuses what `take` would refuse, but for what
        a write alone finds."""

    def take(self, record: Mapping[str, Any], call: RowCall) -> Stored[Any]:
        """Do what the row asks for, once for the command's key.

        Raises:
            AlreadyAnswered: It was done before.
            KeyReused: It was done before, of another record.
            StaleRevision: Somebody was faster at what the row changes: it can be tried once more.
        """

    def made(self, stored: Stored[Any], command: Command) -> Made:
        """What `take` made."""

    def find(self, record: Mapping[str, Any], call: RowCall) -> tuple[str, datetime] | None:
        """The id of what a row has made, and when; None: it has made nothing."""


def key_in_file(batch: DataBatch, number: int) -> str:
    """By the file and the place in it, so that no second batch of the file takes a row again."""
    return f"{batch.source} {batch.sha256} {number}"
