"""What the delivery of events is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode
    from insurance.domain.core.money import Currency
    from insurance.domain.ledger.sources import Source
    from insurance.domain.ledger.sub_ledger import PostingDate
    from insurance.operations.products.ports import Products


class ControlAccounts(Protocol):
    """The control accounts of the general ledger, summed from the stream of events."""

    def post(self, event: Event, source: Source, *, appended_at: datetime) -> PostingDate | None:
        """Add the event's postings to the accounts once, and what its aggregate's facts say now.

        Nothing is posted to a closed period: what belongs there goes to the first open one after it.
        Returns None when the event was posted before.

        Raises:
            Unavailable: Other events of the same aggregate were posted at every attempt.
        """

    def imbalance(self, mode: Mode, currency: Currency) -> int:
        """Debits less credits over all accounts, in minor units: zero, or something is wrong."""


class EventBus(Protocol):
    """Where other systems receive events."""

    def publish(self, event: Event) -> None:
        """Hand the event on; raise when the bus did not take it."""


@dataclass(frozen=True, slots=True)
class DeliveryPorts:
    """What the delivery of an event needs from outside."""

    products: Products
    control_accounts: ControlAccounts
    bus: EventBus
