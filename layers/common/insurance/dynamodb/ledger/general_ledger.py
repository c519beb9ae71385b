"""The general ledger as it is read: control accounts, journal, lines of an account, figures by partner."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.calendar import Calendar
from insurance.domain.ledger.health import Totals
from insurance.domain.ledger.journal import AccountLine, JournalEntry, Position
from insurance.domain.ledger.reconciliation import Reconciliation
from insurance.domain.ledger.reports import BusinessMovements
from insurance.domain.ledger.sub_ledger import Business, PostingDate
from insurance.dynamodb import codec
from insurance.dynamodb.aggregates import read_postings
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import ACCOUNT_LINE, JOURNAL_ENTRY, POSTED_MARK, RECONCILIATION
from insurance.dynamodb.ledger import control_accounts as accounts
from insurance.dynamodb.ledger.control_accounts import SHARDS, TOTAL, PeriodShard
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load, query
from insurance.operations.ledger.ports import PeriodKey, Slice

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 200


class DynamoDBGeneralLedger:
    """The port `GeneralLedger` on DynamoDB: everything by key, nothing is summed over policies."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.balances

    def calendar(self, mode: Mode) -> Calendar:
        [item] = load(self._client, [(self._table, accounts.calendar_key_for(mode))])
        return accounts.read_calendar(item, mode)

    def totals(self, mode: Mode, currency: Currency) -> Totals:
        rows = [
            row
            for shard in range(SHARDS)
            for row in self._all(accounts.total_key(mode, currency, shard)["account"]["S"])
        ]
        whole = [row for row in rows if row["shard"]["S"] == TOTAL]
        by_period: dict[str, Counter[Account]] = {}
        for row in rows:
            period = row["shard"]["S"]
            if period != TOTAL:
                by_period.setdefault(period, Counter()).update(accounts.read_sums(row, "posted"))
        return Totals(
            posted=_summed(whole, "posted"),
            source=_summed(whole, "source"),
            events=_counted(whole, "events"),
            known=_counted(whole, "known"),
            mismatched=_counted(whole, "mismatched"),
            by_period=dict(sorted(by_period.items())),
            last_event_at=max(
                (codec.read_instant(row["at"]) for row in whole if "at" in row), default=None
            ),
        )

    def last_reconciliation(self, mode: Mode) -> Reconciliation | None:
        [item] = load(self._client, [(self._table, reconciliation_key(mode, "last"))])
        if item is None:
            return None
        body = codec.unpack(RECONCILIATION.current(item)["body"]["B"])
        return Reconciliation(
            finished_at=datetime.fromisoformat(body["finished_at"]),
            aggregates=body["aggregates"],
            wrong=tuple(body["wrong"]),
            totals_differ=tuple(body["totals_differ"]),
            moving=body["moving"],
        )

    def account_lines(self, key: PeriodKey, account: Account, part: Slice) -> Sequence[AccountLine]:
        keys = [accounts.line_key(shard, account)["account"]["S"] for shard in _shards(key)]
        return [
            AccountLine(
                position=Position.parse(row["shard"]["S"]),
                type=row["type"]["S"],
                tax_point=codec.read_instant(row["tax_point"]),
                amount=int(row["amount"]["N"]),
            )
            for row in map(ACCOUNT_LINE.current, self._merged(keys, part))
        ]

    def journal(self, key: PeriodKey, part: Slice) -> Sequence[JournalEntry]:
        keys = [accounts.journal_key(shard)["account"]["S"] for shard in _shards(key)]
        return [
            JournalEntry(
                position=Position.parse(row["shard"]["S"]),
                type=row["type"]["S"],
                tax_point=codec.read_instant(row["tax_point"]),
                period=key.period,
                postings=read_postings(row),
            )
            for row in map(JOURNAL_ENTRY.current, self._merged(keys, part))
        ]

    def movements(self, key: PeriodKey, partner: str | None) -> Sequence[BusinessMovements]:
        """Read a row for each partner and product, its shards added up."""
        report = accounts.report_key(key.mode, key.currency, key.period, Business("", ""), 0)
        begins = f"{partner}#" if partner is not None else ""
        by_business: dict[Business, Counter[Account]] = {}
        for row in self._all(report["account"]["S"], begins=begins):
            owner, product, _ = row["shard"]["S"].split("#")
            sums = accounts.read_sums(row, "posted")
            by_business.setdefault(Business(owner, product), Counter()).update(sums)
        return [
            BusinessMovements(key.period, business, sums)
            for business, sums in sorted(by_business.items())
        ]

    def posting_dates(self, stream: str) -> Mapping[int, PostingDate]:
        return {
            int(row["shard"]["S"]): PostingDate(
                row["period"]["S"], codec.read_instant(row["tax_point"])
            )
            for row in map(POSTED_MARK.current, self._all(f"posted#{stream}"))
        }

    def _merged(self, keys: Sequence[str], part: Slice) -> list[Item]:
        """Read the first rows after a position, over all shards, in their order."""
        rows = [row for key in keys for row in self._page(key, part.after, "", part.limit)]
        rows.sort(key=lambda row: row["shard"]["S"])
        return rows[: part.limit]

    def _all(self, key: str, begins: str = "") -> list[Item]:
        """Read every row under a key: as many as there are periods, or partners and products."""
        rows: list[Item] = []
        while page := self._page(key, rows[-1]["shard"]["S"] if rows else "", begins, PAGE):
            rows += page
            if len(page) < PAGE:
                break
        return rows

    def _page(self, key: str, after: str, begins: str, limit: int) -> list[Item]:
        """Read rows under a key that follow a position; with `begins`, only those that begin so."""
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


def reconciliation_key(mode: Mode, which: str) -> Item:
    return {"account": codec.text(f"reconciliation#{mode}"), "shard": codec.text(which)}


def _shards(key: PeriodKey) -> list[PeriodShard]:
    return [PeriodShard(key.mode, key.currency, key.period, shard) for shard in range(SHARDS)]


def _summed(rows: Sequence[Item], prefix: str) -> Counter[Account]:
    summed: Counter[Account] = Counter()
    for row in rows:
        summed.update(accounts.read_sums(row, prefix))
    return summed


def _counted(rows: Sequence[Item], name: str) -> int:
    return sum(int(row[name]["N"]) for row in rows if name in row)
