"""Control accounts in their table: a few rows an account, so that no row is written by every command."""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from insurance.domain.event import Event
from insurance.domain.identity import Mode, fingerprint
from insurance.domain.ledger import Account
from insurance.domain.money import Currency
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.transaction import Write, add, load, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS = 4
MARKED_FOR = timedelta(days=30)
"""A stream keeps its records for a day, a redrive goes back further: markers outlive both."""


class _BookedBefore(Exception):
    """The marker of the event is there."""


class DynamoDBBalances:
    """The port `Balances` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def book(self, event: Event) -> bool:
        movements: Counter[tuple[Currency, Account]] = Counter()
        for posting in event.postings:
            movements[posting.amount.currency, posting.debit] += posting.amount.amount
            movements[posting.amount.currency, posting.credit] -= posting.amount.amount
        shard = fingerprint(event.stream)[0] % SHARDS
        adds = [
            self._add(_key(event.mode, currency, account, shard), amount)
            for (currency, account), amount in movements.items()
        ]
        try:
            transact(self._client, [*adds, self._marker(event)])
        except _BookedBefore:
            return False
        return True

    def imbalance(self, mode: Mode, currency: Currency) -> int:
        return sum(self.sums(mode, currency).values())

    def sums(self, mode: Mode, currency: Currency) -> dict[Account, int]:
        """Debits less credits by account, in minor units: a fixed number of rows."""
        places = [(account, shard) for account in Account for shard in range(SHARDS)]
        keys = [(self._table, _key(mode, currency, account, shard)) for account, shard in places]
        sums: Counter[Account] = Counter()
        for (account, _), row in zip(places, load(self._client, keys), strict=True):
            if row is not None:
                sums[account] += int(row["amount"]["N"])
        return dict(sums)

    def _add(self, key: Item, amount: int) -> Write:
        request = {
            "TableName": self._table,
            "Key": key,
            "UpdateExpression": "ADD amount :amount",
            "ExpressionAttributeValues": {":amount": codec.number(amount)},
        }
        return Write("Update", request, lambda _item: _BookedBefore())

    def _marker(self, event: Event) -> Write:
        item = {
            "account": codec.text(f"booked#{event.stream}"),
            "shard": codec.text(str(event.sequence)),
            "expires_at": codec.epoch_seconds(event.processed_at + MARKED_FOR),
        }
        return add(self._table, item, lambda _item: _BookedBefore(), key="account")


def _key(mode: Mode, currency: Currency, account: Account, shard: int) -> Item:
    return {
        "account": codec.text(f"{mode}#{currency}#{account}"),
        "shard": codec.text(str(shard)),
    }
