"""Work lists and the register of complaints, read from the work queue indexes of quotes, claims, complaints, parties and batches."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.claim import Claim
from insurance.domain.complaint import Complaint
from insurance.domain.core.classification import Record
from insurance.domain.core.identity import Mode
from insurance.domain.core.roles import Role
from insurance.domain.intake.batch import DataBatch
from insurance.domain.party.match import Match, MatchStatus
from insurance.domain.party.record import Party
from insurance.domain.quote.quote import Quote
from insurance.domain.work.work_item import Waiting
from insurance.dynamodb import aggregates
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.work_queue_index import (
    QUEUE,
    WAITS,
    Queue,
    QueuedItem,
    QueueIndex,
    match_queue,
    read_queue,
)
from insurance.operations.listing import ListEntry, ListRange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KINDS: dict[str, type[Waiting]] = {
    "clm": Claim,
    "quo": Quote,
    "cmp": Complaint,
    "pty": Party,
    "bat": DataBatch,
    "mat": Match,
}


class DynamoDBWorkLists:
    """The ports `WorkLists` and `ComplaintRegister` on DynamoDB. No list opens a party's key."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables
        self._months = [QueueIndex(tables.complaints, "month", "received")]

    def waiting(
        self, mode: Mode, role: str, until: datetime, part: ListRange
    ) -> Sequence[ListEntry[Waiting]]:
        tables = self._tables  # who reads the register alone has not all of them
        waiting = (tables.quotes, tables.claims, tables.complaints, tables.parties, tables.intake)
        queues = [(QueueIndex(table, QUEUE, WAITS), Queue(mode, role)) for table in waiting]
        if role == Role.CALL_CENTRE:
            open_matches = Queue(mode, match_queue(MatchStatus.OPEN))
            queues.append((QueueIndex(tables.parties, QUEUE, WAITS), open_matches))
        return [_entry(item) for item in read_queue(self._client, queues, part, until=until)]

    def complaints_received(
        self, mode: Mode, month: str, part: ListRange
    ) -> Sequence[ListEntry[Complaint]]:
        queues = [(index, Queue(mode, month)) for index in self._months]
        return [_entry_of(Complaint, item) for item in read_queue(self._client, queues, part)]


def _entry(queued: QueuedItem) -> ListEntry[Waiting]:
    if not queued.item:
        return ListEntry(queued.position, None)
    kind = KINDS[queued.item["id"]["S"].split("_", 1)[0]]
    return ListEntry(queued.position, aggregates.open_fields(kind, queued.item))


def _entry_of[R: Record](kind: type[R], queued: QueuedItem) -> ListEntry[R]:
    record = aggregates.open_fields(kind, queued.item) if queued.item else None
    return ListEntry(queued.position, record)
