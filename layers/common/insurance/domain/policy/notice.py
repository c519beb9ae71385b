"""Notices: what the insurer announces before it ends cover, and the proof that it was sent.

The insurer ends no cover before the days of notice after a proven dispatch are over. Until then
cover goes on, and a payment of the arrears stops a lapse.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.core.errors import WrongState
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value
from insurance.domain.jurisdiction.jurisdiction import DispatchChannel, NoticeKind

DispatchReference = Annotated[
    str, StringConstraints(min_length=1, max_length=140, pattern=r"^[0-9A-Za-z][0-9A-Za-z./_:+-]*$")
]
"""The reference of the postal or message service: a tracking number, a message id."""

NON_PAYMENT = "non_payment"
"""The reason of every lapse."""

NOTICES_MAX = 50


class Dispatch(Value):
    """The proof of dispatch: channel, reference and time."""

    channel: DispatchChannel
    reference: DispatchReference
    dispatched_at: AwareDatetime
    reported_by: str


class NoticeEnd(StrEnum):
    CARRIED_OUT = "carried_out"
    """It took effect."""
    WITHDRAWN = "withdrawn"
    """The insurer took it back."""
    CURED = "cured"
    """The arrears were paid in time."""
    OVERTAKEN = "overtaken"
    """Cover had ended for another reason."""


class Notice(Value):
    """One notice. It takes effect by a transaction of its own, or never."""

    number: Annotated[int, Field(ge=1)]
    kind: NoticeKind
    reason: str
    given_at: AwareDatetime
    given_by: str
    wanted_at: AwareDatetime | None = None
    """Of a cancellation: the requested date of effect. The days of notice may make it later."""
    arrears: Money | None = None
    """Of a lapse: the amount overdue when the notice was given."""
    due_by: date | None = None
    """Of a lapse: everything due up to this day must be paid to stop it."""
    dispatch: Dispatch | None = None
    effective_at: AwareDatetime | None = None
    """Known once the dispatch is proven."""
    ended: NoticeEnd | None = None
    ended_at: AwareDatetime | None = None

    @property
    def open(self) -> bool:
        return self.ended is None

    def dispatched(self, dispatch: Dispatch, *, earliest: AwareDatetime) -> Self:
        """The notice with its dispatch: it takes effect after the days of notice, or later on request.

        Raises:
            WrongState: The notice was dispatched before, or has ended.
        """
        if not self.open or self.dispatch is not None:
            status = self.ended or "dispatched"
            raise WrongState(f"Notice {self.number}", status, "be dispatched")
        at = max(earliest, self.wanted_at) if self.wanted_at else earliest
        return self.replace(dispatch=dispatch, effective_at=at)

    def ending(self, end: NoticeEnd, at: AwareDatetime) -> Self:
        """The notice with its end.

        Raises:
            WrongState: The notice has ended before.
        """
        if self.ended is not None:
            raise WrongState(f"Notice {self.number}", self.ended, "end again")
        return self.replace(ended=end, ended_at=at)
