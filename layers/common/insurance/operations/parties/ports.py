"""What operations on parties are given: keys, access and screening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from insurance.domain.contract.terms import ProductRef
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode, PartyId, PolicyId, QuoteId
    from insurance.domain.core.stored import PartyKey, Stored
    from insurance.domain.party.party import Access
    from insurance.domain.party.record import Party
    from insurance.domain.policy import Policy
    from insurance.domain.privacy.legal_hold import ContractRecords
    from insurance.domain.product import Product
    from insurance.domain.screening.screening import (
        ScreeningCase,
        ScreeningMatch,
        ScreeningSubject,
    )
    from insurance.operations.command import Command
    from insurance.operations.documents.ports import Documents, Typesetter, Wordings
    from insurance.operations.files.ports import Objects
    from insurance.operations.listing import ListEntry, ListRange


class Keys(Protocol):
    def new(self) -> PartyKey:
        """A key for a new party."""

    def open(self, wrapped: bytes) -> PartyKey:
        """The key that a stored item has in wrapped form."""


class IndexKeys(Protocol):
    """The keyed hash by which an index finds a personal value without holding it."""

    def token(self, mode: Mode, field: str, value: str) -> str:
        """What stands for the value of this field: 26 letters and digits, always the same.

        Equal values of two fields, or of live and test, have different tokens. The caller
        normalises the value first. The mode's key is made when it is first needed.
        """

    def known_token(self, mode: Mode, field: str, value: str) -> str | None:
        """The same, for a reader. None: the mode has no key yet, so nothing was indexed."""


class Screening(Protocol):
    version: str
    """The version of the list."""

    def matches(self, name: str) -> Sequence[ScreeningMatch]:
        """Entries of the sanctions list whose names are similar to this name, the closest first."""


@dataclass(frozen=True, slots=True)
class AccessContext:
    """A policy, and the person's access so far."""

    policy: Stored[Policy]
    access: Stored[Access] | None


class Accesses(Protocol):
    def load(self, policy_id: str, person_id: str, command: Command) -> AccessContext:
        """The policy and the access, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            PolicyNotFound: There is no such policy.
        """

    def store(
        self, event: Event, access: Access, *, before: Stored[Access] | None, command: Command
    ) -> None:
        """Store the access as the event left it, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The access has changed since it was loaded.
        """


class Screenings(Protocol):
    """Screening cases."""

    def find(self, subject: ScreeningSubject, key: PartyKey) -> Stored[ScreeningCase] | None:
        """The policyholder's case, opened with their key; None if there is none."""

    def load(self, screening_id: str, command: Command) -> Stored[ScreeningCase]:
        """The case, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            ScreeningNotFound: There is no such case.
        """

    def store(self, event: Event, *, before: Stored[ScreeningCase] | None) -> None:
        """Store the case as the event left it.

        Raises:
            StaleRevision: The case has changed since it was read.
        """

    def decide(self, event: Event, *, before: Stored[ScreeningCase], command: Command) -> None:
        """As `store`, with the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The case has changed since it was loaded.
        """

    def list_open(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[ScreeningCase]]:
        """Open cases in the order of their ids, without personal data."""


class PolicyRange(NamedTuple):
    """Some of the policies in force, and the position to go on from; None at the end."""

    policies: Sequence[Stored[Policy]]
    next: str | None


class PoliciesInForce(Protocol):
    """Every policy that was issued."""

    def read(self, mode: Mode, after: str) -> PolicyRange:
        """Some policies behind the position `after`, whatever their status is now."""


@dataclass(frozen=True, slots=True)
class ScreeningPorts:
    """What the screening of policyholders needs from outside."""

    list: Screening
    """The sanctions list."""
    cases: Screenings
    policies: PoliciesInForce


class PartyGroup(NamedTuple):
    """A party, and those that were merged into it."""

    party: Stored[Party]
    members: Sequence[Stored[Party]]


class PartyChange(NamedTuple):
    """What one event makes of a party."""

    event: Event
    before: Stored[Party]
    """With an empty stream: no command has written the party until now."""


class Contract(NamedTuple):
    """A quote, and the policy that it became."""

    quote_id: QuoteId
    policy_id: PolicyId | None


