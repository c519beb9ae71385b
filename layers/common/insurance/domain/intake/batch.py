"""Batches: one file of one source, worked through in slices. A batch says how far it is and how good its rows are."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, NamedTuple, Self

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import TotalsDiffer, WrongState
from insurance.domain.core.identity import Mode, UploadId, mode_of
from insurance.domain.core.segregation import OfficeDuty, check_segregation
from insurance.domain.core.value import Value
from insurance.domain.intake.figures import PolicyFigures, digest_with, totals_of
from insurance.domain.intake.row import Action
from insurance.domain.intake.source import RowKind, SourceCode
from insurance.domain.intake.spread import Bins, Drift, added_bins

ROWS_MAX: Final = 99_999_999
"""Places of a file that a row's id has room for."""
RESOLVERS_MAX: Final = 50
"""Who may resolve rows of one batch of policies: each is kept, and none of them cuts it over."""
Count = Annotated[int, Field(ge=0)]
HaltCode = Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z][a-z0-9_-]*$")]
"""Why a step was taken, or the rule or the fault of the file that halted a batch."""


class BatchStatus(StrEnum):
    RECEIVED = "received"
    DRY_RUN = "dry_run"
    """Every row is being judged, and none is written."""
    CHECKED = "checked"
    """The dry run is done."""
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    """Every row was worked. Rows in quarantine may still be resolved."""
    HALTED = "halted"
    """A rule, or the file itself, stopped it: nothing more of it is read."""
    CANCELLED = "cancelled"
    CUTTING_OVER = "cutting_over"
    """Its policies become ours, one by one."""
    CUT_OVER = "cut_over"
    REVERSING = "reversing"
    """What it has brought is taken back."""
    REVERSED = "reversed"


class BatchStep(StrEnum):
    """What people do with a batch."""

    DRY_RUN = "dry_run"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    REVERSE = "reverse"
    """Take back what a batch of policies has brought, before its cut-over."""


READING: Final = frozenset({BatchStatus.DRY_RUN, BatchStatus.RUNNING})
MOVING: Final = frozenset({BatchStatus.CUTTING_OVER, BatchStatus.REVERSING})
"""What was brought is worked on, and no row of the file."""
WORKING: Final = READING | MOVING
MOVED: Final = MOVING | {BatchStatus.CUT_OVER, BatchStatus.REVERSED}
"""Nothing becomes of a row any more."""
ENDED: Final = MOVED | {BatchStatus.FINISHED, BatchStatus.HALTED, BatchStatus.CANCELLED}
"""No further row is read."""

NEXT: Final = {
    (BatchStatus.RECEIVED, BatchStep.DRY_RUN): BatchStatus.DRY_RUN,
    (BatchStatus.CHECKED, BatchStep.DRY_RUN): BatchStatus.DRY_RUN,
    (BatchStatus.RECEIVED, BatchStep.START): BatchStatus.RUNNING,
    (BatchStatus.CHECKED, BatchStep.START): BatchStatus.RUNNING,
    (BatchStatus.DRY_RUN, BatchStep.PAUSE): BatchStatus.PAUSED,
    (BatchStatus.RUNNING, BatchStep.PAUSE): BatchStatus.PAUSED,
    **{
        (status, BatchStep.CANCEL): BatchStatus.CANCELLED
        for status in BatchStatus
        if status not in ENDED
    },
}
"""A paused batch goes on as what it was (`DataBatch.taken`)."""
REVERSIBLE: Final = frozenset(
    {BatchStatus.PAUSED, BatchStatus.FINISHED, BatchStatus.HALTED, BatchStatus.CANCELLED}
)
"""Of a batch of policies."""


class _Tally(Value):
    """Counts that are added up."""

    def plus(self, other: Self) -> Self:
        mine, theirs = dict(self), dict(other)
        return type(self)(**{name: mine[name] + theirs[name] for name in mine})


