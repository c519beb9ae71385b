"""What reading work lists is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from insurance.domain.claim import Claim
    from insurance.domain.complaint import Complaint
    from insurance.domain.core.identity import Mode
    from insurance.domain.quote.quote import Quote


@dataclass(frozen=True, slots=True)
class Listed:
    """A place in a list; without what stood there, if it has moved on since the list was written."""

    position: str
    record: Claim | Quote | Complaint | None


class Lists(Protocol):
    """Lists over many policies, read in order from the place behind `after`.

    Only what is not personal is read. An entry may come moments late; none comes that has moved on.
    """

    def waiting(
        self, mode: Mode, role: str, *, until: datetime, after: str, limit: int
    ) -> Sequence[Listed]:
        """What waits for a role by then, the longest first."""

    def claims_in(self, mode: Mode, handling: str, *, after: str, limit: int) -> Sequence[Listed]:
        """Claims whose handling has come so far, in the order in which they were reported."""

    def complaints_in(self, mode: Mode, month: str, *, after: str, limit: int) -> Sequence[Listed]:
        """Complaints received in a month ("2027-01"), in the order in which they came."""

    def claims_of(self, mode: Mode, handler: str, *, after: str, limit: int) -> Sequence[Listed]:
        """Claims that are not closed and that this person has in hand, in the same order."""
