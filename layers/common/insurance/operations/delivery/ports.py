"""What the delivery of events is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from insurance.domain.core.classification import JsonObject
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import ClaimId, Mode, PartyId
    from insurance.domain.core.money import Currency
    from insurance.domain.ledger.sources import Source
    from insurance.domain.ledger.sub_ledger import PostingDate
    from insurance.domain.party.party import Payee
    from insurance.domain.search.entry import IndexedObject
    from insurance.operations.parties.ports import IndexKeys
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


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """A record as an event left it, its personal facts still sealed."""

    id: str
    """Of the record and of its stream."""
    sequence: int
    """The number of the event."""
    facts: JsonObject
    sealed: bytes

    @classmethod
    def of(cls, event: Event) -> Self:
        return cls(event.stream, event.sequence, event.facts, event.sealed)


class OpenedFacts(NamedTuple):
    """What is known of a record beside its open facts."""

    personal: JsonObject | None = None
    """Its personal facts; None where the party was erased, or where they are damaged."""
    book: str | None = None
    """The partner in whose book its contract is, where that changed."""
    is_damaged: bool = False
    """Whether the party was not erased, and its key is missing or does not open them."""


class SealedFacts(Protocol):
    """What events hold of people."""

    def read(self, stored: StoredFacts) -> OpenedFacts:
        """What is known of a record beside its open facts."""

    def current_book(self, id: str) -> str | None:
        """The partner in whose book the contract of this record is now; None: it never changed."""

    def event(self, stream: str, sequence: int) -> Event | None:
        """An event of a stream; None: it is not there."""


class PartyLinks(NamedTuple):
    """Which other parties count as the same as one, as its own record says."""

    merged_into: PartyId | None = None
    members: tuple[PartyId, ...] = ()


NO_LINKS: Final = PartyLinks()


class SearchIndex(Protocol):
    """The places at which lists and searches find objects. It can be made again from the events."""

    def replace(
        self, source: str, sequence: int, objects: Sequence[IndexedObject], *, party_id: str | None
    ) -> None:
        """Make the index say of a source what its event with this number says.

        Nothing changes where a later event was indexed already, so events may come twice and in any
        order. The same event again changes what it would be indexed by otherwise today. For a party that was forgotten no place of a personal value is written, and none for
        the party itself.

        Args:
            source: The aggregate that the event tells of.
            sequence: The number of the event.
            objects: All that the aggregate has in the index from now on.
            party_id: Whose personal values the objects have; None: they have none.

        Raises:
            Unavailable: Other events of the same source were indexed at every attempt.
        """

    def remove(self, source: str, *, through: int | None = None) -> None:
        """Remove all that a source has, which is there no longer. Safe to repeat.

        Nothing changes where a later event than number `through` was indexed, if it is given.

        Raises:
            Unavailable: Other events of the same source were indexed at every attempt.
        """

    def regroup(self, party_id: str, sequence: int, links: PartyLinks) -> None:
        """List what is a party's for all that count as the same, as its event with this number says.

        It may be given again, and in any order: where a later event was given, nothing changes.

        Raises:
            Unavailable: Others wrote at every attempt.
        """

    def sources_of(self, party_id: str) -> Sequence[tuple[str, int]]:
        """Every source with objects that are listed for the party, and its event that was indexed last."""

    def forget(self, party_id: str) -> None:
        """Remove the party, and every place that one of its personal values led to, for good."""


class PayeeAccounts(Protocol):
    """What is known of the accounts that the payees of claims name."""

    def note(self, mode: Mode, payee: Payee, claim_id: ClaimId, *, approved: bool) -> None:
        """Note that the payee's account stands on a claim under their name, and that a second person
        approved a payment to it. Who names no account is not noted.

        Of one account so many claims are noted and no more (`CLAIMS_MAX`). Safe to repeat.
        """


@dataclass(frozen=True, slots=True)
class IndexPorts:
    """What the indexing of an event needs from outside."""

    products: Products
    sealed_facts: SealedFacts
    index_keys: IndexKeys
    index: SearchIndex
    payee_accounts: PayeeAccounts


@dataclass(frozen=True, slots=True)
class BooksPorts:
    """What the posting of an event needs from outside."""

    products: Products
    control_accounts: ControlAccounts
