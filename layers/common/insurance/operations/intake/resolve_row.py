"""Resolve a row in quarantine: mend its values, take it as it is, or reject it; and read rows and outcomes."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from insurance.domain.core.errors import (
    BatchNotFound,
    FieldFault,
    InvalidFields,
    RowNotFound,
    StaleRevision,
    Stopped,
    WrongState,
)
from insurance.domain.core.event import DestroyedKey, Event, NothingToSeal
from insurance.domain.core.stored import Stored
from insurance.domain.intake.batch import DataBatch, RowTally, SliceResult
from insurance.domain.intake.checking import CompiledMapping
from insurance.domain.intake.document import escaped
from insurance.domain.intake.event_types import BatchEventType, RowEventType
from insurance.domain.intake.quarantined_row import (
    QuarantinedRow,
    RowReason,
    RowResolution,
    RowStatus,
)
from insurance.domain.intake.row import CheckedRow, RawRow
from insurance.operations.command import Command, Query
from insurance.operations.intake.bring_batch import read_batch
from insurance.operations.intake.hold_row import hold_row, release_row
from insurance.operations.intake.kinds import Made
from insurance.operations.intake.ports import IntakePorts, LoadedRow, ResolvedRow, RowOutcome
from insurance.operations.intake.row_persons import persons_in_row
from insurance.operations.intake.take_row import (
    TAKEN_OTHERWISE,
    RowRefused,
    Times,
    made_of_row,
    take_row,
    try_row,
)
from insurance.operations.intake.work_on_batch import mapping_of, reasons_in
from insurance.operations.listing import ListPage, ListRange, page_of

ENDS: Final = {
    RowResolution.FIX: (RowStatus.FIXED, RowEventType.FIXED),
    RowResolution.ACCEPT: (RowStatus.ACCEPTED, RowEventType.ACCEPTED),
    RowResolution.REJECT: (RowStatus.REJECTED, RowEventType.REJECTED),
    RowResolution.RERUN: (RowStatus.FIXED, RowEventType.FIXED),
}


ONE_ROW: Final = 16
"""Slots of the table in which a row alone is compared with itself."""


class ResolutionInput(NamedTuple):
    """What a person makes of a row."""

    resolution: RowResolution
    reason: str
    values: Mapping[str, str]
    """By column, in place of what the file says: of a fix."""


def resolve_row(
    batch_id: str, number: int, wanted: ResolutionInput, command: Command, ports: IntakePorts
) -> Stored[QuarantinedRow]:
    """Mend a row and run it again, run it again as it is by the version of the source in force, take it as it is, or
    reject it.

    Raises:
        BatchNotFound: There is no such batch that the caller may see.
        RowNotFound: The row is not in quarantine, and never was.
        WrongState: It was resolved before, or what it said is destroyed; or it was taken, and cannot be rejected; or no
            version of the source is in force to run it again by, or one of another kind.
        InvalidFields: A column is unknown; or rules, or the product, still refuse the row: each reason with its place.
        Stopped: A stop holds what it asks for.
        Unavailable: Something that is needed did not answer.
    """
    before = ports.batches.load_row(batch_id, number, command)
    batch = before.batch.record
    if not command.caller.sees(batch.id, batch.partner, ""):
        raise BatchNotFound(batch_id)
    if before.row is None:
        raise RowNotFound(str(number))
    batch = batch.with_resolver(command.actor)
    current = before.row
    row, persons = current.record, before.persons
    status, type = ENDS[wanted.resolution]
    after = row.resolved(status, by=command.actor, now=command.now, reason=wanted.reason)
    if row.values is None:
        raise WrongState(f"row {number}", "destroyed", "be resolved")
    made = None
    if wanted.resolution is RowResolution.REJECT:
        _check_not_taken(batch, row, command, ports)
        row.check_rejectable(command.received_at)
    else:
        values = _mended(row.values, wanted.values)
        judged = judged_by(batch, wanted.resolution, ports)
        mapping, checked = _checked(judged, RawRow(number, values), ports)
        if wanted.resolution is not RowResolution.ACCEPT and not checked.is_accepted:
            raise InvalidFields(_faults(batch, reasons_in(checked), mapping))
        call = _Taking(judged, checked, mapping, wanted.resolution)
        held, made = call.take(before, current, command, ports)
        before, current = before._replace(row=held), held
        mended = {column: row.values[column] for column in wanted.values}
        after = after.replace(values=values, mended=mended or None, made_id=made.id)
        persons |= persons_in_row(batch, checked.record, values, mapping, ports)
    key = current.key or DestroyedKey()
    event = Event.following(
        current.head, after, key, stream=row.id, type=type, actor=command.actor, now=command.now
    )
    moved = batch.row_resolved(result_of(made), command.now)
    counted = Event.following(
        before.batch.head,
        moved,
        NothingToSeal(),
        stream=batch.id,
        type=BatchEventType.ROW_RESOLVED,
        actor=command.actor,
        now=command.now,
    )
    stored = Stored(after, event.head, current.key)
    resolved = ResolvedRow(event, after, counted, persons)
    ports.batches.store_row(resolved, before, command.with_answer(stored))
    return stored


def list_rows(
    batch_id: str, status: RowStatus, part: ListRange, query: Query, ports: IntakePorts
) -> ListPage[QuarantinedRow]:
    """Part of a batch's rows that are or were in quarantine, by their place in the file.

    Raises:
        BatchNotFound: There is no such batch that the caller may see.
    """
    entries = ports.batches.rows(read_batch(batch_id, query, ports), status, part)
    return page_of(entries, part.limit, lambda row: row)


def list_outcomes(
    batch_id: str, part: ListRange, query: Query, ports: IntakePorts
) -> ListPage[Sequence[RowOutcome]]:
    """Part of what came of a batch's rows: by slices of it.

    Raises:
        BatchNotFound: There is no such batch that the caller may see.
    """
    read_batch(batch_id, query, ports)
    entries = ports.batches.outcomes(batch_id, part)
    return page_of(entries, part.limit, lambda outcomes: outcomes)


def _check_not_taken(
    batch: DataBatch, row: QuarantinedRow, command: Command, ports: IntakePorts
) -> None:
    """Somebody may be mending the row at this moment, or may have got no further than what it makes.

    What stood before the row was kept back is another batch's, which lists it.
    """
    if any(reason.code == TAKEN_OTHERWISE for reason in row.reasons):
        return  # whatever it says now, it makes nothing
    raw = RawRow(row.number, row.values or {})
    _mapping, checked = _checked(batch, raw, ports)
    times = Times(command.now, command.received_at)
    found = made_of_row(batch, checked, times, ports)
    if found is not None and found[1] >= row.changed_at:
        raise WrongState(f"row {row.number}", f"taken as {found[0]}", "be rejected")


def judged_by(batch: DataBatch, resolution: RowResolution, ports: IntakePorts) -> DataBatch:
    """The batch as it came; to run a row again, as if it had come now: under the version of its source that is in force.

    Raises:
        WrongState: None is, or its rows become something else.
    """
    if resolution is not RowResolution.RERUN:
        return batch
    source = ports.sources.get(batch.mode, batch.source)
    text = source.record.current()
    if text.kind is not batch.kind:
        raise WrongState(batch.title, f"of the kind {batch.kind}", f"become {text.kind}")
    return batch.replace(version=text.version, source_revision=source.head.sequence)


def _checked(
    batch: DataBatch, row: RawRow, ports: IntakePorts
) -> tuple[CompiledMapping, CheckedRow]:
    """A row by itself under the batch's mapping."""
    mapping = mapping_of(batch, ports)
    [checked] = mapping.check([row], mapping.seen_keys(slots=ONE_ROW))
    return mapping, checked


