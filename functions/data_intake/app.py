"""Data intake: sources and their mappings, files worked as batches, and rows in quarantine."""

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from insurance import intake_bundles, telemetry, wiring
from insurance.api.new_code import new_code
from insurance.api.paging import Page
from insurance.api.requests import intake as sent
from insurance.api.router import Api
from insurance.api.views import intake as shown
from insurance.api.views import intake_quality as shown_quality
from insurance.api.views.uploads import AnnouncedUploadView
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    BatchExists,
    RowNotFound,
    SamePerson,
    SourceNotFound,
    StaleRevision,
    Stopped,
    TotalsDiffer,
    UploadNotScanned,
    UploadNotSent,
    UploadRefused,
    WrongState,
)
from insurance.domain.core.roles import BATCH_ROLES, SOURCE_WRITERS, Role
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.files import UnreadableFile
from insurance.domain.intake.quarantined_row import QuarantinedRow
from insurance.domain.intake.repeated_fixes import Proposal
from insurance.domain.intake.source import DataSource
from insurance.domain.schedule.scheduled_job import JobKind
from insurance.live_jobs import run_live_jobs, running_out
from insurance.operations.command import Command, Query
from insurance.operations.files.uploads import AnnouncedUpload, announce_upload
from insurance.operations.intake import bring_batch as batches
from insurance.operations.intake import change_source, read_quality, resolve_row
from insurance.operations.intake.erase_rows import erase_rows_of_party, expire_rows
from insurance.operations.intake.ports import RowOutcome, SourcePorts
from insurance.operations.intake.preview_source import Preview, preview_source
from insurance.operations.intake.rerun_rows import RerunReport, rerun_rows
from insurance.operations.intake.work_on_batch import work_on_batch, work_on_live_batch
from insurance.operations.listing import ListPage
from insurance.operations.scheduler.run_jobs import Job

ports = intake_bundles.intake_ports()
sources = SourcePorts(ports.sources)
work = partial(
    work_on_batch, ports=ports, clock=partial(datetime.now, UTC), ended=telemetry.source_quality
)
api = Api(wiring.stores().staff_idempotency.find_replay, wiring.edge())
answer = api.entrypoint()

ANSWER_SECONDS: Final = 15.0
"""The gateway waits for 29 s; a slice takes a few."""

STAFF = {CallerKind.STAFF}
SENDERS = {CallerKind.APPLICATION, CallerKind.STAFF}
SOURCE_READERS = SOURCE_WRITERS | BATCH_ROLES | {Role.AUDITOR}
SOURCE_PREVIEWERS = BATCH_ROLES
"""A preview shows what a row says."""
BATCH_READERS = BATCH_ROLES | {Role.OPERATOR, Role.AUDITOR}
SOURCE = "/v1/sources/{source}"
BATCH = "/v1/batches/{batch_id}"


@api.query(
    "/v1/sources",
    operation_id="listSources",
    summary="List sources of data",
    scope=Scope.DATA_READ,
    callers=STAFF,
    roles=SOURCE_READERS,
    shows=shown.SourceListView,
    paged="sources",
)
def get_sources(page: Page, query: Query) -> ListPage[DataSource]:
    return change_source.list_sources(page, query, sources)


@api.query(
    SOURCE,
    operation_id="getSource",
    summary="Read a source of data",
    scope=Scope.DATA_READ,
    callers=STAFF,
    roles=SOURCE_READERS,
    shows=shown.SourceView,
    etag=True,
    raises=(SourceNotFound,),
)
def get_source(source: str, query: Query) -> Stored[DataSource]:
    return change_source.read_source(source, query, sources)


@api.command(
    f"{SOURCE}/draft",
    operation_id="draftSource",
    summary="Write a source of data, or a new version of it",
    scope=Scope.DATA_WRITE,
    callers=STAFF,
    roles=SOURCE_WRITERS,
    shows=shown.SourceView,
    if_match=True,
    raises=(WrongState,),
)
def post_draft(source: str, request: sent.SourceRequest, command: Command) -> Stored[DataSource]:
    """The mapping says how a file is read and what its rows become. What is in force stays until another person
    approves this."""
    return change_source.draft_source(new_code("source", source), request.text(), command, sources)


@api.command(
    f"{SOURCE}/steps",
    operation_id="advanceSource",
    summary="Submit, send back, approve or withdraw a source of data",
    scope=Scope.DATA_WRITE,
    callers=STAFF,
    roles=SOURCE_WRITERS,
    shows=shown.SourceView,
    if_match=True,
    raises=(SamePerson, SourceNotFound, WrongState),
)
def post_source_step(
    source: str, request: sent.SourceStepRequest, command: Command
) -> Stored[DataSource]:
    """Who wrote on a version does not approve it."""
    return change_source.advance_source(source, request.step, request.reason, command, sources)


