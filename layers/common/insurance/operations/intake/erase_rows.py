"""Erase the rows that name a person who was erased: those that were kept back have what the file says of them."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Final, NamedTuple

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event, NothingToSeal
from insurance.domain.core.identity import Mode, PartyId, mode_of
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.event_types import BatchEventType, RowEventType
from insurance.domain.intake.quarantined_row import RowStatus
from insurance.domain.schedule.plan import SWEPT_AFTER
from insurance.operations.intake.ports import PersonRow, PersonRows

TRIES: Final = 8
"""A batch that is worked on moves on with each slice."""


def erase_rows_of_party(party_id: PartyId, now: datetime, *, rows: PersonRows) -> datetime | None:
    """The scheduler's job after an erasure. Returns when to look again, for rows that no index lists yet.

    Raises:
        StaleRevision: Their batches move all the time: the next run tries again.
    """
    noted = rows.noted(party_id)
    if noted is None:
        return None
    erase_rows(mode_of(party_id), noted.tokens, now, rows)
    last = noted.erased_at + SWEPT_AFTER
    return last if now < last else None


def erase_rows_of_batch(batch: DataBatch, now: datetime, rows: PersonRows) -> None:
    """Erase the rows that name customers of the batch's partner who were erased since it came.

    Raises:
        StaleRevision: Batches move all the time.
    """
    for noted in rows.erased_since(batch.mode, batch.partner, batch.received_at):
        erase_rows(batch.mode, noted.tokens, now, rows)


def tokens_erased_since(batch: DataBatch, rows: PersonRows) -> frozenset[str]:
    """Index tokens of the customers of the batch's partner who were erased since it came."""
    noted = rows.erased_since(batch.mode, batch.partner, batch.received_at)
    return frozenset().union(*(each.tokens for each in noted))


def erase_rows(mode: Mode, tokens: Collection[str], now: datetime, rows: PersonRows) -> None:
    """Destroy the key of each row of these tokens, with an event; one that waited for a person waits no more. Safe to
    repeat.

    Raises:
        StaleRevision: Their batches move all the time.
    """
    _destroy(lambda: rows.find(mode, tokens), ERASED, now, rows)


def expire_rows(batch_id: str, now: datetime, *, rows: PersonRows) -> None:
    """The scheduler's job some time after the end of a batch: destroy the keys of all rows that it kept back, with an
    event each. Safe to repeat.

    Raises:
        StaleRevision: Somebody resolves its rows all the time: the next run goes on.
    """
    _destroy(lambda: rows.of_batch(batch_id), EXPIRED, now, rows)


class _Reason(NamedTuple):
    """Why keys of rows are destroyed."""

    status: RowStatus
    of_row: RowEventType
    of_batch: BatchEventType


ERASED: Final = _Reason(RowStatus.ERASED, RowEventType.ERASED, BatchEventType.ROW_ERASED)
EXPIRED: Final = _Reason(RowStatus.EXPIRED, RowEventType.EXPIRED, BatchEventType.ROW_EXPIRED)


def _destroy(
    find: Callable[[], Iterable[PersonRow]], reason: _Reason, now: datetime, rows: PersonRows
) -> None:
    for attempt in range(TRIES):
        stale: StaleRevision | None = None
        for found in find():
            try:
                rows.erase(_events(found, reason, now), found)
            except StaleRevision as moved:
                stale = moved
        if stale is None:
            return
        if attempt == TRIES - 1:
            raise stale


def _events(found: PersonRow, reason: _Reason, now: datetime) -> list[Event]:
    """What becomes of the row, and of its batch where it waits for one row less."""
    row, batch = found.row.record, found.batch.record
    events = [
        Event.following(
            found.row.head,
            row.erased(now, reason.status),
            NothingToSeal(),
            stream=row.id,
            type=reason.of_row,
            actor=SYSTEM_ACTOR,
            now=now,
        )
    ]
    if row.status is RowStatus.QUARANTINED:
        events.append(
            Event.following(
                found.batch.head,
                batch.row_closed(now),
                NothingToSeal(),
                stream=batch.id,
                type=reason.of_batch,
                actor=SYSTEM_ACTOR,
                now=now,
            )
        )
    return events
