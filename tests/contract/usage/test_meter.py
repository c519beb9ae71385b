"""The meter: each call once, however it is delivered, in memory and on a real engine."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from insurance.domain.core.errors import Unavailable
from insurance.domain.core.identity import Mode
from insurance.domain.usage.call import UNKNOWN, LoggedCall, UsageAccount
from insurance.domain.usage.months import months_with
from insurance.domain.usage.tally import Tally, UsageRow
from insurance.dynamodb.stores import Stores
from insurance.dynamodb.usage.meter import DynamoDBMeter
from insurance.operations.usage.ports import AskedDays, Meter, MeterTime, MonthTooLarge

from tests.fakes.keys import PlainKeys
from tests.fakes.usage import MemoryMeter
from tests.support.access_log import AT, ELM_WEB, OAK_BATCH, OAK_WEB, call
from tests.support.engine import make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OAK = UsageAccount(OAK_WEB, "oak", Mode.TEST)
SOON = MeterTime(AT + timedelta(minutes=1), 400)
WRITERS = 6


@pytest.fixture(params=["memory", "dynamodb"])
def meter(request: pytest.FixtureRequest) -> Meter:
    if request.param == "memory":
        return MemoryMeter()
    dynamodb = request.getfixturevalue("dynamodb")
    return meter_on(dynamodb)


def meter_on(dynamodb: "DynamoDBClient") -> DynamoDBMeter:
    tables = make_tables(dynamodb)
    return Stores(lambda: dynamodb, tables.__getitem__, PlainKeys, PlainKeys).meter


def days_of(meter: Meter, account: UsageAccount = OAK, limit: int = 100) -> list[UsageRow]:
    """All of an account's days around the lines of these tests, page by page."""
    first, last = date(2026, 10, 1), date(2026, 12, 31)
    asked = AskedDays(account, months_with(first, last, AT + timedelta(days=90)), first, last)
    rows: list[UsageRow] = []
    while page := meter.days(asked, rows[-1].position if rows else "", limit):
        assert len(page) <= limit
        rows += page
    return rows


def by_hand(calls: list[LoggedCall], application: str = OAK_WEB) -> Counter[Any]:
    """Calls by day, operation and status."""
    return Counter(
        (c.day, c.operation, c.status) for c in calls if c.account.application == application
    )


def by_meter(rows: list[UsageRow]) -> Counter[Any]:
    return Counter(
        {
            (row.day, row.operation, status): calls
            for row in rows
            for status, calls in row.tally.statuses.items()
        }
    )


