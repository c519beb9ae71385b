"""Bring a file of a source, take its batch through its life, and read batches."""

from contextlib import suppress
from datetime import date
from hashlib import sha256
from typing import Final, NamedTuple

from insurance.domain.core.errors import (
    BatchNotFound,
    FieldFault,
    InvalidFields,
    SourceNotFound,
    Unavailable,
)
from insurance.domain.core.identity import UploadId, batch_id_for, source_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.intake.batch import ENDED, STARTS, BatchStatus, BatchStep, DataBatch
from insurance.domain.intake.document import holds_drift, read_document
from insurance.domain.intake.event_types import BatchEventType
from insurance.domain.intake.figures import PolicyFigures, totals_of
from insurance.domain.intake.quality import source_score
from insurance.domain.intake.source import RowKind
from insurance.operations.command import Command, Query
from insurance.operations.files.uploads import read_uploaded
from insurance.operations.intake.ports import IntakePorts
from insurance.operations.intake.sealed_files import check_sealed, delete_sealed, seal_file
from insurance.operations.listing import ListPage, ListRange, page_of

EVENTS: Final = {
    BatchStep.DRY_RUN: BatchEventType.DRY_RUN_STARTED,
    BatchStep.START: BatchEventType.STARTED,
    BatchStep.PAUSE: BatchEventType.PAUSED,
    BatchStep.RESUME: BatchEventType.RESUMED,
    BatchStep.CANCEL: BatchEventType.CANCELLED,
    BatchStep.REVERSE: BatchEventType.REVERSAL_STARTED,
}


class BatchInput(NamedTuple):
    """A file that was uploaded, and the source that it is of."""

    source: str
    upload_id: UploadId
    cut_over_on: date | None = None
    control_totals: tuple[PolicyFigures, ...] = ()


def bring_batch(wanted: BatchInput, command: Command, ports: IntakePorts) -> Stored[DataBatch]:
    """Make a batch of an uploaded file, and seal its rows: the upload is deleted. The same file, for the same version of the source,
    makes one batch.

    Raises:
        SourceNotFound: There is none of the caller's book.
        WrongState: No version of the source is in force.
        UploadNotSent: Nothing of this caller's is there.
        UploadNotScanned: The scan for malware has not come to it yet.
        UploadRefused: It holds malware, or more than can be looked at.
        BatchExists: This file was brought before.
        InvalidFields: A batch of policies lacks the day of its cut-over or its control totals, or another has them.
    """
    caller = command.caller
    file = read_uploaded(wanted.upload_id, caller, ports.uploads)
    source = ports.sources.load(wanted.source, command)
    if source is None or not caller.sees(source.record.id, source.record.partner, ""):
        raise SourceNotFound(wanted.source)
    text = source.record.current()
    _check_totals(wanted, text.kind)
    digest = sha256(file).hexdigest()
    batch = DataBatch(
        id=batch_id_for(source.record.id, text.version, digest),
        source=source.record.code,
        source_revision=source.head.sequence,
        version=text.version,
        kind=text.kind,
        partner=text.partner,
        upload_id=wanted.upload_id,
        sha256=digest,
        size_bytes=len(file),
        tries_first=holds_drift(text.mapping),
        received_by=caller.principal,
        received_at=command.now,
        status=BatchStatus.RECEIVED,
        changed_at=command.now,
        cut_over_on=wanted.cut_over_on,
        control_totals=totals_of(wanted.control_totals),
    )
    event = command.event(batch.id, batch, BatchEventType.RECEIVED, None)
    key = ports.keys.new()
    stored = Stored(batch, event.head, key)
    ports.batches.add(event, batch, key, command.with_answer(stored))
    with suppress(Unavailable):  # the first run seals it
        seal_file(batch, key, file, read_document(text.mapping), ports)
    return stored


def advance_batch(
    batch_id: str, step: BatchStep, reason: str | None, command: Command, ports: IntakePorts
) -> Stored[DataBatch]:
    """Start a dry run or the batch itself, pause, resume or cancel it. The scheduler does the work.

    Raises:
        BatchNotFound: It does not exist, or is another partner's.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The step does not follow from where the batch stands.
        UploadNotSent: It is to start, and its file is gone: the caller who brought it sends it again.
        Unavailable: The object store did not answer.
    """
    before = ports.batches.load(batch_id, command)
    if before is None or not _sees(before.record, command):
        raise BatchNotFound(batch_id)
    command.check_revision(before, batch_id)
    batch = before.record.taken(step, by=command.actor, now=command.now, reason=reason)
    if step in STARTS:
        source_id = source_id_for(batch.mode, batch.source)
        if before.key is not None:
            text = ports.sources.text(source_id, batch.source_revision)
            check_sealed(batch, before.key, read_document(text.mapping), ports)
        batch = batch.replace(source_score=source_score(ports.batches.qualities(source_id)))
    event = command.event(batch_id, batch, EVENTS[step], before)
    stored = Stored(batch, event.head, before.key)
    ports.batches.store(event, before, command.with_answer(stored))
    if batch.status in ENDED:
        delete_sealed(batch, ports)
    return stored


def cut_over_batch(
    batch_id: str, reason: str, command: Command, ports: IntakePorts
) -> Stored[DataBatch]:
    """Let the policies that a batch has brought be ours, as another person than who brought or started it, or resolved a row of it.

    Raises:
        BatchNotFound: It does not exist.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: It is no batch of policies, is not finished, or has rows in quarantine; or its day is to come.
        SamePerson: The caller brought the batch, started it, or resolved a row of it.
        TotalsDiffer: Its policies do not come to the source's totals.
    """
    before = ports.batches.load(batch_id, command)
    if before is None or not _sees(before.record, command):
        raise BatchNotFound(batch_id)
    command.check_revision(before, batch_id)
    batch = before.record.cutting_over(by=command.actor, now=command.now, reason=reason)
    event = command.event(batch_id, batch, BatchEventType.CUT_OVER_STARTED, before)
    stored = Stored(batch, event.head, before.key)
    ports.batches.store(event, before, command.with_answer(stored))
    return stored


def _check_totals(wanted: BatchInput, kind: RowKind) -> None:
    """Policies alone have a day of cut-over, and control totals."""
    given = {
        "/cut_over_on": wanted.cut_over_on is not None,
        "/control_totals": bool(wanted.control_totals),
    }
    is_needed = kind is RowKind.POLICIES
    code = "required" if is_needed else "unknown"
    detail = "A batch of policies says it." if is_needed else "A batch of policies alone says it."
    faults = [
        FieldFault(place, code, detail) for place, there in given.items() if there != is_needed
    ]
    if faults:
        raise InvalidFields(faults)


def read_batch(batch_id: str, query: Query, ports: IntakePorts) -> Stored[DataBatch]:
    """A batch.

    Raises:
        BatchNotFound: It does not exist, or is another partner's.
    """
    stored = ports.batches.get(batch_id)
    if not _sees(stored.record, query):
        raise BatchNotFound(batch_id)
    return stored


def list_batches(part: ListRange, query: Query, ports: IntakePorts) -> ListPage[DataBatch]:
    """Part of the batches that the caller may see, the latest first."""
    caller = query.caller
    entries = ports.batches.batches(caller.mode, caller.partner or None, part)
    return page_of(entries, part.limit, lambda batch: batch)


def _sees(batch: DataBatch, call: Command | Query) -> bool:
    return call.caller.sees(batch.id, batch.partner, "")