@api.query(
    f"{SOURCE}/quality",
    operation_id="getSourceQuality",
    summary="Read how good a source of data is",
    scope=Scope.DATA_READ,
    callers=STAFF,
    roles=SOURCE_READERS,
    shows=shown_quality.SourceQualityView,
    raises=(SourceNotFound,),
)
def get_quality(source: str, query: Query) -> read_quality.SourceQuality:
    """Its last ten batches, as they came: each field's completeness, validity, uniqueness, consistency and timeliness. What
    people mended later changes nothing of it."""
    return read_quality.read_quality(source, query, sources, ports.batches)


@api.query(
    f"{SOURCE}/proposals",
    operation_id="getSourceProposals",
    summary="Propose changes of a mapping from what people mended again and again",
    scope=Scope.DATA_READ,
    callers=STAFF,
    roles=BATCH_ROLES,
    shows=shown_quality.ProposalView,
    raises=(SourceNotFound,),
)
def get_proposals(source: str, query: Query) -> Proposal:
    """What was done by hand three times and more to rows of the last ten batches: the same text in place of the same other, or rows
    taken in spite of the same rule. Nothing is proposed of a personal column. Nothing is stored: `draftSource` takes the mapping."""
    return read_quality.propose_for_source(source, query, sources, ports.batches)


@api.query(
    f"{SOURCE}/preview",
    method="POST",
    operation_id="previewSource",
    summary="Try a mapping on the first fifty rows of a file",
    scope=Scope.DATA_WRITE,
    callers=STAFF,
    roles=SOURCE_PREVIEWERS,
    shows=shown.SourcePreviewView,
    raises=(UnreadableFile, UploadNotScanned, UploadNotSent, UploadRefused),
)
def post_preview(source: str, request: sent.PreviewRequest, query: Query) -> Preview:
    """Each row as it would be taken, with every finding. Nothing is stored. Where the source is new and no mapping is sent,
    one is proposed from a CSV file's headings and values."""
    return preview_source(source, request.upload_id, request.mapping, query, ports)


@api.query(
    "/v1/batches/uploads",
    method="POST",
    operation_id="announceBatchFile",
    summary="Announce a file of rows and get a form to upload it",
    scope=Scope.DATA_WRITE,
    callers=SENDERS,
    roles=BATCH_ROLES,
    shows=AnnouncedUploadView,
)
def post_upload(request: sent.BatchUploadRequest, query: Query) -> AnnouncedUpload:
    """The form takes this very file for ten minutes. A batch may name it until the file is deleted, after two days."""
    return announce_upload(request.file(), query, ports.uploads)


@api.command(
    "/v1/batches",
    operation_id="createBatch",
    summary="Bring a file of a source",
    scope=Scope.DATA_WRITE,
    callers=SENDERS,
    roles=BATCH_ROLES,
    status=HTTPStatus.CREATED,
    shows=shown.BatchView,
    raises=(
        BatchExists,
        SourceNotFound,
        UploadNotScanned,
        UploadNotSent,
        UploadRefused,
        WrongState,
    ),
)
def post_batch(request: sent.BatchRequest, command: Command) -> Stored[DataBatch]:
    """Nothing is worked before somebody starts it. The same file, for the same version of its source, makes one batch."""
    return batches.bring_batch(request.batch(), command, ports)


@api.query(
    "/v1/batches",
    operation_id="listBatches",
    summary="List batches, the latest first",
    scope=Scope.DATA_READ,
    callers=SENDERS,
    roles=BATCH_READERS,
    shows=shown.BatchListView,
    paged="batches",
)
def get_batches(page: Page, query: Query) -> ListPage[DataBatch]:
    return batches.list_batches(page, query, ports)


@api.query(
    BATCH,
    operation_id="getBatch",
    summary="Read a batch, its progress and its scores",
    scope=Scope.DATA_READ,
    callers=SENDERS,
    roles=BATCH_READERS,
    shows=shown.BatchView,
    etag=True,
)
def get_batch(batch_id: str, query: Query) -> Stored[DataBatch]:
    return batches.read_batch(batch_id, query, ports)


@api.command(
    f"{BATCH}/steps",
    operation_id="advanceBatch",
    summary="Try, start, pause, resume or cancel a batch",
    scope=Scope.DATA_WRITE,
    callers=SENDERS,
    roles=BATCH_ROLES,
    shows=shown.BatchView,
    if_match=True,
    raises=(UploadNotSent, WrongState),
)
def post_batch_step(
    batch_id: str, request: sent.BatchStepRequest, command: Command
) -> Stored[DataBatch]:
    """A dry run judges every row and writes none. The scheduler works live batches each minute; `runBatch` does not wait for it."""
    return batches.advance_batch(batch_id, request.step, request.reason, command, ports)