def a_day(number: int, seconds: int = 200) -> list[LoggedCall]:
    """Calls of three applications over some seconds around midnight, of all outcomes."""
    some = random.Random(4711)  # noqa: S311 - repeatable
    midnight = datetime(2026, 11, 21, tzinfo=UTC) - timedelta(seconds=seconds // 2)
    return [
        call(
            f"c{number}-{each}",
            midnight + timedelta(milliseconds=some.randrange(seconds * 1000)),
            application=some.choice([OAK_WEB, OAK_BATCH, ELM_WEB]),
            resource=some.choice(["/v1/quotes/{quote_id}", "/v1/products"]),
            status=some.choice(["200", "404", "409", "422", "429"]),
            latency_ms=str(some.randrange(3000)),
        )
        for each in range(number)
    ]


def test_calls_are_counted_by_day_operation_and_status_with_their_times_and_bytes(
    meter: Meter,
) -> None:
    calls = [
        call("1", latency_ms="5", bytes="10"),
        call("2", latency_ms="9", bytes="30", status="404"),
        call("3", latency_ms="5", resource="/v1/products"),
        call("4", application=ELM_WEB),
        call("5", application="-"),
    ]

    assert meter.count("a", calls, SOON) == 5

    quote, products = days_of(meter)
    assert (quote.day, quote.operation, quote.month) == (AT.date(), "getQuote", "2026-11")
    assert (quote.tally.statuses, quote.tally.bytes) == (Counter({200: 1, 404: 1}), 40)
    assert (quote.tally.answered_within(50), quote.tally.answered_within(95)) == (5, 9)
    assert (products.operation, products.tally.calls) == ("listProducts", 1)
    assert [row.tally.calls for row in days_of(meter, UsageAccount(UNKNOWN))] == [1]


def test_a_call_is_counted_once_however_deliveries_are_cut(meter: Meter) -> None:
    calls, some = a_day(300), random.Random(7)  # noqa: S311 - repeatable
    delivered = 0
    for _ in range(3):
        some.shuffle(calls)
        cut = sorted(some.sample(range(1, 300), 9))
        for first, last in zip([0, *cut], [*cut, 300], strict=True):
            part = calls[first:last]
            delivered += meter.count("a", part + part[:3], SOON)

    assert delivered == 300
    assert by_meter(days_of(meter)) == by_hand(calls)


def test_streams_add_up(meter: Meter) -> None:
    calls = a_day(60)
    for number, each in enumerate(calls):
        meter.count(f"stream-{number % 7}", [each], SOON)

    assert by_meter(days_of(meter)) == by_hand(calls)
    rows = meter.month(Mode.TEST, "oak", "2026-11")
    assert sum(row.tally.calls for row in rows) == sum(c.account.partner == "oak" for c in calls)
    assert Tally.of(row.tally for row in rows).bytes == 700 * sum(
        c.account.partner == "oak" for c in calls
    )


def test_pages_of_any_size_leave_nothing_out(meter: Meter) -> None:
    for number, each in enumerate(a_day(120, seconds=86_400 * 6)):
        meter.count(f"stream-{number % 5}", [each], SOON)
    whole = days_of(meter)

    assert len(whole) > 8
    for limit in (1, 2, 3, len(whole)):
        assert days_of(meter, limit=limit) == whole


def test_a_late_line_stands_under_its_own_day_in_a_later_statement(meter: Meter) -> None:
    meter.count("a", [call("1")], SOON)
    meter.count("a", [call("2")], MeterTime(datetime(2026, 12, 4, tzinfo=UTC), 400))

    assert [(row.month, row.day, row.tally.calls) for row in days_of(meter)] == [
        ("2026-11", AT.date(), 1),
        ("2026-12", AT.date(), 1),
    ]
    assert [row.tally.calls for row in meter.month(Mode.TEST, "oak", "2026-11")] == [1]


def test_a_line_that_comes_again_when_its_month_is_full_is_still_counted_once(meter: Meter) -> None:
    meter.count("a", [call("1")], SOON)

    assert meter.count("a", [call("1")], MeterTime(datetime(2026, 12, 4, tzinfo=UTC), 400)) == 0
    assert meter.month(Mode.TEST, "oak", "2026-12") == []


def test_partners_and_modes_are_apart(meter: Meter) -> None:
    meter.count("a", [call("1")], SOON)

    assert meter.month(Mode.LIVE, "oak", "2026-11") == []
    assert meter.month(Mode.TEST, "elm", "2026-11") == []
    assert days_of(meter, UsageAccount(OAK_WEB, "elm", Mode.TEST)) == []


def test_a_delivery_of_more_than_one_transaction_holds_is_counted_whole(
    dynamodb: "DynamoDBClient",
) -> None:
    meter = meter_on(dynamodb)
    calls = [
        call(
            f"{each}",
            AT + timedelta(seconds=each),
            application=f"app_test_{each:020d}",
            partner="oak",
        )
        for each in range(250)
    ]

    assert meter.count("a", calls, SOON) == 250
    assert meter.count("a", calls, SOON) == 0
    assert len(meter.month(Mode.TEST, "oak", "2026-11")) == 250


def test_deliveries_at_once_count_each_call_once(dynamodb: "DynamoDBClient") -> None:
    meter, calls, together = meter_on(dynamodb), a_day(120, seconds=20), Barrier(WRITERS)

    def deliver(number: int) -> int:
        mine = calls[:]
        random.Random(number).shuffle(mine)  # noqa: S311 - repeatable
        together.wait()
        counted = 0
        for part in (mine[:50], mine[50:]):
            while True:
                try:
                    counted += meter.count("a", part, SOON)
                    break
                except Unavailable:
                    continue  # as Lambda, which calls again
        return counted

    with ThreadPoolExecutor(WRITERS) as pool:
        counted = sum(pool.map(deliver, range(WRITERS)))

    assert counted == 120
    assert by_meter(days_of(meter)) == by_hand(calls)


def test_a_month_is_read_by_application_and_never_further_than_to_a_bound(
    dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = meter_on(dynamodb)
    monkeypatch.setattr("insurance.dynamodb.usage.meter.ITEMS_MAX", 2)
    calls = [
        call("1", AT, resource="/v1/products"),
        call("2", AT, resource="/v1/quotes/{quote_id}"),
    ]
    meter.count("one", [*calls, call("3", AT, application=OAK_BATCH)], SOON)

    assert len(meter.month(Mode.TEST, "oak", "2026-11", OAK_WEB)) == 2
    assert len(meter.month(Mode.TEST, "oak", "2026-11", OAK_BATCH)) == 1
    with pytest.raises(MonthTooLarge):
        meter.month(Mode.TEST, "oak", "2026-11")
