"""How the quality of batches and sources is shown, and what is proposed from what people mended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from insurance.api.views.terms import Shown, View
from insurance.domain.core.identity import BatchId
from insurance.domain.core.review import VERSIONS_MAX
from insurance.domain.intake.batch import ROWS_MAX
from insurance.domain.intake.document import FIELDS_MAX, Watch
from insurance.domain.intake.drift import CODES_SHOWN
from insurance.domain.intake.quality import BATCHES_MAX, WHOLE, BatchQuality, FieldScore
from insurance.domain.intake.repeated_fixes import PROPOSALS_MAX, Proposal
from insurance.domain.intake.row import Action
from insurance.domain.intake.source import SourceCode
from insurance.operations.intake.read_quality import SourceQuality

Count = Annotated[int, Field(ge=0, le=ROWS_MAX)]
RowNumber = Annotated[int, Field(ge=1, le=ROWS_MAX)]
Share = Annotated[str, Field(pattern=r"^[01]\.[0-9]{4}$")]
Score = Annotated[int, Field(ge=0, le=100)]


class BatchTallyView(Shown):
    """What came of the rows that were worked."""

    read: Count
    accepted: Count
    warned: Count
    cleaned: Count
    quarantined: Count


class FieldScoreView(View):
    """How good the values of a field are: shares of the rows that were read."""

    completeness: Share
    validity: Share
    uniqueness: Share
    consistency: Share
    timeliness: Share | None

    @classmethod
    def of(cls, score: FieldScore) -> Self:
        return cls(
            **{
                name: None if share is None else _share(share)
                for name, share in score._asdict().items()
            }
        )


class DriftView(Shown):
    """Values of a file that are others than those of the batches before."""

    rule: Annotated[str, Field(max_length=60)]
    field: Annotated[str, Field(max_length=300)]
    watch: Watch
    action: Action
    measured: Annotated[str, Field(max_length=20)]
    codes: Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=CODES_SHOWN)]


class BatchQualityView(View):
    """How good a batch was when it came."""

    batch_id: BatchId
    version: Annotated[int, Field(ge=1, le=VERSIONS_MAX)]
    ended_at: datetime
    tally: BatchTallyView
    score: Score | None
    fields: Annotated[dict[str, FieldScoreView], Field(max_length=FIELDS_MAX)]

    @classmethod
    def of(cls, quality: BatchQuality) -> Self:
        return cls(
            batch_id=quality.batch_id,
            version=quality.version,
            ended_at=quality.ended_at,
            tally=BatchTallyView.of(quality.tally),
            score=quality.score,
            fields=scores_view(quality.scores),
        )


class SourceQualityView(View):
    """How good a source is, by its last batches."""

    source: SourceCode
    score: Score | None
    fields: Annotated[dict[str, FieldScoreView], Field(max_length=FIELDS_MAX)]
    batches: Annotated[list[BatchQualityView], Field(max_length=BATCHES_MAX)]

    @classmethod
    def of(cls, quality: SourceQuality) -> Self:
        return cls(
            source=quality.source,
            score=quality.score,
            fields=scores_view(quality.fields),
            batches=[BatchQualityView.of(batch) for batch in quality.batches],
        )


def scores_view(scores: Mapping[str, FieldScore]) -> dict[str, FieldScoreView]:
    return {path: FieldScoreView.of(score) for path, score in scores.items()}


def _share(ten_thousandths: int) -> str:
    return f"{ten_thousandths // WHOLE}.{ten_thousandths % WHOLE:04d}"


class ProposedChangeView(Shown):
    """A change of a mapping that would do what people did by hand."""

    pointer: Annotated[str, Field(max_length=500)]
    times: Count
    about: Annotated[str, Field(max_length=300)]
    before: Annotated[str, Field(max_length=400)] | None
    after: Annotated[str, Field(max_length=400)] | None


class ProposalView(View):
    """A mapping with what people did again and again, for one of them to read and submit."""

    changes: Annotated[list[ProposedChangeView], Field(max_length=2 * PROPOSALS_MAX)]
    mapping: dict[str, Any]

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        return cls(
            changes=[ProposedChangeView.of(change) for change in proposal.changes],
            mapping=proposal.mapping,
        )