@api.command(
    f"{BATCH}/cut-over",
    operation_id="cutOverBatch",
    summary="Let the policies of a batch be ours, as a second person",
    scope=Scope.DATA_WRITE,
    callers=STAFF,
    roles=BATCH_ROLES,
    shows=shown.BatchView,
    if_match=True,
    raises=(SamePerson, TotalsDiffer, WrongState),
)
def post_cut_over(
    batch_id: str, request: sent.CutOverRequest, command: Command
) -> Stored[DataBatch]:
    """Every row is taken or rejected, and the totals are the source's. From then on nothing can be taken back."""
    return batches.cut_over_batch(batch_id, request.reason, command, ports)


@api.query(
    f"{BATCH}/runs",
    method="POST",
    operation_id="runBatch",
    summary="Work on a batch at once, for some seconds",
    scope=Scope.DATA_WRITE,
    callers=SENDERS,
    roles=BATCH_ROLES,
    shows=shown.BatchView,
    raises=(Stopped,),
)
def post_run(batch_id: str, query: Query) -> Stored[DataBatch]:
    """As the scheduler does, which test data do not have: call again until `status` says that it is done. Calls at the same
    time do nothing twice."""
    batches.read_batch(batch_id, query, ports)
    until = time.monotonic() + ANSWER_SECONDS
    with suppress(StaleRevision):  # another run was faster
        work(batch_id, query.now, time_is_up=lambda: time.monotonic() > until)
    return batches.read_batch(batch_id, query, ports)


@api.query(
    f"{BATCH}/rows",
    operation_id="listBatchRows",
    summary="List the rows that a batch keeps in quarantine, with every reason",
    scope=Scope.DATA_READ,
    callers=SENDERS,
    roles=BATCH_READERS,
    shows=shown.RowListView,
    paged="batch-rows:{batch_id}:{state}",
)
def get_rows(
    batch_id: str, parameters: sent.RowParameters, page: Page, query: Query
) -> ListPage[QuarantinedRow]:
    """What a row says is shown to the partner that sent it, and to those who may resolve it."""
    return resolve_row.list_rows(batch_id, parameters.state, page, query, ports)


@api.command(
    f"{BATCH}/rows/{{row}}/resolution",
    operation_id="resolveBatchRow",
    summary="Mend a row in quarantine and run it again, take it as it is, or reject it",
    scope=Scope.DATA_WRITE,
    callers=SENDERS,
    roles=BATCH_ROLES,
    shows=shown.RowView,
    raises=(RowNotFound, Stopped, WrongState),
)
def post_resolution(
    batch_id: str, row: str, request: sent.RowResolutionRequest, command: Command
) -> Stored[QuarantinedRow]:
    """What still stands against a mended row is answered with its place, and the row stays where it is."""
    wanted = resolve_row.ResolutionInput(request.resolution, request.reason, request.values)
    return resolve_row.resolve_row(batch_id, sent.row_number(row), wanted, command, ports)


@api.query(
    f"{BATCH}/reruns",
    method="POST",
    operation_id="runBatchRows",
    summary="Run all rows in quarantine again, by the version of the source in force",
    scope=Scope.DATA_WRITE,
    callers=SENDERS,
    roles=BATCH_ROLES,
    shows=shown.RerunView,
    raises=(Stopped, WrongState),
)
def post_rerun(batch_id: str, request: sent.RerunRequest, query: Query) -> RerunReport:
    """After a mapping was changed. A row that passes is taken, as `fixed`; one that does not stays. Works for some seconds: where `next`
    is answered, call again with it as `after`."""
    until = time.monotonic() + ANSWER_SECONDS
    return rerun_rows(
        batch_id, request.after, query, ports, time_is_up=lambda: time.monotonic() > until
    )


@api.query(
    f"{BATCH}/results",
    operation_id="listBatchResults",
    summary="List what came of a batch's rows",
    scope=Scope.DATA_READ,
    callers=SENDERS,
    roles=BATCH_READERS,
    shows=shown.OutcomeListView,
    paged="batch-results:{batch_id}",
)
def get_results(batch_id: str, page: Page, query: Query) -> ListPage[Sequence[RowOutcome]]:
    """A page has whole slices of the file: `limit` counts them, and each has up to forty rows."""
    return resolve_row.list_outcomes(batch_id, page, query, ports)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a call through the gateway, or one of the schedule's own."""
    return answer(event, context) if "httpMethod" in event else run_live(event, context)


@telemetry.metrics.log_metrics
def run_live(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work on the live batches that are due, and erase rows of them."""
    time_is_up = running_out(context)
    known: dict[JobKind, Job] = {
        JobKind.BATCH: partial(work_on_live_batch, work=partial(work, time_is_up=time_is_up)),
        JobKind.ERASED_ROWS: partial(erase_rows_of_party, rows=ports.persons),
        JobKind.EXPIRED_ROWS: partial(expire_rows, rows=ports.persons),
    }
    jobs = {JobKind(kind): known[JobKind(kind)] for kind in event["kinds"]}
    report = run_live_jobs(jobs, wiring.stores().scheduled_jobs, time_is_up=time_is_up)
    return {"jobs": report.jobs, "failed": report.failed, "finished": report.finished}
