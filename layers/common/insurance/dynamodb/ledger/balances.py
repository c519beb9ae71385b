"""Control accounts in their table: a few rows for each, so that no row is written by every command.

Every event that moves money is booked by one transaction, which adds to all of these or to none:

| account | shard | what it holds |
|---|---|---|
| books#mode#currency#shard | total | all that was posted, and all that the aggregates' own facts say |
| books#mode#currency#shard | 2027-02 | what was posted in the period |
| report#mode#currency#2027-02 | partner#product#shard | the same by partner and product |
| journal#mode#currency#2027-02#shard | when#stream#number | one event's postings |
| lines#mode#currency#account#2027-02#shard | when#stream#number | what one event moved in the account |
| ledger#mode#shard | stream | the sub-ledger of one aggregate |
| booked#stream | number | where the event was booked: it cannot be booked twice |
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
from insurance.domain.ledger.booking import Booked, Business, Movement, SubLedger
from insurance.domain.ledger.calendar import AccountingPeriod, Calendar
from insurance.domain.ledger.sources import Source
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.transaction import Write, add, load, put, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS = 4
TRIES = 5
TOTAL = "total"
OPEN = "attribute_not_exists(closed_through) OR closed_through < :period"
POLICYLESS = frozenset({"sus"})


class _BookedBefore(Exception):
    """The marker of the event is there."""


class _Moved(Exception):
    """The period was closed meanwhile, or another event of the aggregate was booked."""


class DynamoDBBalances:
    """The port `Balances` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str, events_table: str) -> None:
        self._client = client
        self._table = table
        self._events_table = events_table

    def book(self, event: Event, source: Source, *, appended_at: datetime) -> Booked | None:
        calendar_key = (self._table, calendar_key_of(event.mode))
        ledger_key = (self._table, ledger_key_of(event.stream))
        first = self._first_event(event)
        for _ in range(TRIES):
            shut, kept, *about = load(self._client, [calendar_key, ledger_key, *first])
            calendar = read_calendar(shut, event.mode)
            before = read_ledger(kept, source.currency)
            now = before.booked(event, source)
            movement = Movement.of(event, before, now, calendar)
            business = _business(event, about)
            writes = [
                self._ledger(event.stream, before, now),
                *self._totals(event, movement, business, source.currency, appended_at),
                *self._entries(event, movement, source.currency),
                self._marker(event, movement),
            ]
            try:
                transact(self._client, writes)
            except _BookedBefore:
                return None
            except _Moved:
                continue
            return Booked(movement.period, event.tax_point)
        raise Unavailable("The ledger")

    def imbalance(self, mode: Mode, currency: Currency) -> int:
        keys = [(self._table, total_key(mode, currency, shard)) for shard in range(SHARDS)]
        rows = [row for row in load(self._client, keys) if row is not None]
        return sum(sum(read_sums(row, "posted").values()) for row in rows)

    def _first_event(self, event: Event) -> list[tuple[str, Item]]:
        """What says whose business it is: the policy's own first event."""
        if event.stream.startswith("pol_") or event.stream.partition("_")[0] in POLICYLESS:
            return []
        stream = codec.text(policy_id_for(event.stream))
        return [(self._events_table, {"stream": stream, "sequence": codec.number(1)})]

    def _ledger(self, stream: str, before: SubLedger, now: SubLedger) -> Write:
        item = ledger_key_of(stream) | {
            "sequence": codec.number(now.sequence),
            "events": codec.number(now.events),
            "currency": codec.text(now.currency),
            "body": codec.binary(
                codec.pack(
                    {
                        "posted": _by_name(now.posted),
                        "source": _by_name(now.source),
                        "apart": now.apart,
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
        movement: Movement,
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
            "apart": movement.apart,
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
        if posted and business is not None:
            key = report_key(event.mode, currency, movement.period, business, shard)
            writes.append(self._adding(key, posted))
        return writes

    def _entries(self, event: Event, movement: Movement, currency: Currency) -> list[Write]:
        """The event in the journal, and a line in each account that it moves."""
        if not event.postings:
            return []
        where = Where(event.mode, currency, movement.period, shard_of(event.stream))
        place = place_of(event)
        journal = journal_key(where, place) | {
            "type": codec.text(event.type),
            "tax_point": codec.instant(event.tax_point),
            "postings": codec.binary(aggregates.pack_postings(event.postings)),
        }
        lines = [
            line_key(where, account, place)
            | {
                "type": codec.text(event.type),
                "tax_point": codec.instant(event.tax_point),
                "amount": codec.number(amount),
            }
            for account, amount in movement.posted.items()
            if amount
        ]
        return [add(self._table, item, _booked_before, key="account") for item in (journal, *lines)]

    def _marker(self, event: Event, movement: Movement) -> Write:
        item = marker_key(event.stream, event.sequence) | {
            "period": codec.text(movement.period),
            "tax_point": codec.instant(event.tax_point),
        }
        return add(self._table, item, _booked_before, key="account")

    def _adding(
        self,
        key: Item,
        amounts: Mapping[str, int],
        *,
        sets: Item | None = None,
        condition: str | None = None,
        values: Item | None = None,
    ) -> Write:
        """An Update that adds to counters; each has a short alias, for an expression has a limit."""
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


class Where(NamedTuple):
    """A shard of one period of the books."""

    mode: Mode
    currency: Currency
    period: AccountingPeriod
    shard: int


def shard_of(stream: str) -> int:
    return fingerprint(stream)[0] % SHARDS


def place_of(event: Event) -> str:
    """Where an event stands among others: by time, then by name."""
    at = codec.instant(event.processed_at)["S"].removesuffix("Z")
    at = at if "." in at else f"{at}.000000"
    return f"{at}#{event.stream}#{event.sequence:06}"


def total_key(mode: Mode, currency: Currency, shard: int) -> Item:
    return _key(f"books#{mode}#{currency}#{shard}", TOTAL)


def period_key(mode: Mode, currency: Currency, shard: int, period: str) -> Item:
    return _key(f"books#{mode}#{currency}#{shard}", period)


def report_key(mode: Mode, currency: Currency, period: str, business: Business, shard: int) -> Item:
    return _key(
        f"report#{mode}#{currency}#{period}", f"{business.partner}#{business.product}#{shard}"
    )


def journal_key(where: Where, place: str = "") -> Item:
    mode, currency, period, shard = where
    return _key(f"journal#{mode}#{currency}#{period}#{shard}", place)


def line_key(where: Where, account: Account, place: str = "") -> Item:
    mode, currency, period, shard = where
    return _key(f"lines#{mode}#{currency}#{account}#{period}#{shard}", place)


def marker_key(stream: str, sequence: int) -> Item:
    return _key(f"booked#{stream}", f"{sequence:06}")


def ledger_key_of(stream: str) -> Item:
    return _key(f"ledger#{mode_of(stream)}#{shard_of(stream)}", stream)


def calendar_key_of(mode: Mode) -> Item:
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


def read_ledger(item: Item | None, currency: Currency) -> SubLedger:
    if item is None:
        return SubLedger(currency)
    body = codec.unpack(item["body"]["B"])
    return SubLedger(
        currency=Currency(item["currency"]["S"]),
        sequence=int(item["sequence"]["N"]),
        events=int(item["events"]["N"]),
        posted=_read_balances(body["posted"]),
        source=_read_balances(body["source"]),
        apart=body["apart"],
    )


def _read_balances(found: Mapping[str, int]) -> Counter[Account]:
    return Counter({Account(name): amount for name, amount in found.items()})


def _business(event: Event, about: list[Item | None]) -> Business | None:
    if event.stream.partition("_")[0] in POLICYLESS:
        return None
    if event.stream.startswith("pol_"):
        facts = event.facts
    elif about[0] is None:
        raise Unavailable("The policy's first event")
    else:
        facts = codec.unpack(about[0]["body"]["B"])
    return Business(facts["partner"], facts["product"]["code"])


def _named(prefix: str, amounts: Mapping[Account, int]) -> dict[str, int]:
    return {f"{prefix}_{account}": amount for account, amount in amounts.items() if amount}


def _moved(_item: Item | None) -> Exception:
    return _Moved()


def _booked_before(_item: Item | None) -> Exception:
    return _BookedBefore()


def _by_name(amounts: Mapping[Account, int]) -> dict[str, int]:
    """What is packed has plain text for names."""
    return {account.value: amount for account, amount in amounts.items()}
