"""Notices: what the insurer announces before it ends cover, and the proof that it was sent.

Nothing that the insurer does takes effect before the days of notice after a proven dispatch are
over; until then cover goes on, and a payment that makes the arrears good stops a lapse.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.core.errors import WrongState
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value
from insurance.domain.jurisdiction import Channel, NoticeKind

DispatchReference = Annotated[
    str, StringConstraints(min_length=1, max_length=140, pattern=r"^[!-~]+$")
]
"""How the carrier of the notice names it: a tracking number, a message id."""

NON_PAYMENT = "non_payment"
"""The reason of every lapse."""

NOTICES_MAX = 50


class Dispatch(Value):
    """The proof: how it was sent, under which reference, and when."""

    channel: Channel
    reference: DispatchReference
    dispatched_at: AwareDatetime
    reported_by: str


class NoticeEnd(StrEnum):
    CARRIED_OUT = "carried_out"
    WITHDRAWN = "withdrawn"
    CURED = "cured"
    """What was due was paid in time."""
    OVERTAKEN = "overtaken"
    """Cover had ended otherwise."""


class Notice(Value):
    """One announcement. It takes effect by a transaction of its own, or never."""

    number: Annotated[int, Field(ge=1)]
    kind: NoticeKind
    reason: str
    given_at: AwareDatetime
    given_by: str
    wanted_at: AwareDatetime | None = None
    """Of a cancellation: when it shall take effect; the days of notice may make it later."""
    arrears: Money | None = None
    """Of a lapse: what was overdue when it was given."""
    due_by: date | None = None
    """Of a lapse: what was due up to this day is what must be paid."""
    dispatch: Dispatch | None = None
    effective_at: AwareDatetime | None = None
    """Known once its dispatch is proven."""
    ended: NoticeEnd | None = None
    ended_at: AwareDatetime | None = None

    @property
    def open(self) -> bool:
        return self.ended is None

    def dispatched(self, dispatch: Dispatch, *, earliest: AwareDatetime) -> Self:
        """Sent: it takes effect when the days of notice are over, or later where that is wanted."""
        if not self.open or self.dispatch is not None:
            status = self.ended or "dispatched"
            raise WrongState(f"Notice {self.number}", status, "be dispatched")
        at = max(earliest, self.wanted_at) if self.wanted_at else earliest
        return self.replace(dispatch=dispatch, effective_at=at)

    def ending(self, end: NoticeEnd, at: AwareDatetime) -> Self:
        if self.ended is not None:
            raise WrongState(f"Notice {self.number}", self.ended, "end again")
        return self.replace(ended=end, ended_at=at)
