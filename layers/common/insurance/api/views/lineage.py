"""How it is shown where the fields of a batch's records come from."""

import json
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from insurance.api.views.terms import Shown, View
from insurance.domain.core.identity import BatchId
from insurance.domain.core.review import VERSIONS_MAX, ReviewedCode
from insurance.domain.intake.document import (
    COLUMNS_MAX,
    FIELDS_MAX,
    HEADING_MAX,
    RULES_MAX,
    Path,
    RuleCode,
)
from insurance.domain.intake.lineage import openlineage_event
from insurance.operations.intake.read_lineage import BatchLineage

ColumnHeading = Annotated[
    str,
    Field(
        max_length=HEADING_MAX,
        json_schema_extra={"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"},
    ),
]
"""A body with other signs is refused, and so is the mapping that it brings."""


class FieldLineageView(Shown):
    """Where a field comes from."""

    field: Path
    columns: Annotated[list[ColumnHeading], Field(max_length=COLUMNS_MAX)]
    copied: bool
    rules: Annotated[list[RuleCode], Field(max_length=RULES_MAX)]


class BatchLineageView(View):
    """Where the fields of a batch's records come from."""

    batch_id: BatchId
    source: ReviewedCode
    version: Annotated[int, Field(ge=1, le=VERSIONS_MAX)]
    sha256: str
    received_at: datetime
    fields: Annotated[list[FieldLineageView], Field(max_length=FIELDS_MAX)]
    openlineage: str

    @classmethod
    def of(cls, lineage: BatchLineage) -> Self:
        batch = lineage.batch
        fields = [
            FieldLineageView(
                field=each.field,
                columns=list(each.columns),
                copied=each.is_copied,
                rules=list(each.rules),
            )
            for each in lineage.fields
        ]
        return cls(
            batch_id=batch.id,
            source=batch.source,
            version=batch.version,
            sha256=batch.sha256,
            received_at=batch.received_at,
            fields=fields,
            openlineage=json.dumps(openlineage_event(batch, lineage.fields)),
        )
