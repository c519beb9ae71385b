"""How sources, batches and rows in quarantine are shown. What a row says is shown to nobody but those who resolve it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints

from insurance.api.etag import etag
from insurance.api.fields import Code, Subject
from insurance.api.paging import Page
from insurance.api.views.intake_quality import (
    BatchTallyView,
    Count,
    DriftView,
    FieldScoreView,
    RowNumber,
    Score,
    scores_view,
)
from insurance.api.views.terms import Shown, View
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.classification import Sensitive
from insurance.domain.core.identity import BatchId, StreamId, UploadId
from insurance.domain.core.money import Currency
from insurance.domain.core.review import VERSIONS_MAX, ReviewStatus
from insurance.domain.core.roles import BATCH_ROLES
from insurance.domain.core.stored import Stored
from insurance.domain.intake.batch import BatchStatus, DataBatch, HaltCode
from insurance.domain.intake.document import COLUMNS_MAX, FIELDS_MAX
from insurance.domain.intake.figures import ProductCode, Units
from insurance.domain.intake.made import MadeStatus
from insurance.domain.intake.quality import BatchQuality
from insurance.domain.intake.quarantined_row import REASONS_MAX, QuarantinedRow, RowStatus
from insurance.domain.intake.row import Action, CheckedRow
from insurance.domain.intake.source import (
    DataSource,
    RowKind,
    SourceCode,
    SourceText,
)
from insurance.operations.intake.ports import RowOutcome
from insurance.operations.intake.preview_source import FINDINGS_MAX, ROWS_SHOWN, Preview
from insurance.operations.intake.rerun_rows import RerunReport
from insurance.operations.listing import ListPage

FaultCode = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,100}$")]


class SourceTextView(View):
    """What a version of a source says."""

    version: Annotated[int, Field(ge=1, le=VERSIONS_MAX)]
    partner: str | None
    kind: RowKind
    mapping: dict[str, Any]

    @classmethod
    def of(cls, text: SourceText) -> Self:
        return cls(
            version=text.version,
            partner=text.partner or None,
            kind=text.kind,
            mapping=text.mapping,
        )


class SourceView(View):
    """A source: its newest version, and the one in force."""

    code: SourceCode
    status: ReviewStatus
    newest: SourceTextView
    in_force: SourceTextView | None
    authors: list[Subject]
    approved_by: Subject | None
    reason: Code | None
    changed_at: datetime

    @classmethod
    def of(cls, stored: Stored[DataSource]) -> Self:
        source = stored.record
        return cls(
            etag=etag(stored.head.sequence, "source"),
            code=source.code,
            status=source.status,
            newest=SourceTextView.of(source.text),
            in_force=SourceTextView.of(source.in_force) if source.in_force else None,
            authors=list(source.authors),
            approved_by=source.approved_by,
            reason=source.reason,
            changed_at=source.changed_at,
        )


class SourceEntryView(Shown):
    """A source in a list."""

    code: SourceCode
    status: ReviewStatus
    changed_at: datetime


class SourceListView(View):
    """A page of sources, by their codes."""

    items: list[SourceEntryView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, sources: ListPage[DataSource], *, page: Page) -> Self:
        return cls(
            items=[SourceEntryView.of(source) for source in sources.items],
            next=page.next(sources.next) if sources.next else None,
        )


class PolicyFiguresView(Shown):
    """Policies of one product and currency, on the day of the cut-over; sums in whole minor units."""

    product: ProductCode
    currency: Currency
    policies: Count
    written: Units
    unearned: Units
    outstanding: Units
    paid: Units


class BatchView(View):
    """A file of a source, and how far it is."""

    id: BatchId
    source: SourceCode
    version: Annotated[int, Field(ge=1, le=VERSIONS_MAX)]
    kind: RowKind
    partner: str | None
    upload_id: UploadId
    sha256: str
    size_bytes: int
    received_by: Subject
    received_at: datetime
    status: BatchStatus
    reason: HaltCode | None
    tally: BatchTallyView
    open_rows: Count
    cut_over_on: date | None
    control_totals: Annotated[list[PolicyFiguresView], Field(max_length=50)]
    totals: Annotated[list[PolicyFiguresView], Field(max_length=50)]
    digest: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] | None
    rows_in_file: Count | None
    rows_per_second: Count | None
    expected_end: datetime | None
    drifts: Annotated[list[DriftView], Field(max_length=20)]
    source_score: Score | None
    scores: Annotated[dict[str, FieldScoreView], Field(max_length=FIELDS_MAX)]

    @classmethod
    def of(cls, stored: Stored[DataBatch]) -> Self:
        return cls.of_batch(stored.record, etag(stored.head.sequence, "batch"))

    @classmethod
    def of_batch(cls, batch: DataBatch, tag: str | None = None) -> Self:
        progress = batch.progress
        return cls(
            etag=tag,
            id=batch.id,
            source=batch.source,
            version=batch.version,
            kind=batch.kind,
            partner=batch.partner or None,
            upload_id=batch.upload_id,
            sha256=batch.sha256,
            size_bytes=batch.size_bytes,
            received_by=batch.received_by,
            received_at=batch.received_at,
            status=batch.status,
            reason=batch.reason,
            tally=BatchTallyView.of(batch.tally),
            open_rows=batch.open_rows,
            cut_over_on=batch.cut_over_on,
            control_totals=[PolicyFiguresView.of(each) for each in batch.control_totals],
            totals=[PolicyFiguresView.of(each) for each in batch.totals],
            digest=batch.digest or None,
            rows_in_file=batch.rows_in_file,
            rows_per_second=progress.rows_per_second,
            expected_end=progress.expected_end,
            drifts=[DriftView.of(drift) for drift in batch.drifts],
            source_score=batch.source_score,
            scores=scores_view(BatchQuality.of(batch).scores),
        )


class BatchListView(View):
    """A page of batches, the latest first."""

    items: list[BatchView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, batches: ListPage[DataBatch], *, page: Page) -> Self:
        return cls(
            items=[BatchView.of_batch(batch) for batch in batches.items],
            next=page.next(batches.next) if batches.next else None,
        )


class RowReasonView(Shown):
    """One reason why a row was kept back."""

    rule: str
    place: str
    code: FaultCode


class RowView(View):
    """A row that is or was in quarantine."""

    number: RowNumber
    status: RowStatus
    reasons: Annotated[list[RowReasonView], Field(max_length=REASONS_MAX)]
    made_id: StreamId | None
    resolved_by: Subject | None
    changed_at: datetime

    @classmethod
    def of(cls, stored: Stored[QuarantinedRow]) -> Self:
        return cls(etag=etag(stored.head.sequence, "row"), **_row(stored.record))


class OpenedRowView(RowView):
    """The same, with what it says, for those who resolve it."""

    values: Sensitive[Annotated[dict[str, str], Field(max_length=COLUMNS_MAX)] | None]

    @classmethod
    def of_row(cls, row: QuarantinedRow, caller: Caller) -> Self:
        return cls(**_row(row), values=row.values if _resolves(caller) else None)


def _row(row: QuarantinedRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "status": row.status,
        "reasons": [RowReasonView.of(reason) for reason in row.reasons],
        "made_id": row.made_id,
        "resolved_by": row.resolved_by,
        "changed_at": row.changed_at,
    }


def _resolves(caller: Caller) -> bool:
    return caller.kind is CallerKind.APPLICATION or bool(caller.roles & BATCH_ROLES)


class RowListView(View):
    """A page of rows, by their place in the file."""

    items: list[OpenedRowView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, rows: ListPage[QuarantinedRow], *, page: Page, caller: Caller) -> Self:
        return cls(
            items=[OpenedRowView.of_row(row, caller) for row in rows.items],
            next=page.next(rows.next) if rows.next else None,
        )


class RerunView(View):
    """What came of running rows in quarantine again."""

    read: Count
    taken: Count
    next: RowNumber | None

    @classmethod
    def of(cls, report: RerunReport) -> Self:
        return cls(read=report.read, taken=report.taken, next=report.next)


class OutcomeView(View):
    """What came of a row: nothing where it was kept back."""

    number: RowNumber
    made_id: StreamId | None
    made_status: MadeStatus | None


class OutcomeListView(View):
    """A page of what came of rows: whole slices, in the order of the file."""

    items: list[OutcomeView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, slices: ListPage[Sequence[RowOutcome]], *, page: Page) -> Self:
        return cls(
            items=[
                OutcomeView(number=each.number, made_id=each.made_id, made_status=each.made_status)
                for outcomes in slices.items
                for each in outcomes
            ],
            next=page.next(slices.next) if slices.next else None,
        )


class RowFindingView(Shown):
    """What a rule found in a row."""

    rule: str
    action: Action
    place: str
    code: FaultCode
    before: Sensitive[str | None]
    after: Sensitive[str | None]


class PreviewedRowView(View):
    """A row of the file as it would be taken."""

    number: RowNumber
    is_accepted: bool
    record: Sensitive[dict[str, Any]]
    findings: Annotated[list[RowFindingView], Field(max_length=FINDINGS_MAX)]

    @classmethod
    def of(cls, row: CheckedRow) -> Self:
        return cls(
            number=row.number,
            is_accepted=row.is_accepted,
            record=row.record,
            findings=[RowFindingView.of(found) for found in row.findings],
        )


class SourcePreviewView(View):
    """The first rows of a file under a mapping. Nothing is stored."""

    mapping: dict[str, Any]
    rows: Annotated[list[PreviewedRowView], Field(max_length=ROWS_SHOWN)]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        rows = [PreviewedRowView.of(row) for row in preview.rows]
        return cls(mapping=preview.mapping, rows=rows)
