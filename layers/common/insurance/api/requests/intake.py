"""What callers send about sources of data, batches and rows in quarantine."""

from typing import Annotated, Any, Final

from pydantic import Field

from insurance.api.body import Request
from insurance.api.fields import Code, Reason
from insurance.api.requests.uploads import UploadRequest
from insurance.domain.core.identity import UploadId
from insurance.domain.core.review import ReviewStep
from insurance.domain.intake.batch import ROWS_MAX, BatchStep
from insurance.domain.intake.document import Heading
from insurance.domain.intake.quarantined_row import RowResolution
from insurance.domain.intake.source import SourceCode, SourceText
from insurance.domain.partner.partner import PartnerCode

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


class BatchRequest(Request):
    """A file that was uploaded, and the source that it is of."""

    source: SourceCode
    upload_id: UploadId


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