def result_of(made: Made | None) -> SliceResult | None:
    """What a resolved row adds to its batch; None: nothing."""
    if made is None:
        return None
    return SliceResult(
        position=0,
        tally=RowTally(accepted=1),
        fields={},
        is_last=False,
        totals=(made.figures,) if made.figures else (),
        digest=made.digest,
    )


def _mended(values: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    unknown = [
        FieldFault(f"/values/{escaped(column)}", "unknown", "The file has no such column.")
        for column in given
        if column not in values
    ]
    if unknown:
        raise InvalidFields(unknown)
    return {**values, **given}


class _Taking(NamedTuple):
    """A row that a person lets become what it asks for."""

    batch: DataBatch
    checked: CheckedRow
    mapping: CompiledMapping
    resolution: RowResolution

    def take(
        self, before: LoadedRow, row: Stored[QuarantinedRow], command: Command, ports: IntakePorts
    ) -> tuple[Stored[QuarantinedRow], Made]:
        """The row as it is held, and what came of it."""
        times = Times(command.now, command.received_at)
        try:
            if (
                row.record.held is None
            ):  # most that is refused is refused before anything is written
                try_row(self.batch, self.checked, times, ports)
            held = hold_row(before, row, command, ports)
            try:
                return held, take_row(self.batch, self.checked, times, ports, self.resolution)
            except (RowRefused, Stopped):
                with suppress(StaleRevision):  # somebody has ended it
                    release_row(before._replace(row=held), held, command, ports)
                raise
        except RowRefused as refused:
            faults = _faults(self.batch, refused.reasons, self.mapping)
            raise InvalidFields(faults) from refused


def _faults(
    batch: DataBatch, reasons: Iterable[RowReason], mapping: CompiledMapping
) -> list[FieldFault]:
    """The reasons, each at the column that its field is of; at all values where it is of none.

    What a source calls its own rule, and the problem by which the product refuses the row, are in words alone: codes of
    fields are of one catalogue.
    """
    fields = mapping.document.fields
    columns = {path: field.source for path, field in fields.items() if field.source}
    columns |= {column: column for column in mapping.document.columns}
    faults = []
    for reason in reasons:
        column = columns.get(reason.place.strip("/").replace("/", "."))
        pointer = f"/values/{escaped(column)}" if column else "/values"
        by = f"The kind {batch.kind}" if reason.rule == batch.kind else f"Rule {reason.rule}"
        detail = f"{by} does not take {reason.place or 'it'}"
        if reason.rule == batch.kind and not reason.place:
            fault = FieldFault(pointer, "not-taken", f"{detail}: {reason.code}.")
        elif reason.rule == reason.code:
            fault = FieldFault(pointer, "kept-back", f"{detail}.")
        else:
            fault = FieldFault(pointer, reason.code, f"{detail}.")
        faults.append(fault)
    return faults
