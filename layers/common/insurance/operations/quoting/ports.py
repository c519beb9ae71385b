"""What operations on quotes are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from insurance.domain.core.event import Event
    from insurance.domain.core.stored import PartyKey, Stored
    from insurance.domain.quote.quote import Quote
    from insurance.operations.receipt import Receipt


class LookUps(Protocol):
    def find(self, source: str, key: str) -> Mapping[str, Any] | None:
        """The facts that a source holds under a key; None when it does not know or does not answer."""


class Quotes(Protocol):
    def add(self, event: Event, quote: Quote, *, key: PartyKey, receipt: Receipt) -> None:
        """Store a new quote; raise AlreadyAnswered or KeyReused when this call was made before."""

    def get(self, quote_id: str) -> Stored[Quote]:
        """Raise QuoteNotFound when there is none."""

    def load(self, quote_id: str, receipt: Receipt) -> Stored[Quote]:
        """As `get`, in one read with the receipt: raise AlreadyAnswered or KeyReused if it is there."""

    def change(
        self, event: Event, quote: Quote, *, before: Stored[Quote], receipt: Receipt
    ) -> None:
        """Store the quote as the event left it; raise StaleRevision when it has moved on."""
