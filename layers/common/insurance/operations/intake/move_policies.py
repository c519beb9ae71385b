"""Cut a batch of policies over, or take it back: slice by slice, in the order in which its rows were worked."""

from datetime import datetime
from hashlib import sha256
from typing import Final

from insurance.domain.core.errors import QuoteNotFound
from insurance.domain.core.event import Event, NothingToSeal
from insurance.domain.core.identity import new_quote_id
from insurance.domain.core.stored import Stored
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.intake.batch import BatchStatus, DataBatch
from insurance.domain.intake.event_types import BatchEventType
from insurance.domain.intake.quarantined_row import HELD_FOR
from insurance.operations.command import Command
from insurance.operations.idempotency import Idempotency, RecordedAnswer
from insurance.operations.intake.policy_rows import key_in_batch
from insurance.operations.intake.ports import IntakePorts, WorkedSlice
from insurance.operations.intake.take_row import Times
from insurance.operations.policy.cut_over_policy import cut_over_policy, reverse_policy

ENDS: Final = {
    BatchStatus.CUT_OVER: BatchEventType.CUT_OVER,
    BatchStatus.REVERSED: BatchEventType.REVERSED,
}


def move_slice(
    stored: Stored[DataBatch], unstored: int, at: Times, ports: IntakePorts
) -> Stored[DataBatch]:
    """Cut over, or take back, what the next slice of the batch has brought. It may be killed anywhere and started again.

    `unstored`: how many rows behind the batch's position a slice may have taken that was never stored.

    Raises:
        Stopped: A stop holds the issue of policies: the next run tries again.
        StaleRevision: Somebody was faster: the next run sees it.
        AlreadyErased: Personal data of a policy were erased.
        NumberTaken: Every number that a policy could get is taken.
        QuoteExpired: A policy was kept for too long.
        WrongState: A policy was cut over or reversed otherwise.
        Unavailable: Something that is needed did not answer.
    """
    batch = stored.record
    move = reverse_policy if batch.status is BatchStatus.REVERSING else cut_over_policy
    outcomes = ports.batches.slice_of(batch.id, batch.moved_slices + 1)
    numbers = [outcome.number for outcome in outcomes]
    if batch.status is BatchStatus.REVERSING and batch.moved_slices + 1 >= batch.slices:
        numbers += range(batch.position + 1, batch.position + 1 + unstored)
    for number in numbers:
        key = key_in_batch(batch, number)
        quote_id = new_quote_id(batch.mode, batch.received_by, key)
        try:
            move(quote_id, _command(batch, number, at), ports.migration)
        except QuoteNotFound:  # the row was rejected, or never taken
            continue
    moved = batch.moved(at.now)
    event = Event.following(
        stored.head,
        moved,
        NothingToSeal(),
        stream=batch.id,
        type=ENDS.get(moved.status, BatchEventType.PROGRESSED),
        actor=SYSTEM_ACTOR,
        now=at.now,
    )
    ports.batches.store_slice(WorkedSlice(event, moved, (), ()), stored)
    return Stored(moved, event.head, stored.key)


def held_until(batch: DataBatch, at: Times, ports: IntakePorts) -> datetime | None:
    """Until when a call may still stage a policy of a row of the next slice: what is taken back waits for it. None: none
    may. No row is held once the reversal has begun."""
    if batch.status is not BatchStatus.REVERSING:
        return None
    outcomes = ports.batches.slice_of(batch.id, batch.moved_slices + 1)
    waiting = [outcome.number for outcome in outcomes if outcome.made_id is None]
    rows = ports.batches.rows_at(batch.id, waiting)
    return max(
        (
            row.held.since + HELD_FOR
            for row in rows
            if row.held is not None and row.is_held(at.received_at)
        ),
        default=None,
    )


def _command(batch: DataBatch, number: int, at: Times) -> Command:
    """The step of one policy: in the name of who cut the batch over."""
    principal = batch.cut_over_by or batch.received_by
    operation = f"{batch.status} {batch.id}"
    idempotency = Idempotency(
        principal=principal,
        operation=operation,
        key=str(number),
        request_hash=sha256(operation.encode()).digest(),
        now=at.now,
        received_at=at.received_at,
        render=lambda _stored: RecordedAnswer("{}"),
    )
    return Command(batch.sender.replace(principal=principal), idempotency)
