"""What operations on the ledger are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode
    from insurance.domain.core.stored import Stored
    from insurance.domain.ledger.calendar import Calendar
    from insurance.domain.ledger.earnings import EarnedPremium
    from insurance.domain.policy import Policy
    from insurance.operations.idempotency import Idempotency


class Calendars(Protocol):
    def load(self, mode: Mode, receipt: Idempotency) -> Stored[Calendar]:
        """The calendar of a mode's books, in one read with the receipt."""

    def store(
        self, event: Event, calendar: Calendar, *, before: Stored[Calendar], receipt: Idempotency
    ) -> None:
        """Store the calendar as the event left it; raise StaleRevision when it has moved on.

        From then on nothing is booked into what it closes, whatever is under way.
        """


@dataclass(frozen=True, slots=True)
class EarningsContext:
    """A policy, and what of its premium was posted as earned so far."""

    policy: Stored[Policy]
    earned: Stored[EarnedPremium] | None


class Earnings(Protocol):
    def load(self, policy_id: str) -> EarningsContext:
        """Raise PolicyNotFound when there is no such policy."""

    def store(self, event: Event, *, file: EarningsContext) -> None:
        """Store what the event posts; raise StaleRevision when somebody else posted meanwhile."""
