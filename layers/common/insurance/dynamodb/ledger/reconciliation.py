"""What a reconciliation reads: sub-ledgers shard by shard and their events; and how far it has come."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.ledger.reconciliation import (
    Reconciliation,
    ReconciliationProgress,
    ShardTotal,
)
from insurance.domain.ledger.sub_ledger import SubLedger
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import RECONCILIATION
from insurance.dynamodb.ledger import control_accounts
from insurance.dynamodb.ledger.control_accounts import SHARDS
from insurance.dynamodb.ledger.general_ledger import reconciliation_key
from insurance.dynamodb.streams import whole_stream
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Refusal, Write, add, load, put, query, transact
from insurance.operations.ledger.ports import Slice

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 100


class DynamoDBReconciliations:
    """The port `Reconciliations` on DynamoDB."""

    shards = SHARDS

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
    ) -> None:
        self._client = client
        self._table = tables.balances
        self._events_table = tables.events

    def progress(self, mode: Mode) -> ReconciliationProgress | None:
        [item] = load(self._client, [(self._table, reconciliation_key(mode, "progress"))])
        if item is None or "body" not in item:
            return None
        return codec.read_value(
            ReconciliationProgress, codec.unpack(RECONCILIATION.current(item)["body"]["B"])
        )

    def advance(
        self, progress: ReconciliationProgress, *, before: ReconciliationProgress | None
    ) -> None:
        body = codec.binary(codec.pack(progress.model_dump(mode="json")))
        item = {
            **reconciliation_key(progress.mode, "progress"),
            "v": RECONCILIATION.mark,
            "step": codec.number(progress.step),
            "body": body,
        }
        transact(self._client, [self._stepping(item, before, progress.mode)])

    def finish(self, result: Reconciliation, *, before: ReconciliationProgress) -> None:
        body = {
            "finished_at": result.finished_at.isoformat(),
            "aggregates": result.aggregates,
            "wrong": list(result.wrong),
            "totals_differ": list(result.totals_differ),
            "moving": result.moving,
        }
        mark = {"v": RECONCILIATION.mark}
        packed = codec.binary(codec.pack(body))
        last = reconciliation_key(before.mode, "last") | mark | {"body": packed}
        begun = reconciliation_key(before.mode, "progress") | mark | {"step": codec.number(0)}
        always = "attribute_exists(account) OR attribute_not_exists(account)"
        transact(
            self._client,
            [
                put(self._table, last, _stale(before.mode), condition=always),
                self._stepping(begun, before, before.mode),
            ],
        )

    def sub_ledgers(self, mode: Mode, shard: int, part: Slice) -> Sequence[tuple[str, SubLedger]]:
        rows = query(
            self._client,
            TableName=self._table,
            KeyConditionExpression="#key = :key AND #stream > :after",
            ExpressionAttributeNames={"#key": "account", "#stream": "shard"},
            ExpressionAttributeValues={
                ":key": codec.text(f"subledger#{mode}#{shard}"),
                ":after": codec.text(part.after or " "),
            },
            Limit=part.limit,
        )
        return [
            (
                row["shard"]["S"],
                control_accounts.read_sub_ledger(row, Currency(row["currency"]["S"])),
            )
            for row in rows
        ]

    def total(self, mode: Mode, currency: Currency, shard: int) -> ShardTotal:
        [row] = load(
            self._client, [(self._table, control_accounts.total_key(mode, currency, shard))]
        )
        if row is None or "events" not in row:
            return ShardTotal()
        return ShardTotal(
            control_accounts.read_sums(row, "posted"),
            control_accounts.read_sums(row, "source"),
            int(row["events"]["N"]),
        )

    def events(self, stream: str) -> Sequence[Event]:
        return whole_stream(self._client, self._events_table, stream)

    def _stepping(self, item: Item, before: ReconciliationProgress | None, mode: Mode) -> Write:
        """One step, taken once."""
        if before is None:
            request = add(self._table, item, _stale(mode), key="account").request
            request["ConditionExpression"] += " OR step = :begun"
            request["ExpressionAttributeValues"] = {":begun": codec.number(0)}
            return Write("Put", request, _stale(mode))
        seen = codec.number(before.step)
        return put(self._table, item, _stale(mode), condition="step = :seen", seen=seen)


def _stale(mode: Mode) -> Refusal:
    return lambda _item: StaleRevision(f"The reconciliation of {mode}")
