"""Lists over many policies, read from the work queue indexes of quotes, claims and complaints."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.claim import Claim
from insurance.domain.complaint import Complaint
from insurance.domain.core.classification import Record
from insurance.domain.core.identity import Mode
from insurance.domain.quote.quote import Quote
from insurance.dynamodb import codec
from insurance.dynamodb.work_queue_index import QUEUE, WAITS, QueuedItem, QueueIndex, read_queue
from insurance.operations.work.ports import Listed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KINDS: dict[str, type[Claim | Quote | Complaint]] = {
    "clm": Claim,
    "quo": Quote,
    "cmp": Complaint,
}


class DynamoDBLists:
    """The port `Lists` on DynamoDB. It opens no party's key: a list shows nothing personal."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        quotes_table: str,
        claims_table: str,
        complaints_table: str,
    ) -> None:
        self._client = client
        tables = (quotes_table, claims_table, complaints_table)
        self._queues = [QueueIndex(table, QUEUE, WAITS) for table in tables]
        self._months = [QueueIndex(complaints_table, "month", "received")]
        self._states = [QueueIndex(claims_table, "status", "reported")]
        self._handlers = [QueueIndex(claims_table, "handler", "reported")]

    def waiting(
        self, mode: Mode, role: str, *, until: datetime, after: str, limit: int
    ) -> Sequence[Listed]:
        return self._read(self._queues, mode, role, after=after, limit=limit, until=until)

    def claims_in(self, mode: Mode, handling: str, *, after: str, limit: int) -> Sequence[Listed]:
        return self._read(self._states, mode, handling, after=after, limit=limit)

    def complaints_in(self, mode: Mode, month: str, *, after: str, limit: int) -> Sequence[Listed]:
        return self._read(self._months, mode, month, after=after, limit=limit)

    def claims_of(self, mode: Mode, handler: str, *, after: str, limit: int) -> Sequence[Listed]:
        return self._read(self._handlers, mode, handler, after=after, limit=limit)

    def _read(
        self,
        indexes: Sequence[QueueIndex],
        mode: Mode,
        name: str,
        *,
        after: str,
        limit: int,
        until: datetime | None = None,
    ) -> Sequence[Listed]:
        queued = read_queue(
            self._client, indexes, mode=mode, name=name, after=after, until=until, limit=limit
        )
        return [_listed(item) for item in queued]


def _listed(queued: QueuedItem) -> Listed:
    if not queued.item:
        return Listed(queued.position, None)
    kind: type[Record] = KINDS[queued.item["id"]["S"].split("_", 1)[0]]
    record = kind.merge_personal(codec.unpack(queued.item["body"]["B"]), {})
    return Listed(queued.position, record)  # type: ignore[arg-type]  # one of KINDS
