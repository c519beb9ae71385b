"""What operations of data intake are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode, PartyId
    from insurance.domain.core.stored import PartyKey, Stored
    from insurance.domain.intake.batch import DataBatch
    from insurance.domain.intake.document import MappingDocument
    from insurance.domain.intake.made import MadeStatus
    from insurance.domain.intake.quality import BatchQuality
    from insurance.domain.intake.quarantined_row import QuarantinedRow, RowStatus
    from insurance.domain.intake.row import RawRow
    from insurance.domain.intake.source import DataSource, RowKind, SourceText
    from insurance.operations.command import Command
    from insurance.operations.files.ports import UploadPorts
    from insurance.operations.intake.kinds import TakesRows
    from insurance.operations.listing import ListEntry, ListRange
    from insurance.operations.parties.ports import ErasedPerson, IndexKeys, Keys
    from insurance.operations.policy.migration_ports import MigrationPorts


class Sources(Protocol):
    """Sources and what each version of them says."""

    def get(self, mode: Mode, code: str) -> Stored[DataSource]:
        """A source.

        Raises:
            SourceNotFound: There is none.
        """

    def load(self, code: str, command: Command) -> Stored[DataSource] | None:
        """A source of the caller's mode, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def text(self, source_id: str, revision: int) -> SourceText:
        """What was in force after an event of a source: it never changes."""

    def sources(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[DataSource]]:
        """Part of the sources of a mode, by their codes."""

    def store(
        self, event: Event, source: DataSource, before: Stored[DataSource] | None, command: Command
    ) -> None:
        """Store the source as the event left it, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: It has changed since it was loaded.
        """


class RowOutcome(NamedTuple):
    """What came of one row, as results list it."""

    number: int
    """Its place in the file."""
    made_id: str | None = None
    """Of what the row became. None: it was kept back."""
    made_status: MadeStatus | None = None


class LoadedRow(NamedTuple):
    """A row in quarantine, opened with its key, and its batch. None: no row of this place is, or was."""

    batch: Stored[DataBatch]
    row: Stored[QuarantinedRow] | None
    persons: frozenset[str] = frozenset()
    """Index tokens of whom it names."""


class NewRow(NamedTuple):
    """A row that is kept back, sealed with a key of its own."""

    event: Event
    row: QuarantinedRow
    key: PartyKey
    persons: frozenset[str]
    """Index tokens of whom it names."""


class ResolvedRow(NamedTuple):
    """A row as a person resolved it, and its batch, which waits for one row less."""

    event: Event
    row: QuarantinedRow
    counted: Event
    persons: frozenset[str]
    """Index tokens of whom it names by now: it stays under those of before."""


class WorkedSlice(NamedTuple):
    """What a slice of a batch leaves behind: all of it is stored, or nothing."""

    event: Event
    batch: DataBatch
    outcomes: Sequence[RowOutcome]
    quarantined: Sequence[NewRow]
    quality: BatchQuality | None = None
    """Of the whole batch, with the slice that ends it."""


class PersonRow(NamedTuple):
    """A row that was kept back, and its batch."""

    row: Stored[QuarantinedRow]
    batch: Stored[DataBatch]
    persons: frozenset[str]
    """Index tokens of whom it names."""


class PersonRows(Protocol):
    """Rows that name a person, found by index tokens, and word of those who were erased."""

    def find(self, mode: Mode, tokens: Collection[str]) -> Iterator[PersonRow]:
        """The rows of these tokens that have a key still, each once, with what they say. A new one is listed a moment
        later."""

    def of_batch(self, batch_id: str) -> Iterator[PersonRow]:
        """The rows of a batch that have a key still, with what they say."""

    def erase(self, events: Sequence[Event], before: PersonRow) -> None:
        """Destroy the key of a row, and store it as its event left it; and its batch, where the events are two. Nothing
        finds the row by a person afterwards.

        Raises:
            StaleRevision: Row or batch has changed since they were read.
        """

    def noted(self, party_id: PartyId) -> ErasedPerson | None:
        """The word that was left of a party; None: there is none, or its keys are not destroyed."""

    def erased_since(self, mode: Mode, partner: str, since: datetime) -> Sequence[ErasedPerson]:
        """Word of a partner's customers who were erased at that time or later, and whose keys are destroyed."""


