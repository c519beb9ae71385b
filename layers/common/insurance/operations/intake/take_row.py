"""A row of a batch becomes what its kind says, by the operation that a single call is taken by. It is taken once, however
often it is tried."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from pydantic_core import to_json

from insurance.domain.contract.data_origin import FINDINGS_MAX, DataOrigin
from insurance.domain.core.errors import (
    InsuranceError,
    InvalidFields,
    KeyReused,
    StaleRevision,
    Stopped,
    Unavailable,
)
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.quarantined_row import REASONS_MAX, RowReason, RowResolution
from insurance.domain.intake.row import CheckedRow
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered, Idempotency, RecordedAnswer
from insurance.operations.intake.kinds import Made, RowCall, TakesRows
from insurance.operations.intake.ports import IntakePorts

NOT_OF_THE_ROW: Final = (StaleRevision, Stopped, Unavailable)
"""What holds a row up without being its fault: the batch tries again later."""

TAKEN_OTHERWISE: Final = "taken-otherwise"
"""The code of a row whose place in the file was taken before, with another record."""


class RowRefused(Exception):
    """The row is not taken, for these reasons."""

    def __init__(self, reasons: tuple[RowReason, ...]) -> None:
        super().__init__(f"{len(reasons)} reason(s)")
        self.reasons = reasons[:REASONS_MAX]


class Times(NamedTuple):
    """When a row is worked."""

    now: datetime
    """The batch's time: in test mode it may be any."""
    received_at: datetime
    """The time by our own clock."""


def take_row(
    batch: DataBatch,
    row: CheckedRow,
    at: Times,
    ports: IntakePorts,
    resolution: RowResolution | None = None,
) -> Made:
    """Do what a row asks for, or find what it has made. `resolution`: what a person made of it.

    Raises:
        RowRefused: The row is not taken.
        StaleRevision: Others have changed what the row changes twice meanwhile.
        Stopped: A stop holds what it asks for.
        Unavailable: Something that is needed did not answer.
    """
    kind = ports.kinds[batch.kind]
    call = _call(batch, row, at, kind, resolution)
    try:
        return kind.made(_taken(kind, row.record, call), call.command)
    except AlreadyAnswered as earlier:
        return Made.model_validate_json(earlier.answer.body)
    except NOT_OF_THE_ROW:
        raise
    except KeyReused:
        reason = RowReason(rule=batch.kind, place="", code=TAKEN_OTHERWISE)
        raise RowRefused((reason,)) from None
    except InsuranceError as error:
        raise RowRefused(reasons_of(error, batch)) from error


def _taken(kind: TakesRows, record: Mapping[str, Any], call: RowCall) -> Any:
    try:
        return kind.take(record, call)
    except StaleRevision:  # somebody was faster at the row's party, which is read again
        return kind.take(record, call)


def try_row(batch: DataBatch, row: CheckedRow, at: Times, ports: IntakePorts) -> Made:
    """As `take_row`, and nothing is stored. So nothing is said of what a write alone finds: a row that was taken otherwise.

    Raises:
        RowRefused: The row would not be taken.
        Stopped: A stop holds what it asks for.
        Unavailable: Something that is needed did not answer.
    """
    kind = ports.kinds[batch.kind]
    try:
        return kind.check(row.record, _call(batch, row, at, kind))
    except NOT_OF_THE_ROW:
        raise
    except InsuranceError as error:
        raise RowRefused(reasons_of(error, batch)) from error


def reasons_of(error: InsuranceError, batch: DataBatch) -> tuple[RowReason, ...]:
    """Why an operation refused a row: no rule of the source, but the kind itself."""
    if isinstance(error, InvalidFields):
        return tuple(
            RowReason(rule=batch.kind, place=fault.pointer, code=fault.code)
            for fault in error.faults
        )
    return (RowReason(rule=batch.kind, place="", code=_code(type(error).__name__)),)


def _code(name: str) -> str:
    return "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("-")


def made_of_row(
    batch: DataBatch, row: CheckedRow, at: Times, ports: IntakePorts
) -> tuple[str, datetime] | None:
    """What a row has made and when, in this batch or in another one of its file; None: nothing."""
    kind = ports.kinds[batch.kind]
    try:
        return kind.find(row.record, _call(batch, row, at, kind))
    except InvalidFields:  # what it says now makes nothing
        return None


def _call(
    batch: DataBatch,
    row: CheckedRow,
    at: Times,
    kind: TakesRows,
    resolution: RowResolution | None = None,
) -> RowCall:
    """The row's call, in the name of who brought the batch."""

    def answer(stored: Any) -> RecordedAnswer:
        return RecordedAnswer(kind.made(stored, command).model_dump_json())

    idempotency = Idempotency(
        principal=batch.received_by,
        operation=kind.operation,
        key=kind.key(batch, row.number),
        request_hash=sha256(to_json(row.record)).digest(),
        now=at.now,
        received_at=at.received_at,
        render=answer,
    )
    command = Command(batch.sender, idempotency, origin=_origin(batch, row, resolution))
    return RowCall(batch, command)


def _origin(batch: DataBatch, row: CheckedRow, resolution: RowResolution | None) -> DataOrigin:
    return DataOrigin(
        source=batch.source,
        version=batch.version,
        batch_id=batch.id,
        row=row.number,
        score=batch.source_score,
        findings=tuple(dict.fromkeys(found.rule for found in row.findings))[:FINDINGS_MAX],
        resolution=resolution,
    )
