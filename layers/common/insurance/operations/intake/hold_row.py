"""Hold a row while it is taken. What it makes is a write before the row's own: nobody may reject the row between the two."""

from insurance.domain.core.event import DestroyedKey, Event, EventType
from insurance.domain.core.stored import Stored
from insurance.domain.intake.event_types import RowEventType
from insurance.domain.intake.quarantined_row import QuarantinedRow
from insurance.operations.command import Command
from insurance.operations.intake.ports import IntakePorts, LoadedRow


def hold_row(
    before: LoadedRow, row: Stored[QuarantinedRow], command: Command, ports: IntakePorts
) -> Stored[QuarantinedRow]:
    """The row as this call, or one a short while ago, holds it. Others may take it too, and make the same; to reject it,
    or to take its batch back, they wait.

    Raises:
        StaleRevision: Somebody has decided the row, or holds it, or its batch has moved, since they were loaded.
    """
    if row.record.is_shared(command.received_at):
        return row
    held = row.record.taken_up(command.idempotency.id, command.received_at)
    return _stored(before, row, held, RowEventType.TAKEN_UP, command, ports)


def release_row(
    before: LoadedRow, row: Stored[QuarantinedRow], command: Command, ports: IntakePorts
) -> None:
    """Let others reject the row, of which this call has made nothing. Where another call holds it, that one releases it.

    Raises:
        StaleRevision: Somebody has decided it, or holds it by now.
    """
    if not _is_own(row.record, command.idempotency.id):
        return
    released = row.record.replace(held=None)
    _stored(before, row, released, RowEventType.RELEASED, command, ports)


def _stored(
    before: LoadedRow,
    row: Stored[QuarantinedRow],
    after: QuarantinedRow,
    type: EventType,
    command: Command,
    ports: IntakePorts,
) -> Stored[QuarantinedRow]:
    event = Event.following(
        row.head,
        after,
        row.key or DestroyedKey(),
        stream=after.id,
        type=type,
        actor=command.actor,
        now=command.now,
    )
    ports.batches.store_hold(event, after, before)
    return Stored(after, event.head, row.key)


def _is_own(row: QuarantinedRow, call: str) -> bool:
    return row.held is not None and row.held.call == call
