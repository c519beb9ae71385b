"""How it is shown where the data came from that a price stands on."""

from typing import Annotated, Self

from pydantic import Field

from insurance.api.views.terms import View
from insurance.domain.contract.data_origin import FINDINGS_MAX, DataOrigin
from insurance.domain.core.identity import BatchId
from insurance.domain.core.review import VERSIONS_MAX, ReviewedCode
from insurance.domain.intake.batch import ROWS_MAX
from insurance.domain.intake.quarantined_row import RowResolution

RuleName = Annotated[
    str,
    Field(max_length=300, json_schema_extra={"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"}),
]
"""A rule by its code, or a check by the path of its field."""


class DataOriginView(View):
    """The row of a file that a price stands on."""

    source: ReviewedCode
    version: Annotated[int, Field(ge=1, le=VERSIONS_MAX)]
    batch_id: BatchId
    row: Annotated[int, Field(ge=1, le=ROWS_MAX)]
    score: Annotated[int, Field(ge=0, le=100)] | None
    findings: Annotated[list[RuleName], Field(max_length=FINDINGS_MAX)]
    resolution: RowResolution | None

    @classmethod
    def of(cls, origin: DataOrigin | None) -> Self | None:
        if origin is None:
            return None
        resolution = RowResolution(origin.resolution) if origin.resolution else None
        return cls(
            source=origin.source,
            version=origin.version,
            batch_id=origin.batch_id,
            row=origin.row,
            score=origin.score,
            findings=list(origin.findings),
            resolution=resolution,
        )
