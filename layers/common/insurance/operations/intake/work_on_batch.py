"""Work on a batch, slice by slice. Each slice is stored whole, with the batch's event, or not at all.

It may be killed anywhere and started again: a row that was taken is found again by its file and its place, a slice
that was not stored is worked again, and one that was is behind the batch's position.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from insurance.domain.core.errors import (
    Stopped,
)
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.identity import Mode, row_id_for, source_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.intake.batch import (
    ENDED,
    READING,
    WORKING,
    BatchStatus,
    DataBatch,
    RowTally,
    SliceResult,
)
from insurance.domain.intake.checking import CompiledMapping
from insurance.domain.intake.drift import drifts_of
from insurance.domain.intake.event_types import BatchEventType, RowEventType
from insurance.domain.intake.figures import PolicyFigures, digest_with, totals_of
from insurance.domain.intake.files import UnreadableFile
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.persons import MARKS_MAX
from insurance.domain.intake.quality import BatchQuality, quality_at_end
from insurance.domain.intake.quarantined_row import (
    REASONS_MAX,
    QuarantinedRow,
    RowReason,
    RowStatus,
)
from insurance.domain.intake.row import KEPT_BACK, Action, CheckedRow, RawRow
from insurance.domain.intake.scoring import FieldCounter
from insurance.operations.intake.erase_rows import erase_rows_of_batch, tokens_erased_since
from insurance.operations.intake.move_policies import held_until, move_slice
from insurance.operations.intake.ports import IntakePorts, NewRow, RowOutcome, WorkedSlice
from insurance.operations.intake.row_persons import persons_in_row
from insurance.operations.intake.sealed_files import delete_sealed, sealed_rows
from insurance.operations.intake.take_row import RowRefused, Times, take_row, try_row

SLICE_ROWS: Final = 40
SLICE_WRITES: Final = 96
"""A transaction takes a hundred, and four of them are the batch, its event, its outcomes and its quality. A row that is kept back is
two, and one more for each mark of a person."""
ROW_WRITES: Final = 2 + MARKS_MAX

SLICE_BYTES: Final = 1_250_000
"""Of values that are kept back, sealed: they are stored twice, with the row and with its event, and a transaction
takes four million bytes. One row more may go beyond it."""

ENDS: Final = {
    BatchStatus.CHECKED: BatchEventType.CHECKED,
    BatchStatus.FINISHED: BatchEventType.FINISHED,
    BatchStatus.HALTED: BatchEventType.HALTED,
    BatchStatus.PAUSED: BatchEventType.PAUSED,
}
COMPLETE: Final = frozenset({BatchStatus.CHECKED, BatchStatus.FINISHED})
"""All of the file was read."""
LOOK_AGAIN: Final = timedelta(minutes=5)
"""After how long a stop may have been lifted."""
type Ended = Callable[[BatchQuality], None]
"""Is told how good a batch was that has ended."""
type Clock = Callable[[], datetime]
"""Tells our own time."""


def work_on_batch(
    batch_id: str,
    now: datetime,
    *,
    ports: IntakePorts,
    clock: Clock,
    time_is_up: Callable[[], bool],
    ended: Ended = lambda _quality: None,
) -> datetime | None:
    """Work on a batch until it is done, or time is up. Returns when to go on; None: there is nothing to do.

    A live batch is worked at the time that our own clock tells at each row; a test batch at `now`, its caller's time.

    Raises:
        BatchNotFound: There is no such batch.
        StaleRevision: Somebody took a step meanwhile: the next run sees it.
        Stopped: A stop holds quotes: the next run tries again.
        Unavailable: Something that is needed did not answer.
    """
    stored = ports.batches.get(batch_id)
    if stored.record.mode is Mode.TEST:  # nothing else works on test data
        erase_rows_of_batch(stored.record, now, ports.persons)
        stored = ports.batches.get(batch_id)
    if stored.record.status not in WORKING:
        return None
    work = _Work(stored, now, ports, clock)
    while work.stored.record.status in WORKING:
        if time_is_up():
            return now
        if work.stored.record.status in READING:
            work.next_slice()
        elif (until := work.move_slice()) is not None:
            return until
    if (quality := quality_at_end(work.stored.record)) is not None:
        ended(quality)
    return None


def work_on_live_batch(
    batch_id: str, now: datetime, *, work: Callable[[str, datetime], datetime | None]
) -> datetime | None:
    """The scheduler's job with a live batch: a stop is no failure of the job, however long it holds.

    Args:
        batch_id: The batch.
        now: When the run began.
        work: `work_on_batch` with what it needs.

    Raises:
        BatchNotFound: There is no such batch.
        StaleRevision: Somebody took a step meanwhile: the next run sees it.
        Unavailable: Something that is needed did not answer.
    """
    try:
        return work(batch_id, now)
    except Stopped:
        return now + LOOK_AGAIN


@dataclass
class _Slice:
    """What is found while the rows of a slice are worked."""

    counter: FieldCounter
    tally: RowTally = field(default_factory=RowTally)
    outcomes: list[RowOutcome] = field(default_factory=list)
    quarantined: list[NewRow] = field(default_factory=list)
    totals: tuple[PolicyFigures, ...] = ()
    digest: str = ""
    sealed_bytes: int = 0
    """Of the rows in quarantine."""
    writes: int = 0
    """The same."""
    position: int = 0
    piece: int = 0
    halted_by: str | None = None
    is_last: bool = False

    def count(self, **counts: int) -> None:
        self.tally = self.tally.plus(RowTally(**counts))

    @property
    def is_full(self) -> bool:
        return (
            self.tally.read >= SLICE_ROWS
            or self.sealed_bytes >= SLICE_BYTES
            or self.writes + ROW_WRITES > SLICE_WRITES
        )

    @property
    def result(self) -> SliceResult:
        return SliceResult(
            position=self.position,
            piece=self.piece,
            tally=self.tally,
            fields=self.counter.tallies(),
            bins=self.counter.bins,
            is_last=self.is_last,
            totals=self.totals,
            digest=self.digest,
            halted_by=self.halted_by,
        )


class _Work:
    """A batch that is worked on, and its file, read as far as its position."""

    def __init__(
        self, stored: Stored[DataBatch], now: datetime, ports: IntakePorts, clock: Clock
    ) -> None:
        self.stored, self._ports = stored, ports
        self._asked_at, self._clock = now, clock
        self._mapping = mapping_of(stored.record, ports)
        self._rows = self._checked(stored.record)
        self._raw: dict[int, RawRow] = {}
        """Rows that are being checked, by their places."""
        self._piece = stored.record.piece
        """Of the sealed file, in which the last of them stands."""
        self._erased: frozenset[str] = frozenset()
        """Index tokens of customers who were erased since the file came."""

    @property
    def _times(self) -> Times:
        received_at = self._clock()
        is_live = self.stored.record.mode is Mode.LIVE
        return Times(received_at if is_live else self._asked_at, received_at)

    def next_slice(self) -> None:
        """Work the next rows, and store what came of them."""
        batch = self.stored.record
        self._erased = tokens_erased_since(batch, self._ports.persons)
        counter = FieldCounter(self._mapping, batch.received_at.date())
        made = _Slice(counter, position=batch.position, piece=batch.piece)
        try:
            for checked in self._rows:
                self._work_row(checked, made)
                if made.halted_by or made.is_full:
                    break
            else:
                made.is_last = True
        except UnreadableFile as error:
            made.halted_by = error.code
        self._store(made)

    def move_slice(self) -> datetime | None:
        """Cut over, or take back, what the next slice has brought. Returns until when a row of it is held; None: none is."""
        until = held_until(self.stored.record, self._times, self._ports)
        if until is None:
            self.stored = move_slice(self.stored, 2 * SLICE_ROWS, self._times, self._ports)
        return until

    def _work_row(self, checked: CheckedRow, made: _Slice) -> None:
        raw = self._raw.pop(checked.number)
        halts = [each.rule for each in checked.findings if each.action is Action.HALT]
        if halts:
            made.halted_by = halts[0]
            return
        made.position, made.piece = checked.number, self._piece
        made.count(read=1)
        if self._erased and self._erased & self._persons(checked, raw):
            return  # it is left out: nothing new is kept of who was erased
        made.counter.add(checked, raw)
        if not checked.is_accepted:
            self._quarantine(raw, checked, reasons_in(checked), made)
            return
        take = try_row if self.stored.record.status is BatchStatus.DRY_RUN else take_row
        try:
            taken = take(self.stored.record, checked, self._times, self._ports)
        except RowRefused as refused:
            self._quarantine(raw, checked, refused.reasons, made)
            return
        warned = any(each.action is Action.WARN for each in checked.findings)
        made.count(accepted=1, warned=int(warned), cleaned=int(checked.is_cleaned))
        if taken.figures is not None:
            made.totals = totals_of((*made.totals, taken.figures))
            made.digest = digest_with(made.digest, taken.digest)
        if self.stored.record.status is not BatchStatus.DRY_RUN:
            made.outcomes.append(RowOutcome(checked.number, taken.id, taken.status))

    def _quarantine(
        self, raw: RawRow, checked: CheckedRow, reasons: tuple[RowReason, ...], made: _Slice
    ) -> None:
        batch = self.stored.record
        made.count(quarantined=1)
        if batch.status is BatchStatus.DRY_RUN:
            return
        made.outcomes.append(RowOutcome(raw.number))
        now, key = self._times.now, self._ports.keys.new()
        row = QuarantinedRow(
            id=row_id_for(batch.id, raw.number),
            batch_id=batch.id,
            number=raw.number,
            status=RowStatus.QUARANTINED,
            reasons=reasons[:REASONS_MAX],
            values=dict(raw.values),
            changed_at=now,
        )
        event = Event.following(
            StreamPosition(),
            row,
            key,
            stream=row.id,
            type=RowEventType.QUARANTINED,
            actor=SYSTEM_ACTOR,
            now=now,
        )
        persons = self._persons(checked, raw)
        made.quarantined.append(NewRow(event, row, key, persons))
        made.sealed_bytes += len(event.sealed)
        made.writes += 2 + len(persons)

    def _persons(self, checked: CheckedRow, raw: RawRow) -> frozenset[str]:
        batch = self.stored.record
        return persons_in_row(batch, checked.record, raw.values, self._mapping, self._ports)

    def _store(self, made: _Slice) -> None:
        before, now = self.stored, self._times.now
        batch = before.record.worked(made.result, now)
        if batch.status in COMPLETE and self._mapping.document.drift:
            last = self._ports.batches.qualities(source_id_for(batch.mode, batch.source))
            batch = batch.drifted(drifts_of(self._mapping.document.drift, batch, last))
        event = Event.following(
            before.head,
            batch,
            NothingToSeal(),
            stream=batch.id,
            type=ENDS.get(batch.status, BatchEventType.PROGRESSED),
            actor=SYSTEM_ACTOR,
            now=now,
        )
        quality = quality_at_end(batch)
        worked = WorkedSlice(event, batch, tuple(made.outcomes), tuple(made.quarantined), quality)
        self._ports.batches.store_slice(worked, before)
        self.stored = Stored(batch, event.head, before.key)
        if batch.status in ENDED:
            delete_sealed(batch, self._ports)

    def _checked(self, batch: DataBatch) -> Iterator[CheckedRow]:
        """The rows behind the batch's position. Those before it are read too where a rule compares rows."""
        rows = self._remembered(batch)
        for checked in self._mapping.check(rows):
            if checked.number > batch.position:
                yield checked

    def _remembered(self, batch: DataBatch) -> Iterator[RawRow]:
        """The rows of the file. What those behind the position say is kept until they are worked."""
        first = 0 if self._mapping.compares_rows else batch.piece
        key, document = self.stored.key, self._mapping.document
        for piece, row in sealed_rows(batch, key, first, document, self._ports):
            self._piece = piece
            if row.number > batch.position:
                self._raw[row.number] = row
            yield row


def mapping_of(batch: DataBatch, ports: IntakePorts) -> CompiledMapping:
    """The mapping of the version that a batch was brought under."""
    text = ports.sources.text(source_id_for(batch.mode, batch.source), batch.source_revision)
    return compile_mapping(text.mapping)


def reasons_in(checked: CheckedRow) -> tuple[RowReason, ...]:
    """Why rules keep a row back, without anything that the row says."""
    return tuple(
        RowReason(rule=found.rule, place=found.place, code=found.code)
        for found in checked.findings
        if found.action in KEPT_BACK
    )
