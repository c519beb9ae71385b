"""The books as they are read: control accounts, journal, lines of an account, figures by partner."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.booking import Booked, Business
from insurance.domain.ledger.calendar import Calendar
from insurance.domain.ledger.health import Recount, Totals
from insurance.domain.ledger.reports import Movements
from insurance.dynamodb import codec
from insurance.dynamodb.aggregates import read_postings
from insurance.dynamodb.codec import Item
from insurance.dynamodb.ledger import balances
from insurance.dynamodb.ledger.balances import SHARDS, TOTAL, Where
from insurance.dynamodb.transaction import load, query
from insurance.operations.ledger.read_ledger import JournalEntry, Line, Slice

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 200


class DynamoDBBooks:
    """The port `Books` on DynamoDB: everything by key, nothing summed over the book."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def calendar(self, mode: Mode) -> Calendar:
        [item] = load(self._client, [(self._table, balances.calendar_key_of(mode))])
        return balances.read_calendar(item, mode)

    def totals(self, mode: Mode, currency: Currency) -> Totals:
        rows = [
            row
            for shard in range(SHARDS)
            for row in self._all(balances.total_key(mode, currency, shard)["account"]["S"])
        ]
        whole = [row for row in rows if row["shard"]["S"] == TOTAL]
        by_period: dict[str, Counter[Account]] = {}
        for row in rows:
            period = row["shard"]["S"]
            if period != TOTAL:
                by_period.setdefault(period, Counter()).update(balances.read_sums(row, "posted"))
        return Totals(
            posted=_summed(whole, "posted"),
            source=_summed(whole, "source"),
            events=_counted(whole, "events"),
            known=_counted(whole, "known"),
            apart=_counted(whole, "apart"),
            by_period=dict(sorted(by_period.items())),
            booked_to=max(
                (codec.read_instant(row["at"]) for row in whole if "at" in row), default=None
            ),
        )

    def recount(self, mode: Mode) -> Recount | None:
        [item] = load(self._client, [(self._table, recount_key(mode, "last"))])
        if item is None:
            return None
        body = codec.unpack(item["body"]["B"])
        return Recount(
            finished_at=datetime.fromisoformat(body["finished_at"]),
            aggregates=body["aggregates"],
            wrong=tuple(body["wrong"]),
            totals_differ=tuple(body["totals_differ"]),
            moving=body["moving"],
        )

    def lines(
        self, mode: Mode, currency: Currency, account: Account, period: str, asked: Slice
    ) -> Sequence[Line]:
        rows = self._merged(
            [
                balances.line_key(Where(mode, currency, period, shard), account)["account"]["S"]
                for shard in range(SHARDS)
            ],
            asked,
        )
        return [
            Line(
                place=row["shard"]["S"],
                type=row["type"]["S"],
                tax_point=codec.read_instant(row["tax_point"]),
                amount=int(row["amount"]["N"]),
            )
            for row in rows
        ]

    def journal(
        self, mode: Mode, currency: Currency, period: str, asked: Slice
    ) -> Sequence[JournalEntry]:
        rows = self._merged(
            [
                balances.journal_key(Where(mode, currency, period, shard))["account"]["S"]
                for shard in range(SHARDS)
            ],
            asked,
        )
        return [
            JournalEntry(
                place=row["shard"]["S"],
                type=row["type"]["S"],
                tax_point=codec.read_instant(row["tax_point"]),
                postings=read_postings(row),
            )
            for row in rows
        ]

    def movements(
        self, mode: Mode, currency: Currency, period: str, partner: str | None
    ) -> Sequence[Movements]:
        """A row for each partner and product, its shards added up."""
        key = balances.report_key(mode, currency, period, Business("", ""), 0)["account"]["S"]
        rows = self._all(key, begins=f"{partner}#" if partner is not None else "")
        found: dict[Business, Counter[Account]] = {}
        for row in rows:
            owner, product, _ = row["shard"]["S"].split("#")
            sums = balances.read_sums(row, "posted")
            found.setdefault(Business(owner, product), Counter()).update(sums)
        return [Movements(period, business, sums) for business, sums in sorted(found.items())]

    def booked(self, stream: str) -> Mapping[int, Booked]:
        """Where each event of a stream was booked, by its number."""
        rows = self._all(f"booked#{stream}")
        return {
            int(row["shard"]["S"]): Booked(row["period"]["S"], codec.read_instant(row["tax_point"]))
            for row in rows
        }

    def _merged(self, keys: Sequence[str], asked: Slice) -> list[Item]:
        """The first rows after a place, over all shards, in their order."""
        rows = [row for key in keys for row in self._page(key, asked.after, "", asked.limit)]
        rows.sort(key=lambda row: row["shard"]["S"])
        return rows[: asked.limit]

    def _all(self, key: str, begins: str = "") -> list[Item]:
        """Every row under a key: as many as there are periods, or partners and products."""
        found: list[Item] = []
        while page := self._page(key, found[-1]["shard"]["S"] if found else "", begins, PAGE):
            found += page
            if len(page) < PAGE:
                break
        return found

    def _page(self, key: str, after: str, begins: str, limit: int) -> list[Item]:
        """Rows under a key from after a place on; with `begins`, only those that begin so."""
        first = after or begins or " "
        values = {":key": codec.text(key), ":first": codec.text(first)}
        names = {"#key": "account", "#place": "shard"}
        condition = "#key = :key AND #place > :first"
        if begins:
            condition = "#key = :key AND #place BETWEEN :first AND :last"
            values[":first"] = codec.text(f"{first} " if after else first)
            values[":last"] = codec.text(f"{begins}~")
        return query(
            self._client,
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            Limit=limit,
        )


def recount_key(mode: Mode, which: str) -> Item:
    return {"account": codec.text(f"recount#{mode}"), "shard": codec.text(which)}


def _summed(rows: Sequence[Item], prefix: str) -> Counter[Account]:
    summed: Counter[Account] = Counter()
    for row in rows:
        summed.update(balances.read_sums(row, prefix))
    return summed


def _counted(rows: Sequence[Item], name: str) -> int:
    return sum(int(row[name]["N"]) for row in rows if name in row)
