"""What operations on quotes are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from insurance.domain.core.event import Event
    from insurance.domain.core.stored import PartyKey, Stored
    from insurance.domain.party.record import Party
    from insurance.domain.policy import Policy
    from insurance.domain.quote.quote import Quote
    from insurance.operations.command import Command
    from insurance.operations.controls.ports import StopsInForce
    from insurance.operations.parties.ports import IndexKeys, Keys, NamedParties
    from insurance.operations.products.ports import Products


class LookUps(Protocol):
    def find(self, source: str, key: str) -> Mapping[str, Any] | None:
        """The facts that a source holds under a key; None when it does not know or does not answer."""


class QuoteBasis(NamedTuple):
    """What a quote was made of, beside what the caller told."""

    registered: Event | None = None
    """The first event of the party that the quote names, if none is stored yet."""
    party: Stored[Party] | None = None
    """Else that party."""
    policy: Stored[Policy] | None = None
    """The policy that a renewal follows."""


NOTHING_READ = QuoteBasis()


class Quotes(Protocol):
    def add(
        self,
        event: Event,
        quote: Quote,
        *,
        key: PartyKey,
        command: Command,
        basis: QuoteBasis = NOTHING_READ,
    ) -> None:
        """Store a new quote and the command's answer, if what it was made of stands as it was read.

        Args:
            event: The first event of the quote's stream.
            quote: The quote.
            key: The key of the quote's party.
            command: The command, with its answer.
            basis: What it was made of.

        Raises:
            AlreadyErased: The party that the quote names was erased.
            StaleRevision: The party, or the policy, has changed since it was read.
            AlreadyAnswered: This call has made its quote before.
            KeyReused: The caller's key was used for another request.
        """

    def find_replay(self, command: Command, *, quote_id: str | None = None) -> None:
        """Look for the quote that this call made before; `quote_id`: that of a renewal.

        Raises:
            AlreadyAnswered: The quote is there.
            KeyReused: It was made by another request.
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
    stops: StopsInForce
