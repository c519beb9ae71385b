"""Control accounts in their table: a few rows for each, so that no row is written by every command.

Every event that moves money is posted by one transaction, which adds to all of these or to none:

| account | shard | what it holds |
|---|---|---|
| control#mode#currency#shard | total | all that was posted, and all that the aggregates' own facts say |
| control#mode#currency#shard | 2027-02 | what was posted in the period |
| report#mode#currency#2027-02 | partner#product#shard | the same by partner and product |
| journal#mode#currency#2027-02#shard | time#stream#number | one event's postings |
| lines#mode#currency#account#2027-02#shard | time#stream#number | what one event moved in the account |
| subledger#mode#shard | stream | the sub-ledger of one aggregate |
| posted#stream | number | the period the event was posted to: it cannot be posted twice |
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from insurance.domain.core.errors import Unavailable
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, fingerprint, mode_of, policy_id_for
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.calendar import AccountingPeriod, Calendar
from insurance.domain.ledger.journal import Position
from insurance.domain.ledger.sources import Source, moved_by_partner
from insurance.domain.ledger.sub_ledger import Business, PostingDate, SubLedger, SubLedgerMovement
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import ACCOUNT_LINE, JOURNAL_ENTRY, POSTED_MARK, SUB_LEDGER
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, load, load_expected, put, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS = 4
TRIES = 5
TOTAL = "total"
OPEN = "attribute_not_exists(closed_through) OR closed_through < :period"
POLICYLESS = frozenset({"sus"})


class _PostedBefore(Exception):
    """The marker of the event is there."""


class _Moved(Exception):
    """The period was closed meanwhile, or another event of the aggregate was posted."""


class DynamoDBControlAccounts:
    """The port `ControlAccounts` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.balances
        self._events_table = tables.events

    def post(self, event: Event, source: Source, *, appended_at: datetime) -> PostingDate | None:
        """Post an event once, to the period that is open when its transaction is written.

        Raises:
            Unavailable: Other events of the same aggregate were posted at every attempt.
        """
        calendar_key = (self._table, calendar_key_for(event.mode))
        ledger_key = (self._table, sub_ledger_key(event.stream))
        first, read = self._first_event(event), load_expected
        for _ in range(TRIES):
            keys = [calendar_key, ledger_key, *first]
            calendar_item, ledger_item, *first_items = read(self._client, keys)
            calendar = read_calendar(calendar_item, event.mode)
            before = read_sub_ledger(ledger_item, source.currency)
            after = before.post(event, source)
            movement = SubLedgerMovement.of(event, before, after, calendar)
            business = _business(event, first_items)
            writes = [
                self._sub_ledger(event.stream, before, after),
                *self._totals(event, movement, business, source.currency, appended_at),
                *self._entries(event, movement, source.currency),
                self._marker(event, movement),
            ]
            try:
                transact(self._client, writes)
            except _PostedBefore:
                return None
            except _Moved:
                read = load
                continue
            return PostingDate(movement.period, event.tax_point)
        raise Unavailable("The ledger")

    def imbalance(self, mode: Mode, currency: Currency) -> int:
        keys = [(self._table, total_key(mode, currency, shard)) for shard in range(SHARDS)]
        rows = [row for row in load(self._client, keys) if row is not None]
        return sum(sum(read_sums(row, "posted").values()) for row in rows)

    def _first_event(self, event: Event) -> list[tuple[str, Item]]:
        """Where it stands whose business it is: the policy's first event."""
        if event.stream.startswith("pol_") or event.stream.partition("_")[0] in POLICYLESS:
            return []
        stream = codec.text(policy_id_for(event.stream))
        return [(self._events_table, {"stream": stream, "sequence": codec.number(1)})]

    def _sub_ledger(self, stream: str, before: SubLedger, after: SubLedger) -> Write:
        item = sub_ledger_key(stream) | {
            "v": SUB_LEDGER.mark,
            "sequence": codec.number(after.sequence),
            "events": codec.number(after.events),
            "currency": codec.text(after.currency),
            "body": codec.binary(
                codec.pack(
                    {
                        "posted": _by_name(after.posted),
                        "source": _by_name(after.source),
                        "mismatched": after.mismatched,
                    }
                )
            ),
        }
        if not before.events:
            return add(self._table, item, _moved, key="account")
        seen = codec.number(before.events)
        return put(self._table, item, _moved, condition="events = :seen", seen=seen)

    def _totals(
        self,
        event: Event,
        movement: SubLedgerMovement,
        business: Business | None,
        currency: Currency,
        appended_at: datetime,
    ) -> list[Write]:
        shard = shard_of(event.stream)
        posted = _named("posted", movement.posted)
        everything = {
            **posted,
            **_named("source", movement.source),
            "events": movement.events,
            "known": movement.known,
            "mismatched": movement.mismatched,
        }
        writes = [
            self._adding(
                total_key(event.mode, currency, shard),
                everything,
                sets={"at": codec.instant(appended_at)},
                condition=OPEN,
                values={":period": codec.text(movement.period)},
            )
        ]
        if posted:
            key = period_key(event.mode, currency, shard, movement.period)
            writes.append(self._adding(key, posted))
        if business is not None:  # one partner may get what another gives: nothing in all
            for partner, moved in moved_by_partner(event, business.partner).items():
                whose = business._replace(partner=partner)
                key = report_key(event.mode, currency, movement.period, whose, shard)
                if amounts := _named("posted", moved):
                    writes.append(self._adding(key, amounts))
        return writes

    def _entries(
        self, event: Event, movement: SubLedgerMovement, currency: Currency
    ) -> list[Write]:
        """The event in the journal, and a line in each account that it moves."""
        if not event.postings:
            return []
        where = PeriodShard(event.mode, currency, movement.period, shard_of(event.stream))
        position = str(Position.of(event))
        journal = journal_key(where, position) | {
            "v": JOURNAL_ENTRY.mark,
            "type": codec.text(event.type),
            "tax_point": codec.instant(event.tax_point),
            "postings": codec.binary(aggregates.pack_postings(event.postings)),
        }
        lines = [
            line_key(where, account, position)
            | {
                "v": ACCOUNT_LINE.mark,
                "type": codec.text(event.type),
                "tax_point": codec.instant(event.tax_point),
                "amount": codec.number(amount),
            }
            for account, amount in movement.posted.items()
            if amount
        ]
        return [add(self._table, item, _posted_before, key="account") for item in (journal, *lines)]

    def _marker(self, event: Event, movement: SubLedgerMovement) -> Write:
        item = marker_key(event.stream, event.sequence) | {
            "v": POSTED_MARK.mark,
            "period": codec.text(movement.period),
            "tax_point": codec.instant(event.tax_point),
        }
        return add(self._table, item, _posted_before, key="account")

    def _adding(
        self,
        key: Item,
        amounts: Mapping[str, int],
        *,
        sets: Item | None = None,
        condition: str | None = None,
        values: Item | None = None,
    ) -> Write:
        """An Update that adds to counters. Each has a short alias, because expressions are limited in
        length."""
        sets = sets or {}
        names = {f"#{place}": name for place, name in enumerate([*amounts, *sets])}
        alias = {name: short for short, name in names.items()}
        adds = ", ".join(f"{alias[name]} :{alias[name][1:]}" for name in amounts)
        expression = f"ADD {adds}"
        if sets:
            expression += " SET " + ", ".join(f"{alias[n]} = :{alias[n][1:]}" for n in sets)
        given = {f":{alias[name][1:]}": codec.number(amount) for name, amount in amounts.items()}
        given |= {f":{alias[name][1:]}": value for name, value in sets.items()}
        request: dict[str, Any] = {
            "TableName": self._table,
            "Key": key,
            "UpdateExpression": expression,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": given | (values or {}),
        }
        if condition is not None:
            request["ConditionExpression"] = condition
        return Write("Update", request, _moved)