class RowTally(_Tally):
    """What came of rows."""

    read: Count = 0
    accepted: Count = 0
    """Quoted: with a price, referred or declined."""
    warned: Count = 0
    cleaned: Count = 0
    """Accepted after a rule changed a value."""
    quarantined: Count = 0


class FieldTally(_Tally):
    """How good the values of one field are, in rows."""

    filled: Count = 0
    failed: Count = 0
    """A check of it, or a rule about it alone, found something."""
    repeated: Count = 0
    """Its value stands in an earlier row, and may not."""
    inconsistent: Count = 0
    """A rule about it and other fields found something."""
    dated: Count = 0
    """It has a day, and the mapping says how old that may be."""
    timely: Count = 0
    """Of these, the day is no older."""


class SliceResult(Value):
    """What came of one slice of a batch."""

    position: Count
    """The place in the file of the last row that was worked."""
    piece: Count = 0
    """The piece of the sealed file in which it stands."""
    tally: RowTally
    fields: dict[str, FieldTally]
    bins: Bins = Field(default_factory=dict)
    is_last: bool
    """Nothing follows in the file."""
    totals: tuple[PolicyFigures, ...] = ()
    """Of a batch of policies."""
    digest: str = ""
    halted_by: str | None = None
    """The rule, or the fault of the file, that stops the batch."""


class Pace(NamedTuple):
    """How fast a batch is, and when it will be done, where that can be said."""

    rows_per_second: int | None = None
    expected_end: datetime | None = None


