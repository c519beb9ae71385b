"""What callers send about sources of data, batches and rows in quarantine."""

from re import fullmatch
from typing import Annotated, Any, Final

from pydantic import Field

from insurance.api.body import Request
from insurance.api.fields import Code, Day, Reason
from insurance.api.parameters import Parameters
from insurance.api.requests.uploads import UploadRequest
from insurance.domain.core.errors import RowNotFound
from insurance.domain.core.identity import UploadId
from insurance.domain.core.money import Currency
from insurance.domain.core.review import ReviewStep
from insurance.domain.intake.batch import ROWS_MAX, BatchStep
from insurance.domain.intake.document import Heading
from insurance.domain.intake.figures import PolicyFigures, Units
from insurance.domain.intake.quarantined_row import RowResolution, RowStatus
from insurance.domain.intake.source import SourceCode, SourceText
from insurance.domain.partner.partner import PartnerCode
from insurance.operations.intake.bring_batch import BatchInput

INTAKE_BYTES_MAX: Final = 20 * 1024 * 1024


class SourceRequest(Request):
    """What a source is to say."""

    partner: PartnerCode | None = None
    """Whose business its rows are. Absent: the insurer's own."""
    mapping: dict[str, Any]

    def text(self) -> SourceText:
        return SourceText(version=1, partner=self.partner or "", mapping=self.mapping)


class SourceStepRequest(Request):
    """What is to become of the source, and why."""

    step: ReviewStep
    reason: Code


class PreviewRequest(Request):
    """A file that was uploaded, and the mapping to try on it."""

    upload_id: UploadId
    mapping: dict[str, Any] | None = None
    """Absent: the newest of the source; of a new source, a proposed one."""


class BatchUploadRequest(UploadRequest):
    """A file of rows that the caller has."""

    size_bytes: Annotated[int, Field(ge=1, le=INTAKE_BYTES_MAX)]


class ControlTotalRequest(Request):
    """What the source says of its policies of one product and currency, on the day of the cut-over; sums in whole minor
    units."""

    product: Code
    currency: Currency
    policies: Annotated[int, Field(ge=0, le=10**8)]
    written: Units
    unearned: Units
    outstanding: Units
    paid: Units


class BatchRequest(Request):
    """A file that was uploaded, and the source that it is of."""

    source: SourceCode
    upload_id: UploadId
    cut_over_on: Day | None = None
    """Of policies: the day from which our books have them."""
    control_totals: Annotated[list[ControlTotalRequest], Field(max_length=50)] = Field(
        default_factory=list
    )
    """Of policies: what the source says of them on that day."""

    def batch(self) -> BatchInput:
        totals = tuple(PolicyFigures(**dict(each)) for each in self.control_totals)
        return BatchInput(self.source, self.upload_id, self.cut_over_on, totals)


class CutOverRequest(Request):
    """Why the policies of a batch may be ours."""

    reason: Code


class BatchStepRequest(Request):
    """What is to become of the batch, and why."""

    step: BatchStep
    reason: Code | None = None


class RerunRequest(Request):
    """Where to begin."""

    after: Annotated[int, Field(ge=0, le=ROWS_MAX)] = 0


class RowResolutionRequest(Request):
    """What a person makes of a row."""

    resolution: RowResolution
    reason: Reason
    values: Annotated[
        dict[Heading, Annotated[str, Field(max_length=400)]],
        Field(max_length=100),
    ] = Field(default_factory=dict)
    """Of a fix, by column: what the file should have said."""


class RowParameters(Parameters):
    """Which rows are listed."""

    state: RowStatus = Field(RowStatus.QUARANTINED, description="What became of the rows")


def row_number(sent: str) -> int:
    """The place of a row in its file.

    Raises:
        RowNotFound: No row has such a place.
    """
    if not fullmatch("[1-9][0-9]{0,7}", sent):
        raise RowNotFound(sent)
    return int(sent)