# Keys


class PeriodShard(NamedTuple):
    """A shard of one period of the ledger."""

    mode: Mode
    currency: Currency
    period: AccountingPeriod
    shard: int


def shard_of(stream: str) -> int:
    return fingerprint(stream)[0] % SHARDS


def total_key(mode: Mode, currency: Currency, shard: int) -> Item:
    return _key(f"control#{mode}#{currency}#{shard}", TOTAL)


def period_key(mode: Mode, currency: Currency, shard: int, period: str) -> Item:
    return _key(f"control#{mode}#{currency}#{shard}", period)


def report_key(mode: Mode, currency: Currency, period: str, business: Business, shard: int) -> Item:
    return _key(
        f"report#{mode}#{currency}#{period}", f"{business.partner}#{business.product}#{shard}"
    )


def journal_key(where: PeriodShard, position: str = "") -> Item:
    mode, currency, period, shard = where
    return _key(f"journal#{mode}#{currency}#{period}#{shard}", position)


def line_key(where: PeriodShard, account: Account, position: str = "") -> Item:
    mode, currency, period, shard = where
    return _key(f"lines#{mode}#{currency}#{account}#{period}#{shard}", position)


def marker_key(stream: str, sequence: int) -> Item:
    return _key(f"posted#{stream}", f"{sequence:06}")


