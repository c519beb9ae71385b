"""How good a source is: by field and batch, and as one score over its last batches. Shares are ten-thousandths."""

from collections.abc import Iterable
from typing import Final, NamedTuple, Self

from pydantic import AwareDatetime, Field

from insurance.domain.core.identity import Mode, mode_of, source_id_for
from insurance.domain.core.value import Value
from insurance.domain.intake.batch import BatchStatus, DataBatch, FieldTally, RowTally
from insurance.domain.intake.source import SourceCode
from insurance.domain.intake.spread import Bins

BATCHES_MAX: Final = 10
"""Batches of a source that its score is made of."""
WHOLE: Final = 10_000


class FieldScore(NamedTuple):
    """What the values of one field are worth."""

    completeness: int
    """Of the rows: there is a value."""
    validity: int
    """No check of it, and no rule about it alone, found anything."""
    uniqueness: int
    """It repeats no earlier row where it may not."""
    consistency: int
    """No rule about it and others found anything."""
    timeliness: int | None
    """Of the rows with a day: it is as fresh as the mapping wants it. None: the mapping does not say."""

    @classmethod
    def of(cls, tally: FieldTally, read: int) -> Self:
        """By the counts of so many rows."""
        return cls(
            completeness=_share(tally.filled, read),
            validity=_share(read - tally.failed, read),
            uniqueness=_share(read - tally.repeated, read),
            consistency=_share(read - tally.inconsistent, read),
            timeliness=_share(tally.timely, tally.dated) if tally.dated else None,
        )


class BatchQuality(Value):
    """How good one batch was when it came. What people mended later changes nothing of it."""

    batch_id: str
    source: SourceCode
    version: int
    """Of the source."""
    sha256: str
    ended_at: AwareDatetime
    tally: RowTally
    fields: dict[str, FieldTally]
    bins: Bins = Field(default_factory=dict)

    @classmethod
    def of(cls, batch: DataBatch) -> Self:
        """Of a batch as it stands."""
        return cls(
            batch_id=batch.id,
            source=batch.source,
            version=batch.version,
            sha256=batch.sha256,
            ended_at=batch.changed_at,
            tally=batch.tally,
            fields=batch.fields,
            bins=batch.bins,
        )

    @property
    def mode(self) -> Mode:
        return mode_of(self.batch_id)

    @property
    def source_id(self) -> str:
        return source_id_for(self.mode, self.source)

    @property
    def scores(self) -> dict[str, FieldScore]:
        """By field."""
        return {path: FieldScore.of(tally, self.tally.read) for path, tally in self.fields.items()}

    @property
    def means(self) -> dict[str, int]:
        """Each of the five over all fields, in hundredths."""
        return means_of(self.scores.values())

    @property
    def score(self) -> int | None:
        """The batch's own score."""
        return score_of(self.scores.values())


def quality_at_end(batch: DataBatch) -> BatchQuality | None:
    """How good a batch was that was worked to its end. Of a dry run, and of part of a file, nothing is said."""
    return BatchQuality.of(batch) if batch.status is BatchStatus.FINISHED else None


def source_scores(batches: Iterable[BatchQuality]) -> dict[str, FieldScore]:
    """The scores of a source by field: of all rows of these batches that had the field."""
    tallies: dict[str, FieldTally] = {}
    read: dict[str, int] = {}
    for batch in batches:
        for path, tally in batch.fields.items():
            tallies[path] = tallies.get(path, FieldTally()).plus(tally)
            read[path] = read.get(path, 0) + batch.tally.read
    return {path: FieldScore.of(tally, read[path]) for path, tally in tallies.items()}


def source_score(batches: Iterable[BatchQuality]) -> int | None:
    """The score of a source, 0 to 100, by these batches; None: it had none."""
    return score_of(source_scores(batches).values())


def score_of(fields: Iterable[FieldScore]) -> int | None:
    """One score, 0 to 100: the worst of the five, each as the mean over its fields. None: there are no fields."""
    return min(means_of(fields).values(), default=None)


def means_of(fields: Iterable[FieldScore]) -> dict[str, int]:
    """Each of the five as the mean over the fields that have it, in hundredths."""
    shares: dict[str, list[int]] = {name: [] for name in FieldScore._fields}
    for field in fields:
        for name, share in field._asdict().items():
            if share is not None:
                shares[name].append(share)
    return {name: sum(each) * 100 // (len(each) * WHOLE) for name, each in shares.items() if each}


def _share(part: int, of: int) -> int:
    return part * WHOLE // of if of else WHOLE
