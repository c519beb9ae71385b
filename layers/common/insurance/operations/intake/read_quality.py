"""Read how good a source is."""

from collections.abc import Sequence
from typing import NamedTuple

from insurance.domain.intake.quality import BatchQuality, FieldScore, source_score, source_scores
from insurance.operations.command import Query
from insurance.operations.intake.change_source import read_source
from insurance.operations.intake.ports import Batches, SourcePorts


class SourceQuality(NamedTuple):
    """How good the last batches of a source were."""

    source: str
    score: int | None
    """0 to 100. None: no batch of it has ended."""
    fields: dict[str, FieldScore]
    """Over all these batches."""
    batches: Sequence[BatchQuality]
    """The latest first."""


def read_quality(code: str, query: Query, sources: SourcePorts, batches: Batches) -> SourceQuality:
    """The scores of a source over its last ten batches, and of each of them.

    Raises:
        SourceNotFound: There is none in the caller's mode.
    """
    source = read_source(code, query, sources).record
    last = batches.qualities(source.id)
    return SourceQuality(code, source_score(last), source_scores(last), last)