class DataBatch(Record):
    """A file of a source."""

    id: Internal[str]
    source: Internal[SourceCode]
    source_revision: Internal[int]
    """The event of the source by which its version came into force: its mapping stands there."""
    version: Internal[int]
    kind: Internal[RowKind]
    partner: Internal[str]
    """Whose business its rows are; empty: the insurer's own."""
    upload_id: Internal[UploadId]
    sha256: Internal[str]
    size_bytes: Internal[int]
    received_by: Internal[str]
    received_at: Internal[AwareDatetime]
    status: Internal[BatchStatus]
    paused_in: Internal[BatchStatus | None] = None
    """What a paused batch goes on as."""
    position: Internal[int] = 0
    """The place in the file of the last row that was worked."""
    piece: Internal[int] = 0
    """The piece of the sealed file in which it stands."""
    slices: Internal[int] = 0
    tally: Internal[RowTally] = RowTally()
    fields: Internal[dict[str, FieldTally]] = Field(default_factory=dict)
    bins: Internal[Bins] = Field(default_factory=dict)
    drifts: Internal[tuple[Drift, ...]] = ()
    tries_first: Internal[bool] = False
    """It is started after a dry run only: a rule about the whole file may hold it."""
    open_rows: Internal[int] = 0
    """In quarantine, and not resolved."""
    source_score: Internal[int | None] = None
    """How good the source's batches before were when this one was started, in hundredths; None: there were none."""
    started_at: Internal[AwareDatetime | None] = None
    changed_at: Internal[AwareDatetime]
    cut_over_on: Internal[date | None] = None
    """Of a batch of policies: the day from which our books have them."""
    control_totals: Internal[tuple[PolicyFigures, ...]] = ()
    """What the source says of its policies on that day."""
    totals: Internal[tuple[PolicyFigures, ...]] = ()
    """The same of those that were brought."""
    digest: Internal[str] = ""
    """Of all policies as they will be: it is the same where they are."""
    started_by: Internal[str | None] = None
    resolved_by: Internal[tuple[str, ...]] = ()
    """Of a batch of policies: who resolved rows of it."""
    cut_over_by: Internal[str | None] = None
    moved_slices: Internal[int] = 0
    """Slices that were cut over or reversed."""
    rows_in_file: Internal[int | None] = None
    """As the dry run counted them."""
    reason: Internal[HaltCode | None] = None
    """Why the last step was taken, or what halted it."""

    @property
    def mode(self) -> Mode:
        return mode_of(self.id)

    @property
    def sender(self) -> Caller:
        """In whose name its rows are worked: who brought the file, on the business that its source names."""
        return Caller(
            principal=self.received_by,
            kind=CallerKind.APPLICATION,
            partner=self.partner,
            roles=frozenset(),
            scopes=frozenset(),
            mode=self.mode,
        )

    def taken(self, step: BatchStep, *, by: str, now: AwareDatetime, reason: str | None) -> Self:
        """The batch after a step.

        Raises:
            WrongState: The step does not follow from where the batch stands.
        """
        if step is BatchStep.START and self.tries_first and self.status is BatchStatus.RECEIVED:
            raise WrongState(self.title, self.status, "be started before its dry run")
        resumed = self.status is BatchStatus.PAUSED and step is BatchStep.RESUME
        after = self.paused_in if resumed else NEXT.get((self.status, step))
        if step is BatchStep.REVERSE and self.kind is RowKind.POLICIES:
            after = BatchStatus.REVERSING if self.status in REVERSIBLE else None
        if after is None:
            raise WrongState(self.title, self.status, step)
        changed = self.replace(
            status=after,
            paused_in=self.status if step is BatchStep.PAUSE else None,
            changed_at=now,
            reason=reason,
        )
        return changed._from_the_start(by, now) if step in STARTS else changed

    def _from_the_start(self, by: str, now: AwareDatetime) -> Self:
        return self.replace(
            position=0,
            piece=0,
            slices=0,
            tally=RowTally(),
            fields={},
            bins={},
            drifts=(),
            totals=(),
            digest="",
            started_at=now,
            started_by=by,
        )

    def cutting_over(self, *, by: str, now: AwareDatetime, reason: str) -> Self:
        """The batch when another person lets its policies be ours: all of them, and equal to the source's totals.

        Raises:
            WrongState: It is no batch of policies, is not finished, or has rows in quarantine; or its day is to come.
            SamePerson: They brought the batch, started it, or resolved a row of it.
            TotalsDiffer: Its policies do not come to the source's totals.
        """
        if self.kind is not RowKind.POLICIES or self.status is not BatchStatus.FINISHED:
            raise WrongState(self.title, f"{self.status}, of {self.kind}", "be cut over")
        if self.open_rows:
            raise WrongState(
                self.title, f"with {self.open_rows} row(s) in quarantine", "be cut over"
            )
        if self.cut_over_on is None or now.date() < self.cut_over_on:
            raise WrongState(self.title, f"for {self.cut_over_on}", "be cut over before")
        for worker in (self.received_by, self.started_by, *self.resolved_by):
            done = {OfficeDuty.BATCH_WORKED: worker}
            check_segregation(OfficeDuty.BATCH_CUT_OVER, by, done, self.title)
        differing = {each.group for each in {*self.totals} ^ {*self.control_totals}}
        if differing:
            raise TotalsDiffer(self.id, [" ".join(group) for group in sorted(differing)])
        return self.replace(
            status=BatchStatus.CUTTING_OVER, cut_over_by=by, changed_at=now, reason=reason
        )

    def moved(self, now: AwareDatetime) -> Self:
        """The batch after one more slice of what it has brought was cut over or reversed."""
        done = min(self.moved_slices + 1, self.slices)
        status = self.status
        if done == self.slices:
            is_reversed = status is BatchStatus.REVERSING
            status = BatchStatus.REVERSED if is_reversed else BatchStatus.CUT_OVER
        return self.replace(status=status, moved_slices=done, changed_at=now)

    def drifted(self, drifts: tuple[Drift, ...]) -> Self:
        """The batch when all its rows were read and compared with the batches before. After a dry run the gravest finding
        may halt it, or have it wait for a person; when its rows are taken it is too late for that."""
        found = {drift.action: drift.rule for drift in drifts}
        changed = self.replace(drifts=drifts)
        if self.status is not BatchStatus.CHECKED:
            return changed
        if Action.HALT in found:
            return changed.replace(status=BatchStatus.HALTED, reason=found[Action.HALT])
        if Action.QUARANTINE in found:
            return changed.replace(
                status=BatchStatus.PAUSED,
                paused_in=BatchStatus.CHECKED,
                reason=found[Action.QUARANTINE],
            )
        return changed

    def worked(self, result: SliceResult, now: AwareDatetime) -> Self:
        """The batch after a slice of it."""
        is_dry = self.status is BatchStatus.DRY_RUN
        status = self.status
        if result.halted_by:
            status = BatchStatus.HALTED
        elif result.is_last:
            status = BatchStatus.CHECKED if is_dry else BatchStatus.FINISHED
        tally = self.tally.plus(result.tally)
        names = self.fields.keys() | result.fields.keys()
        none = FieldTally()
        fields = {
            name: self.fields.get(name, none).plus(result.fields.get(name, none))
            for name in sorted(names)
        }
        return self.replace(
            status=status,
            position=result.position,
            piece=result.piece,
            slices=self.slices + 1,
            tally=tally,
            fields=fields,
            bins=added_bins(self.bins, result.bins),
            open_rows=self.open_rows + (0 if is_dry else result.tally.quarantined),
            changed_at=now,
            totals=totals_of((*self.totals, *result.totals)),
            digest=digest_with(self.digest, result.digest) if result.digest else self.digest,
            rows_in_file=tally.read if result.is_last else self.rows_in_file,
            reason=result.halted_by or self.reason,
        )

    @property
    def progress(self) -> Pace:
        """By what was done since the start. The end is known where a dry run has counted the rows."""
        if self.started_at is None or self.changed_at <= self.started_at:
            return Pace()
        seconds = int((self.changed_at - self.started_at).total_seconds()) or 1
        rate = self.tally.read // seconds
        if self.status not in WORKING or self.rows_in_file is None or not rate:
            return Pace(rate)
        left = max(self.rows_in_file - self.tally.read, 0)
        return Pace(rate, self.changed_at + timedelta(seconds=left // rate))

    def with_resolver(self, by: str) -> Self:
        """The batch while this person resolves rows of it.

        Raises:
            WrongState: Nothing becomes of its rows any more; or as many people as can have resolved rows of it.
        """
        if self.status in MOVED:
            raise WrongState(self.title, self.status, "have a row of it resolved")
        if self.kind is not RowKind.POLICIES or by in self.resolved_by:
            return self
        if len(self.resolved_by) >= RESOLVERS_MAX:
            raise WrongState(
                self.title, f"resolved by {RESOLVERS_MAX} people", "be resolved by another"
            )
        return self.replace(resolved_by=(*self.resolved_by, by))

    def row_resolved(self, made: SliceResult | None, now: AwareDatetime) -> Self:
        """The batch when one row less waits in quarantine; `made`: what came of it, if anything did."""
        changed = self.replace(open_rows=self.open_rows - 1, changed_at=now)
        if made is None:
            return changed
        return changed.replace(
            tally=self.tally.plus(made.tally),
            totals=totals_of((*self.totals, *made.totals)),
            digest=digest_with(self.digest, made.digest) if made.digest else self.digest,
        )

    def row_closed(self, now: AwareDatetime) -> Self:
        """The batch when a row waits no more that nobody resolved."""
        return self.replace(open_rows=self.open_rows - 1, changed_at=now)

    @property
    def waits_from(self) -> datetime | None:
        """Since when rows of it may wait for a person; None: none does."""
        waits = self.open_rows and self.status not in MOVED
        return (self.started_at or self.received_at) if waits else None

    @property
    def title(self) -> str:
        return f"batch {self.id}"


STARTS: Final = frozenset({BatchStep.DRY_RUN, BatchStep.START})
