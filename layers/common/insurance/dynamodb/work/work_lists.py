"""Lists over many policies, read from the lanes of quotes and claims."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.claim import Claim
from insurance.domain.complaint import Complaint
from insurance.domain.core.classification import Record
from insurance.domain.core.identity import Mode
from insurance.domain.quote.quote import Quote
from insurance.dynamodb import codec
from insurance.dynamodb.work_queue_index import QUEUE, WAITS, Found, Index, read_lane
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
        self._queues = [Index(table, QUEUE, WAITS) for table in tables]
        self._months = [Index(complaints_table, "month", "received")]
        self._states = [Index(claims_table, "status", "reported")]
        self._handlers = [Index(claims_table, "handler", "reported")]

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
        indexes: Sequence[Index],
        mode: Mode,
        name: str,
        *,
        after: str,
        limit: int,
        until: datetime | None = None,
    ) -> Sequence[Listed]:
        found = read_lane(
            self._client, indexes, mode=mode, name=name, after=after, until=until, limit=limit
        )
        return [_listed(each) for each in found]


def _listed(found: Found) -> Listed:
    if not found.item:
        return Listed(found.position, None)
    kind: type[Record] = KINDS[found.item["id"]["S"].split("_", 1)[0]]
    record = kind.merge_personal(codec.unpack(found.item["body"]["B"]), {})
    return Listed(found.position, record)  # type: ignore[arg-type]  # one of KINDS
