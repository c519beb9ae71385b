"""The types of events in the streams of sources, of batches and of rows in quarantine."""

from insurance.domain.core.event import EventType


class SourceEventType(EventType):
    DRAFTED = "source.drafted"
    SUBMITTED = "source.submitted"
    SENT_BACK = "source.sent_back"
    APPROVED = "source.approved"
    WITHDRAWN = "source.withdrawn"


class BatchEventType(EventType):
    RECEIVED = "batch.received"
    DRY_RUN_STARTED = "batch.dry_run_started"
    STARTED = "batch.started"
    PROGRESSED = "batch.progressed"
    PAUSED = "batch.paused"
    RESUMED = "batch.resumed"
    CANCELLED = "batch.cancelled"
    CHECKED = "batch.checked"
    FINISHED = "batch.finished"
    HALTED = "batch.halted"
    CUT_OVER_STARTED = "batch.cut_over_started"
    CUT_OVER = "batch.cut_over"
    """Its policies are ours."""
    REVERSAL_STARTED = "batch.reversal_started"
    REVERSED = "batch.reversed"
    """What it had brought was taken back before a cut-over."""
    ROW_RESOLVED = "batch.row_resolved"
    ROW_ERASED = "batch.row_erased"
    ROW_EXPIRED = "batch.row_expired"


class RowEventType(EventType):
    QUARANTINED = "row.quarantined"
    FIXED = "row.fixed"
    ACCEPTED = "row.accepted"
    REJECTED = "row.rejected"
    ERASED = "row.erased"
    TAKEN_UP = "row.taken_up"
    """Somebody takes it: nobody rejects it before they are done."""
    RELEASED = "row.released"
    EXPIRED = "row.expired"