class Parties(Protocol):
    """The records of parties.

    A party that no command has written yet is the policyholder of the quote that it came of.
    """

    def get(self, party_id: PartyId) -> Stored[Party]:
        """The party as it stands.

        Raises:
            PartyNotFound: There is no such party.
            AlreadyErased: The party was erased.
        """

    def load(self, party_ids: Sequence[PartyId], command: Command) -> Sequence[Stored[Party]]:
        """These parties, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            PartyNotFound: One of them does not exist.
            AlreadyErased: One of them was erased.
        """

    def load_group(self, party_id: PartyId, command: Command) -> PartyGroup:
        """The party, or the one that it was merged into, with its members.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            PartyNotFound: There is no such party.
            AlreadyErased: The party was erased.
        """

    def contracts(self, party: Party) -> Sequence[Contract]:
        """The first hundred contracts of the party and its members, in the order of their ids. A new
        one is listed a moment later."""

    def register(self, event: Event, party: Party, *, key: PartyKey, command: Command) -> None:
        """Store a new party and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            ReferenceTaken: The partner has a party of this reference.
        """

    def change(self, changes: Sequence[PartyChange], *, command: Command) -> None:
        """Store the parties as the events left them, and the command's answer, all or none.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: One of them has changed since it was loaded.
        """

    def erase(
        self,
        erased: Sequence[PartyChange],
        *,
        unless_changed: Sequence[ContractRecords] = (),
        command: Command,
    ) -> None:
        """Destroy the parties' keys, and store the events and the command's answer.

        The copies of the keys with their contracts go in the same transaction, as far as they are
        known and fit; `KeyCopies` removes the others. `unless_changed` are contracts as they were
        read, any number of them: where one has changed since, nothing is erased.

        Where it cannot be done at once, commands at the parties and their contracts are refused as
        erased from the first step on. A call that died on its way is finished by another one, or
        undone by `keep`.

        Raises:
            AlreadyAnswered: This call was answered before.
            AlreadyErased: A key was destroyed before.
            StaleRevision: One of them, or of their contracts, has changed since it was loaded.
        """

    def erases_at_once(
        self, erased: Sequence[object], unless_changed: Sequence[ContractRecords]
    ) -> bool:
        """Whether `erase` is one transaction for so many parties and these contracts."""

    def keep(self, party_ids: Sequence[PartyId]) -> None:
        """Let commands at the parties and their contracts again, where an erasure died on its way. Safe
        to repeat, and without effect where none did."""


class NamedParties(Protocol):
    """Parties that a new contract may name."""

    def get(self, party_id: PartyId) -> Stored[Party]:
        """The party as it stands.

        Raises:
            PartyNotFound: There is no such party.
            AlreadyErased: The party was erased.
        """


@dataclass(frozen=True, slots=True)
class PartyPorts:
    """What operations on parties need from outside."""

    parties: Parties
    index_keys: IndexKeys
    keys: Keys


class PartyContracts(Protocol):
    def read(self, party_ids: Sequence[PartyId]) -> Sequence[ContractRecords]:
        """Everything that stands on the contracts of these parties, without personal data: it opens no
        key."""

    def read_opened(
        self, party_ids: Sequence[PartyId], *, after: QuoteId = "", limit: int
    ) -> Sequence[ContractRecords]:
        """So many of them at most, with personal data, in an order that later contracts do not change: those
        that made the parties first, and then by the ids of their quotes. `after` is the last quote read."""


class ContractProducts(Protocol):
    def version(self, ref: ProductRef) -> Product:
        """The version that a quote or policy was made on, on sale or not."""


class ErasedPerson(NamedTuple):
    """Word that a person was erased: index tokens of what named them."""

    party_id: PartyId
    partner: str
    tokens: frozenset[str]
    erased_at: datetime


class ErasedPersons(Protocol):
    """Word of persons who are erased, for files of rows that name them."""

    def note(self, erased: ErasedPerson) -> None:
        """Leave word. Safe to repeat."""


@dataclass(frozen=True, slots=True)
class ErasurePorts:
    """What the erasure of a party needs from outside."""

    parties: Parties
    contracts: PartyContracts
    products: ContractProducts
    copies: KeyCopies
    files: Sequence[Objects]
    """Where readable copies of files are: of documents, exports and evidence."""
    erased: ErasedPersons
    index_keys: IndexKeys


@dataclass(frozen=True, slots=True)
class ExportPorts:
    """What an export of a party's data needs from outside."""

    parties: Parties
    contracts: PartyContracts
    products: ContractProducts
    documents: Documents
    wordings: Wordings
    typesetter: Typesetter
    files: Objects
    carrier: str
    """Who sends the export."""


class ContractDemands(Protocol):
    def mark_all(self, party_id: PartyId) -> None:
        """Let every contract of a party, and of those merged into it, say what the party demands now."""

    def mark(self, policy_id: PolicyId, party_id: PartyId) -> None:
        """Let a policy say what its holder demands now."""


class KeyCopies(Protocol):
    def remove_copies(self, party_id: str, erased_at: datetime) -> None:
        """Remove every copy of an erased party's key that its contracts carry. Safe to repeat."""
