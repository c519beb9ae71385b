"""Rows in quarantine: what was wrong, and what a person made of it. What the row said is sealed with a key of its own."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, StringConstraints

from insurance.domain.core.classification import Classification, Internal, Record
from insurance.domain.core.errors import WrongState
from insurance.domain.core.value import Value

REASONS_MAX: Final = 100
"""Of one row that are kept."""


class RowStatus(StrEnum):
    QUARANTINED = "quarantined"
    FIXED = "fixed"
    """Its values, or its source's mapping, were mended, and it passed."""
    ACCEPTED = "accepted"
    """A person took it as it is."""
    REJECTED = "rejected"
    ERASED = "erased"
    """Whom it named was erased before anybody resolved it."""
    EXPIRED = "expired"
    """Nobody resolved it in the time that it is kept."""


class RowResolution(StrEnum):
    """What a person makes of a row."""

    FIX = "fix"
    ACCEPT = "accept"
    REJECT = "reject"
    RERUN = "rerun"
    """Judge it again as it is, by the version of the source that is in force now."""


class RowReason(Value):
    """One reason why a row is in quarantine. It says nothing that the row says."""

    rule: str
    """The rule that found it, or the step that refused the row."""
    place: str
    """The column, the field or the pointer that it is about; empty: the whole row."""
    code: str


HELD_FOR: Final = timedelta(minutes=15)
"""Longer than a function runs (template.yaml: ten minutes), so the call that held the row is gone."""
SHARED_FOR: Final = timedelta(minutes=5)
"""Who takes the row with another's hold ends before it does: later they hold it themselves."""


class RowHold(Value):
    """The call that takes a row: what it makes and the row's end are two writes, and nobody rejects it between them."""

    call: str
    since: AwareDatetime
    """By our own clock."""


class QuarantinedRow(Record):
    """A row that was not taken, or not without a person."""

    id: Internal[str]
    batch_id: Internal[str]
    number: Internal[int]
    """Its place in the file."""
    status: Internal[RowStatus]
    reasons: Internal[tuple[RowReason, ...]]
    values: Annotated[dict[str, str] | None, Classification.PERSONAL] = None
    """What the file says, by column; None: the row's key was destroyed."""
    mended: Annotated[dict[str, str] | None, Classification.PERSONAL] = None
    """Of a fix: by column, what the file said before."""
    made_id: Internal[str | None] = None
    """Of what the row became when it was resolved."""
    resolved_by: Internal[str | None] = None
    reason: Annotated[
        Annotated[str, StringConstraints(max_length=500)] | None, Classification.PERSONAL
    ] = None
    """Why it was accepted or rejected."""
    changed_at: Internal[AwareDatetime]
    erased_at: Internal[AwareDatetime | None] = None
    """When the key of what it says was destroyed."""

    held: Internal[RowHold | None] = None

    def taken_up(self, call: str, at: AwareDatetime) -> Self:
        """The row while a call takes it."""
        return self.replace(held=RowHold(call=call, since=at))

    def is_held(self, at: AwareDatetime) -> bool:
        """Whether a call takes the row, or did a short while ago and has not ended it."""
        return self.held is not None and at < self.held.since + HELD_FOR

    def is_shared(self, at: AwareDatetime) -> bool:
        """Whether a call that begins now may take the row under the hold that there is."""
        return self.held is not None and at < self.held.since + SHARED_FOR

    def check_rejectable(self, at: AwareDatetime) -> None:
        """Check that nobody is taking the row.

        Raises:
            WrongState: Somebody is.
        """
        if self.is_held(at):
            raise WrongState(f"row {self.number}", "being taken", "be rejected")

    def erased(self, now: AwareDatetime, end: RowStatus = RowStatus.ERASED) -> Self:
        """The row without what it says: its key is destroyed beside this. `end`: what becomes of it if it waits still."""
        is_open = self.status is RowStatus.QUARANTINED
        return self.replace(
            status=end if is_open else self.status,
            held=None,
            changed_at=now,
            erased_at=now,
            **dict.fromkeys(self.sealed_fields()),
        )

    def resolved(self, status: RowStatus, *, by: str, now: AwareDatetime, reason: str) -> Self:
        """The row as a person decided it.

        Raises:
            WrongState: It was resolved before.
        """
        if self.status is not RowStatus.QUARANTINED:
            raise WrongState(f"row {self.number}", self.status, "be resolved again")
        return self.replace(status=status, resolved_by=by, changed_at=now, reason=reason, held=None)
