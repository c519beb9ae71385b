"""An application's month is taken in blocks, by as many processes at once as there are: never beyond its quota."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from insurance.domain.core.errors import QuotaExceeded
from insurance.domain.partner.quota import Quota, QuotaMark, Span
from insurance.dynamodb.quotas import DynamoDBQuotas, reached_in
from insurance.dynamodb.tables import Tables
from insurance.operations.partners.count_calls import Block, NotCounted, Quotas, QuotaStore

from tests.fakes.quotas import MemoryQuotas
from tests.support.engine import make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

AT = datetime(2026, 11, 30, 15, tzinfo=UTC)
MONTH = Span.month(AT)
CLIENTS, TIMES = 20, 2


def quota(limit: int, application: str = "app_test_one") -> Quota:
    return Quota(application, limit, 5, 10)


class TableOfQuotas:
    """The table on an engine, and what a test asks of it."""

    def __init__(self, dynamodb: "DynamoDBClient") -> None:
        self.client = dynamodb
        tables = make_tables(dynamodb)
        self.name = tables["quotas"]
        self.store = DynamoDBQuotas(dynamodb, Tables(tables.__getitem__))

    def item(self, quota: Quota) -> Json:
        key = {"id": {"S": f"{quota.application}#{MONTH.name}"}}
        return self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True)["Item"]

    def used(self, quota: Quota) -> int:
        return int(self.item(quota)["used"]["N"])


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> TableOfQuotas:
    return TableOfQuotas(dynamodb)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[QuotaStore]:
    if request.param == "memory":
        yield MemoryQuotas()
    else:
        yield TableOfQuotas(request.getfixturevalue("dynamodb")).store


def test_blocks_add_up_to_the_quota_and_no_further(store: QuotaStore):
    chance, of, used = Random(3), quota(700), 0  # noqa: S311 - repeatable
    while True:
        seen = chance.randint(0, used)
        block = store.take(of, MONTH, seen=seen, served=chance.choice([0, 40, 900]))
        used += block.size
        assert block.used == used <= 700
        if block.size == 0:
            break

    assert used == 700


def test_applications_and_months_are_apart(store: QuotaStore):
    december = Span.month(datetime(2026, 12, 1, tzinfo=UTC))

    assert store.take(quota(1), MONTH, seen=0, served=0) == Block(1, 1)
    assert store.take(quota(1), december, seen=0, served=0) == Block(1, 1)
    assert store.take(quota(1, "app_live_one"), MONTH, seen=0, served=0) == Block(1, 1)
    assert store.take(quota(1), MONTH, seen=0, served=0) == Block(0, 1)


def test_a_figure_below_what_is_used_leaves_nothing(store: QuotaStore):
    for _ in range(5):
        store.take(quota(9), MONTH, seen=0, served=0)

    assert store.take(quota(3), MONTH, seen=0, served=0) == Block(0, 5)
    assert store.take(quota(3), MONTH, seen=2, served=50) == Block(0, 5)
    assert store.take(quota(6), MONTH, seen=5, served=0) == Block(1, 6)


def test_a_mark_stands_in_the_write_that_reaches_it_and_in_no_other(table: TableOfQuotas):
    of = quota(10)
    told = []
    for used in range(10):
        table.store.take(of, MONTH, seen=used, served=0)
        told.append(table.item(of).get("reached", {}).get("S"))

    assert told == [*(None,) * 7, "80", None, "100"]


def test_who_reads_the_stream_learns_of_each_mark_once(table: TableOfQuotas):
    of, reached = quota(10), []
    for used in range(10):
        table.store.take(of, MONTH, seen=used, served=0)
        reached.append(reached_in(table.item(of)))

    assert [each for each in reached if each] == [
        ("app_test_one", QuotaMark(month="2026-11", percent=percent)) for percent in (80, 100)
    ]


def test_what_is_used_is_read_of_each_month(table: TableOfQuotas):
    for _ in range(3):
        table.store.take(quota(10), MONTH, seen=0, served=0)

    assert table.store.used("app_test_one", MONTH) == 3
    assert table.store.used("app_test_one", Span.month(datetime(2026, 12, 1, tzinfo=UTC))) == 0


def test_a_row_says_its_quota_and_goes_after_thirteen_months(table: TableOfQuotas):
    table.store.take(quota(10), MONTH, seen=0, served=0)
    item = table.item(quota(10))

    assert item["limit"] == {"N": "10"}
    kept_until = datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC)
    assert 395 < (kept_until - MONTH.ends_at).days < 405


def together(clients: int, calls: int, processes: list[Quotas], of: Quota) -> int:
    """How many of the calls that so many clients make at once are answered; each has a process of its own."""
    start = Barrier(clients)

    def call(process: Quotas) -> int:
        answered = 0
        start.wait()
        for _ in range(calls):
            with suppress(QuotaExceeded):
                process.count(of, AT)
                answered += 1
        return answered

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(call, processes))


def test_twenty_at_once_take_all_of_it_and_not_one_more(table: TableOfQuotas):
    for time in range(TIMES):
        of = quota(500, f"app_test_{time}")
        processes = [Quotas(table.store) for _ in range(CLIENTS)]

        assert together(CLIENTS, 30, processes, of) == 500
        assert table.used(of) == 500


def test_twenty_at_once_are_not_one_over_where_blocks_are_large(table: TableOfQuotas):
    """Each process has served much elsewhere: it takes as much at once as there may be."""
    of = quota(4_000)
    start, store = Barrier(CLIENTS), table.store

    def take_all(seed: int) -> int:
        chance, seen, mine = Random(seed), 0, 0  # noqa: S311 - repeatable
        start.wait()
        while True:
            block = store.take(of, MONTH, seen=seen, served=chance.choice([0, 100, 10_000]))
            mine += block.size
            if block.size == 0:
                return mine
            seen = block.used

    with ThreadPoolExecutor(CLIENTS) as pool:
        assert sum(pool.map(take_all, range(CLIENTS))) == 4_000
    assert table.used(of) == 4_000


def test_a_process_that_ends_between_calls_takes_none_of_the_last_ones_with_it(
    table: TableOfQuotas,
):
    for time in range(TIMES):
        of, answered = quota(500, f"app_test_{time}"), 0
        while answered < 500:
            # Each round all twenty are new: what the processes before them held is gone.
            answered += together(CLIENTS, 7, [Quotas(table.store) for _ in range(CLIENTS)], of)
        assert (answered, table.used(of)) == (500, 500)


def test_a_reply_that_is_lost_costs_its_block_and_never_a_call_more(
    table: TableOfQuotas, monkeypatch: pytest.MonkeyPatch
):
    real, lost = table.client.update_item, [ConnectionClosedError(endpoint_url="http://127.0.0.1")]

    def update_item(**request: Any) -> Any:
        answer = real(**request)
        if lost:
            raise lost.pop()
        return answer

    monkeypatch.setattr(table.client, "update_item", update_item)

    with pytest.raises(NotCounted):
        table.store.take(quota(3), MONTH, seen=0, served=0)
    assert table.store.take(quota(3), MONTH, seen=0, served=0) == Block(1, 2)


def test_a_table_that_refuses_is_named_by_what_it_says(
    table: TableOfQuotas, monkeypatch: pytest.MonkeyPatch
):
    def update_item(**_request: Any) -> Any:
        said: Any = {"Error": {"Code": "ThrottlingException", "Message": ""}}
        raise ClientError(said, "UpdateItem")

    monkeypatch.setattr(table.client, "update_item", update_item)

    with pytest.raises(NotCounted) as refused:
        table.store.take(quota(3), MONTH, seen=0, served=0)
    assert refused.value.reason == "ThrottlingException"


def test_a_rate_is_never_exceeded_tells_no_mark_and_begins_anew(store: QuotaStore) -> None:
    rate = Quota("app_test_one#house/slow", 5, 5, 5, ())
    spans = [Span.of(AT + timedelta(minutes=n), timedelta(minutes=1)) for n in range(2)]
    counted = Quotas(store)

    for span in spans:
        for _ in range(5):
            counted.count(rate, span.starts_at, span)
        with pytest.raises(QuotaExceeded) as refused:
            counted.count(rate, span.starts_at, span)
        assert refused.value.retry_after_seconds == 60
    if isinstance(store, MemoryQuotas):
        assert store.reached == []


def test_what_is_kept_of_a_rate_is_gone_a_day_later(table: TableOfQuotas) -> None:
    rate, span = Quota("app_test_one#house/slow", 1, 1, 1, ()), Span.of(AT, timedelta(hours=1))

    Quotas(table.store).count(rate, AT, span)

    key = {"id": {"S": "app_test_one#house/slow#2026-11-30T15:00"}}
    item = table.client.get_item(TableName=table.name, Key=key)["Item"]
    assert int(item["expires_at"]["N"]) == int((span.ends_at + timedelta(days=1)).timestamp())
    assert reached_in(item) is None
