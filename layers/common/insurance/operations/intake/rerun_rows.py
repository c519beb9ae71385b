"""Run all rows of a batch again that are in quarantine: after a new version of its source, or other reference data."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NamedTuple

from insurance.domain.core.errors import (
    AlreadyErased,
    InvalidFields,
    StaleRevision,
    WrongState,
)
from insurance.domain.core.stored import Stored
from insurance.domain.intake.quarantined_row import QuarantinedRow, RowResolution, RowStatus
from insurance.operations.command import Command, Query
from insurance.operations.idempotency import AlreadyAnswered, Idempotency, RecordedAnswer
from insurance.operations.intake.bring_batch import read_batch
from insurance.operations.intake.ports import IntakePorts
from insurance.operations.intake.resolve_row import ResolutionInput, judged_by, resolve_row

PAGE: Final = 40
STAYS: Final = (AlreadyAnswered, AlreadyErased, InvalidFields, StaleRevision, WrongState)
"""Why a row stays where it is: reasons still stand against it, or somebody else was faster."""


class RerunReport(NamedTuple):
    """What came of a run over rows in quarantine."""

    read: int
    taken: int
    next: int | None
    """The last row that was run, where time was up; None: every row was."""


@dataclass
class _Part:
    """The part of a list that comes next."""

    after: str
    limit: int = PAGE


def rerun_rows(
    batch_id: str,
    after: int,
    query: Query,
    ports: IntakePorts,
    *,
    time_is_up: Callable[[], bool],
) -> RerunReport:
    """Run the rows behind the place `after` again, each as `resolve_row` would, until all were or time is up. What still
    stands against a row leaves it where it is.

    Raises:
        BatchNotFound: There is no such batch that the caller may see.
        WrongState: No row of the batch can be run again: nothing becomes of them any more, or no version of the source
            is in force that takes such rows.
        Stopped: A stop holds what the rows ask for.
        Unavailable: Something that is needed did not answer.
    """
    read, taken, place = 0, 0, after
    wanted = ResolutionInput(RowResolution.RERUN, "", {})
    batch = read_batch(batch_id, query, ports)
    judged_by(batch.record.with_resolver(query.caller.principal), RowResolution.RERUN, ports)
    while True:
        part = _Part(f"{place:08d}")
        entries = ports.batches.rows(batch, RowStatus.QUARANTINED, part)
        for entry in entries:
            if time_is_up():
                return RerunReport(read, taken, place)
            if entry.record is None:
                continue
            place = entry.record.number
            read += 1
            try:
                resolve_row(batch_id, place, wanted, _command(entry.record, query), ports)
                taken += 1
            except STAYS:
                continue
        if len(entries) < PAGE:
            return RerunReport(read, taken, None)


def _command(row: QuarantinedRow, query: Query) -> Command:
    """One row's call. Repeated at the same time it does nothing twice."""
    key = f"{row.id} {row.changed_at.isoformat()} {query.received_at.isoformat()}"
    idempotency = Idempotency(
        principal=query.caller.principal,
        operation="runBatchRows",
        key=key,
        request_hash=sha256(key.encode()).digest(),
        now=query.now,
        received_at=query.received_at,
        render=_answer,
    )
    return Command(query.caller, idempotency)


def _answer(_stored: Stored[Any]) -> RecordedAnswer:
    return RecordedAnswer("{}")
