"""Resolve a row in quarantine: mend its values, take it as it is, or reject it; and read rows and outcomes."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from insurance.domain.core.errors import BatchNotFound, FieldFault, InvalidFields, WrongState
from insurance.domain.core.event import DestroyedKey, Event, NothingToSeal
from insurance.domain.core.identity import source_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.intake.checking import CompiledMapping
from insurance.domain.intake.document import escaped
from insurance.domain.intake.event_types import BatchEventType, RowEventType
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.quarantined_row import QuarantinedRow, RowResolution, RowStatus
from insurance.domain.intake.row import CheckedRow, RawRow
from insurance.operations.command import Command, Query
from insurance.operations.intake.ports import IntakePorts, LoadedRow, RowOutcome
from insurance.operations.intake.quote_row import RowRefused, Times, quote_of_row, quote_row
from insurance.operations.intake.work_on_batch import reasons_in
from insurance.operations.listing import ListPage, ListRange, page_of

ENDS: Final = {
    RowResolution.FIX: (RowStatus.FIXED, RowEventType.FIXED),
    RowResolution.ACCEPT: (RowStatus.ACCEPTED, RowEventType.ACCEPTED),
    RowResolution.REJECT: (RowStatus.REJECTED, RowEventType.REJECTED),
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
    """Mend a row and run it again, take it as it is, or reject it.

    Raises:
        BatchNotFound: There is no such batch that the caller may see.
        RowNotFound: The row is not in quarantine, and never was.
        WrongState: It was resolved before, or what it said is destroyed; or it is quoted, and cannot be rejected.
        InvalidFields: A column is unknown; or rules, or the product, still refuse the row: each reason with its place.
        Stopped: A stop holds quotes of this.
        Unavailable: Something that is needed did not answer.
    """
    before = ports.batches.load_row(batch_id, number, command)
    batch, row = before.batch.record, before.row.record
    if not command.caller.sees(batch.id, batch.partner, ""):
        raise BatchNotFound(batch_id)
    status, type = ENDS[wanted.resolution]
    after = row.resolved(status, by=command.actor, now=command.now, reason=wanted.reason)
    if row.values is None:
        raise WrongState(f"row {number}", "destroyed", "be resolved")
    if wanted.resolution is RowResolution.REJECT:
        _check_not_quoted(before, command, ports)
    else:
        values = _mended(row.values, wanted.values)
        outcome = _take(before, values, wanted.resolution, command, ports)
        after = after.replace(values=values, quote_id=outcome.quote_id)
    key = before.batch.key or DestroyedKey()
    event = Event.following(
        before.row.head, after, key, stream=row.id, type=type, actor=command.actor, now=command.now
    )
    moved = batch.row_resolved(accepted=after.quote_id is not None, now=command.now)
    counted = Event.following(
        before.batch.head,
        moved,
        NothingToSeal(),
        stream=batch.id,
        type=BatchEventType.ROW_RESOLVED,
        actor=command.actor,
        now=command.now,
    )
    stored = Stored(after, event.head, before.batch.key)
    ports.batches.store_row((event, counted), after, before, command.with_answer(stored))
    return stored


def list_rows(
    batch_id: str, status: RowStatus, part: ListRange, query: Query, ports: IntakePorts
) -> ListPage[QuarantinedRow]:
    """Part of a batch's rows that are or were in quarantine, by their place in the file.

    Raises:
        BatchNotFound: There is no such batch that the caller may see.
    """
    batch = ports.batches.get(batch_id)
    if not query.caller.sees(batch_id, batch.record.partner, ""):
        raise BatchNotFound(batch_id)
    entries = ports.batches.rows(batch, status, part)
    return page_of(entries, part.limit, lambda row: row)


def list_outcomes(
    batch_id: str, part: ListRange, query: Query, ports: IntakePorts
) -> ListPage[Sequence[RowOutcome]]:
    """Part of what came of a batch's rows: by slices of it.

    Raises:
        BatchNotFound: There is no such batch that the caller may see.
    """
    batch = ports.batches.get(batch_id).record
    if not query.caller.sees(batch_id, batch.partner, ""):
        raise BatchNotFound(batch_id)
    entries = ports.batches.outcomes(batch_id, part)
    return page_of(entries, part.limit, lambda outcomes: outcomes)


def _check_not_quoted(before: LoadedRow, command: Command, ports: IntakePorts) -> None:
    """Somebody may be mending the row at this moment, or may have got no further than its quote.

    A quote that stood before the row was kept back is another batch's, which lists it.
    """
    row = before.row.record
    quote = quote_of_row(before.batch.record, row.number, command, ports)
    if quote is not None and quote.created_at >= row.changed_at:
        raise WrongState(f"row {row.number}", f"quoted as {quote.id}", "be rejected")


def _mended(values: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    unknown = [
        FieldFault(f"/values/{escaped(column)}", "unknown", "The file has no such column.")
        for column in given
        if column not in values
    ]
    if unknown:
        raise InvalidFields(unknown)
    return {**values, **given}


def _take(
    before: LoadedRow,
    values: Mapping[str, str],
    resolution: RowResolution,
    command: Command,
    ports: IntakePorts,
) -> RowOutcome:
    """What comes of the row with these values."""
    batch, number = before.batch.record, before.row.record.number
    text = ports.sources.text(source_id_for(batch.mode, batch.source), batch.source_revision)
    mapping = compile_mapping(text.mapping)
    [checked] = mapping.check([RawRow(number, values)], mapping.seen_keys(slots=ONE_ROW))
    if resolution is RowResolution.FIX and not checked.is_accepted:
        raise InvalidFields(_still_refused(checked, mapping))
    try:
        return quote_row(
            batch, number, checked.record, Times(command.now, command.received_at), ports
        )
    except RowRefused as refused:
        raise InvalidFields(
            [
                FieldFault(reason.place, reason.code, "The product does not take this.")
                for reason in refused.reasons
            ]
        ) from refused


def _still_refused(checked: CheckedRow, mapping: CompiledMapping) -> list[FieldFault]:
    """The reasons, each at the column that its field is of."""
    fields = mapping.document.fields
    origins = {path: field.source or path for path, field in fields.items()}
    return [
        FieldFault(
            f"/values/{escaped(origins.get(reason.place, reason.place))}",
            reason.code,
            f"Rule {reason.rule} refuses it.",
        )
        for reason in reasons_in(checked)
    ]