def sub_ledger_key(stream: str) -> Item:
    return _key(f"subledger#{mode_of(stream)}#{shard_of(stream)}", stream)


def calendar_key_for(mode: Mode) -> Item:
    return _key(f"calendar#{mode}", "now")


def _key(account: str, shard: str) -> Item:
    return {"account": codec.text(account), "shard": codec.text(shard)}


# Reading


def read_sums(row: Item, prefix: str) -> Counter[Account]:
    """The counters of a row by account: `posted` or `source`."""
    return Counter(
        {
            account: int(row[name]["N"])
            for account in Account
            if (name := f"{prefix}_{account}") in row
        }
    )


def read_calendar(item: Item | None, mode: Mode) -> Calendar:
    if item is None:
        return Calendar.of(mode)
    return aggregates.read_record(Calendar, item, None, "the calendar")


def read_sub_ledger(item: Item | None, currency: Currency) -> SubLedger:
    if item is None:
        return SubLedger(currency)
    item = SUB_LEDGER.current(item)
    body = codec.unpack(item["body"]["B"])
    return SubLedger(
        currency=Currency(item["currency"]["S"]),
        sequence=int(item["sequence"]["N"]),
        events=int(item["events"]["N"]),
        posted=_read_balances(body["posted"]),
        source=_read_balances(body["source"]),
        mismatched=body["mismatched"],
    )


def _read_balances(amounts: Mapping[str, int]) -> Counter[Account]:
    return Counter({codec.member(Account, name): amount for name, amount in amounts.items()})


def _business(event: Event, first_items: list[Item | None]) -> Business | None:
    if event.stream.partition("_")[0] in POLICYLESS:
        return None
    if event.stream.startswith("pol_"):
        facts = event.facts
    elif first_items[0] is None:
        raise Unavailable("The policy's first event")
    else:
        facts = aggregates.read_event(first_items[0]).facts
    # What belongs to a policy moves with it into another book: its own facts name the partner.
    partner = event.facts.get("partner") or facts["partner"]
    return Business(partner, facts["product"]["code"])


def _named(prefix: str, amounts: Mapping[Account, int]) -> dict[str, int]:
    return {f"{prefix}_{account}": amount for account, amount in amounts.items() if amount}


def _moved(_item: Item | None) -> Exception:
    return _Moved()


def _posted_before(_item: Item | None) -> Exception:
    return _PostedBefore()


def _by_name(amounts: Mapping[Account, int]) -> dict[str, int]:
    """What is packed has plain text for names."""
    return {account.value: amount for account, amount in amounts.items()}
