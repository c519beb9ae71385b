"""Streams reach their function as Lambda's event source mapping delivers them."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.aws.services.store import open_store
from local.aws.streams import EventSource
from local.aws.template import StreamSource
from local.aws.workers import Result
from tests.local.conftest import Running
from tests.support.waiting import wait_until

SOURCE = StreamSource(
    id="source",
    table="events",
    batch_size=10,
    retries=2,
    max_age_seconds=-1,
    bisect=True,
    reports_item_failures=True,
    starts_at_trim_horizon=True,
    window_seconds=0,
    on_failure="arn:aws:sqs:eu-west-2:000000000000:failures",
)


def record(number: int) -> dict[str, Any]:
    return {
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": str(number), "ApproximateCreationDateTime": time.time()},
    }


class Listener:
    """Takes records one by one, except those that `fails` names; a fake of the function."""

    def __init__(self, fails: Callable[[int], bool], *, raises: bool = False) -> None:
        self.taken: list[int] = []
        self.batches: list[list[int]] = []
        self._fails = fails
        self._raises = raises

    async def __call__(self, event: dict[str, Any]) -> Result:
        numbers = [int(each["dynamodb"]["SequenceNumber"]) for each in event["Records"]]
        self.batches.append(numbers)
        for number in numbers:
            if self._fails(number):
                if self._raises:
                    return Result(b'{"errorMessage":"no"}', error="Unhandled")
                failure = {"batchItemFailures": [{"itemIdentifier": str(number)}]}
                return Result(json.dumps(failure).encode())
            self.taken.append(number)
        return Result(b'{"batchItemFailures":[]}')


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_store(tmp_path / "services.sqlite")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.aws.streams.FIRST_BACKOFF_SECONDS", 0.0)


def deliver(
    listener: Listener,
    store: sqlite3.Connection,
    numbers: range,
    source: StreamSource = SOURCE,
    changed: int | None = None,
) -> None:
    """Deliver records with these numbers; one of them may be a change of an item."""
    reader = EventSource(
        source,
        invoke=listener,
        tables=None,  # type: ignore[arg-type] # what is tested begins with records read
        streams=None,  # type: ignore[arg-type] # the same
        store=store,
    )
    records = [record(number) for number in numbers]
    for each in records:
        if each["dynamodb"]["SequenceNumber"] == str(changed):
            each["eventName"] = "MODIFY"
    asyncio.run(reader._pass_on("arn:stream", "shard", records))
    store_rows = store.execute("SELECT sequence FROM checkpoints").fetchone()
    assert store_rows == (str(numbers[-1]),)


def dead_letters(store: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = store.execute("SELECT body FROM messages ORDER BY id").fetchall()
    infos = [json.loads(body)["DDBStreamBatchInfo"] for (body,) in rows]
    return [(info["startSequenceNumber"], info["endSequenceNumber"]) for info in infos]


def test_a_batch_that_is_taken_is_delivered_once(store: sqlite3.Connection) -> None:
    listener = Listener(lambda _: False)

    deliver(listener, store, range(1, 6))

    assert listener.batches == [[1, 2, 3, 4, 5]]
    assert dead_letters(store) == []


def test_what_comes_after_a_failure_waits_until_it_is_given_up(store: sqlite3.Connection) -> None:
    listener = Listener(lambda number: number == 3)

    deliver(listener, store, range(1, 6))

    assert listener.taken == [1, 2, 4, 5]
    assert dead_letters(store) == [("3", "3")]


def test_an_exception_bisects_until_the_bad_record_is_alone(store: sqlite3.Connection) -> None:
    listener = Listener(lambda number: number == 7, raises=True)

    deliver(listener, store, range(1, 9))

    assert set(listener.taken) == {1, 2, 3, 4, 5, 6, 8}
    assert dead_letters(store) == [("7", "7")]


def test_a_failure_that_passes_is_only_a_delay(store: sqlite3.Connection) -> None:
    failures = iter([True, True])
    listener = Listener(lambda number: number == 2 and next(failures, False))

    deliver(listener, store, range(1, 4))

    assert listener.taken == [1, 2, 3]
    assert dead_letters(store) == []


ONLY_NEW = replace(SOURCE, filters=('{"eventName": ["INSERT", "REMOVE"]}',))


@pytest.mark.parametrize("changed", [1, 2, 3])
def test_what_a_filter_holds_back_counts_as_taken(store: sqlite3.Connection, changed: int) -> None:
    listener = Listener(lambda _: False)

    deliver(listener, store, range(1, 4), ONLY_NEW, changed)

    assert listener.batches == [[number for number in range(1, 4) if number != changed]]


def test_the_function_is_not_called_where_nothing_gets_through(store: sqlite3.Connection) -> None:
    listener = Listener(lambda _: False)

    deliver(listener, store, range(7, 8), ONLY_NEW, changed=7)

    assert listener.batches == []


@pytest.mark.parametrize(
    ("filters", "taken"),
    [
        (['{"dynamodb": {"SequenceNumber": ["1", "2"]}}', '{"eventName": ["MODIFY"]}'], [1, 2, 3]),
        (['{"dynamodb": {"SequenceNumber": ["1", "3"]}, "eventName": ["MODIFY"]}'], [3]),
        (['{"dynamodb": {"Keys": {"id": ["x"]}}}'], []),
    ],
)
def test_a_record_passes_one_filter_with_all_that_it_says(
    store: sqlite3.Connection, filters: list[str], taken: list[int]
) -> None:
    listener = Listener(lambda _: False)

    deliver(listener, store, range(1, 5), replace(SOURCE, filters=tuple(filters)), changed=3)

    assert listener.taken == taken


def test_a_filter_that_the_stack_does_not_know_is_refused(store: sqlite3.Connection) -> None:
    source = replace(SOURCE, filters=('{"eventName": [{"prefix": "IN"}]}',))

    with pytest.raises(NotImplementedError, match="prefix"):
        deliver(Listener(lambda _: False), store, range(1, 2), source)


def test_writes_to_the_table_reach_the_function_in_order(running: Running) -> None:
    table = running.stack.table("EventsTable")
    client = running.stack.dynamodb()

    for number in range(1, 6):
        facts = "poison" if number == 3 else f"fact {number}"
        item = {"stream": {"S": "s"}, "sequence": {"N": str(number)}, "facts": {"S": facts}}
        client.put_item(TableName=table, Item=item)

    seen = wait_until(lambda: seen_facts(running), lambda facts: "fact 5" in facts)
    assert seen == ["fact 1", "fact 2", "fact 4", "fact 5"]


def seen_facts(running: Running) -> list[str]:
    """Of the stream of this test: the stack itself registers the sample partners in streams of theirs."""
    images = [json.loads(line)["image"] for line in running.seen.read_text().splitlines()]
    return [image["facts"]["S"] for image in images if image["stream"]["S"] == "s"]