class Batches(Protocol):
    """Batches, their rows in quarantine, and what came of every row."""

    def get(self, batch_id: str) -> Stored[DataBatch]:
        """A batch as it stands, with its key.

        Raises:
            BatchNotFound: There is none.
        """

    def load(self, batch_id: str, command: Command) -> Stored[DataBatch] | None:
        """As `get`, in one read with the command's idempotency record. None: there is none.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def load_row(self, batch_id: str, number: int, command: Command) -> LoadedRow:
        """A row in quarantine and its batch, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            BatchNotFound: There is no such batch.
        """

    def batches(
        self, mode: Mode, partner: str | None, part: ListRange
    ) -> Sequence[ListEntry[DataBatch]]:
        """Part of the batches of a mode, the latest first; `partner`: of this one alone."""

    def rows(
        self, batch: Stored[DataBatch], status: RowStatus, part: ListRange
    ) -> Sequence[ListEntry[QuarantinedRow]]:
        """Part of the rows that are or were in quarantine, by their place in the file."""

    def rows_at(self, batch_id: str, numbers: Sequence[int]) -> Sequence[QuarantinedRow]:
        """Those of these places, at most a hundred, that are or were in quarantine, as they stand; without what they say."""

    def outcomes(self, batch_id: str, part: ListRange) -> Sequence[ListEntry[Sequence[RowOutcome]]]:
        """Part of what came of rows: an entry for each slice."""

    def qualities(self, source_id: str) -> Sequence[BatchQuality]:
        """How good the last ten batches of a source were, the latest first. One that has just ended may be missing."""

    def slice_of(self, batch_id: str, number: int) -> Sequence[RowOutcome]:
        """What came of the rows of one slice, counted from 1; nothing where none of them was stored."""

    def add(self, event: Event, batch: DataBatch, key: PartyKey, command: Command) -> None:
        """Store a new batch, its key and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            BatchExists: This file was brought before, for this version of the source.
        """

    def store(self, event: Event, before: Stored[DataBatch], command: Command) -> None:
        """Store the batch as the event left it, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: It has changed since it was loaded.
        """

    def store_slice(self, worked: WorkedSlice, before: Stored[DataBatch]) -> None:
        """Store all that a slice leaves behind.

        Raises:
            StaleRevision: The batch has changed since it was read.
        """

    def store_hold(self, event: Event, row: QuarantinedRow, before: LoadedRow) -> None:
        """Store a row that somebody takes, or takes no more, as its event left it.

        Raises:
            StaleRevision: Row or batch has changed since they were loaded.
        """

    def store_row(self, resolved: ResolvedRow, before: LoadedRow, command: Command) -> None:
        """Store a row and its batch as their events left them, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: Row or batch has changed since they were loaded.
        """


@dataclass(frozen=True, slots=True)
class SourcePorts:
    """What operations on sources need from outside."""

    sources: Sources


@dataclass(frozen=True, slots=True)
class IntakePorts:
    """What operations on batches need from outside."""

    sources: Sources
    batches: Batches
    persons: PersonRows
    index_keys: IndexKeys
    uploads: UploadPorts
    keys: Keys
    kinds: Mapping[RowKind, TakesRows]
    """What rows become."""
    migration: MigrationPorts
    """By which policies are cut over, or taken back."""
    read_rows: Callable[[BinaryIO, MappingDocument], Iterator[RawRow]]
    """The rows of a file, by what its mapping says of its form. Raises UnreadableFile."""
