"""What operations on quotes are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from insurance.domain.core.event import Event
    from insurance.domain.core.stored import PartyKey, Stored
    from insurance.domain.quote.quote import Quote
    from insurance.operations.command import Command
    from insurance.operations.parties.ports import IndexKeys, Keys, NamedParties
    from insurance.operations.products.ports import Products


class LookUps(Protocol):
    def find(self, source: str, key: str) -> Mapping[str, Any] | None:
        """The facts that a source holds under a key; None when it does not know or does not answer."""


class Quotes(Protocol):
    def add(
        self,
        event: Event,
        quote: Quote,
        *,
        key: PartyKey,
        command: Command,
        registered: Event | None = None,
    ) -> None:
        """Store a new quote and the command's answer.

        Args:
            event: The first event of the quote's stream.
            quote: The quote.
            key: The key of the quote's party.
            command: The command, with its answer.
            registered: The first event of the party that the quote names, if none is stored yet.

        Raises:
            AlreadyErased: The party that the quote names was erased.
            StaleRevision: Another command has written the first event of the party.
            AlreadyAnswered: This call has made its quote before.
            KeyReused: The caller's key was used for another request.
        """

    def get(self, quote_id: str) -> Stored[Quote]:
        """The quote as it stands.

        Raises:
            QuoteNotFound: There is none.
        """

    def load(self, quote_id: str, command: Command) -> Stored[Quote]:
        """The quote as it stands, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            QuoteNotFound: There is no such quote.
        """

    def change(
        self, event: Event, quote: Quote, *, before: Stored[Quote], command: Command
    ) -> None:
        """Store the quote as the event left it, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The quote has moved on since it was loaded.
        """


class QuotingPorts(NamedTuple):
    """What operations on quotes need from outside."""

    products: Products
    look_ups: LookUps
    quotes: Quotes
    keys: Keys
    parties: NamedParties
    index_keys: IndexKeys
    carrier: str
    """The insurer that carries the risk."""
