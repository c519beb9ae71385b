"""Read how good a source is."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from insurance.domain.intake.quality import BatchQuality, FieldScore, source_score, source_scores
from insurance.domain.intake.quarantined_row import QuarantinedRow, RowStatus
from insurance.domain.intake.repeated_fixes import Proposal, propose_changes
from insurance.operations.command import Query
from insurance.operations.intake.change_source import read_source
from insurance.operations.intake.ports import Batches, SourcePorts

ROWS_READ: Final = 60
"""Of one batch that people resolved in one way, and that proposals are made from: each is opened with its own key."""


class _FirstRows(NamedTuple):
    after: str = ""
    limit: int = ROWS_READ


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


def propose_for_source(code: str, query: Query, sources: SourcePorts, batches: Batches) -> Proposal:
    """What people did again and again to rows of the source's last ten batches, as changes of its newest mapping.

    Raises:
        SourceNotFound: There is none in the caller's mode.
    """
    source = read_source(code, query, sources).record
    rows: list[QuarantinedRow] = []
    for quality in batches.qualities(source.id):
        batch = batches.get(quality.batch_id)
        for status in (RowStatus.FIXED, RowStatus.ACCEPTED):
            entries = batches.rows(batch, status, _FirstRows())
            rows += [entry.record for entry in entries if entry.record is not None]
    return propose_changes(source.text.mapping, rows)
