"""The access log's delivery on this machine: what AWS delivers, until it was taken, and whatever stops in between."""

import asyncio
import base64
import gzip
import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.aws.cloudformation import REGION
from local.aws.log_groups import LogDelivery, LogGroup, Subscription, access_log_of, payload_of
from local.aws.services.store import open_store
from local.aws.workers import Result
from tests.support.engine import template

type Json = dict[str, Any]

SUBSCRIPTION = Subscription("all", "access", "usage", "arn:aws:sqs:eu-west-2:000000000000:dead")
TAKEN, FAILED = Result(b"{}"), Result(b"{}", error="Unhandled")


class Function:
    """A function that fails so many times."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.called: list[Json] = []

    async def invoke(self, name: str, event: Json) -> Result:
        assert name == SUBSCRIPTION.function
        self.called.append(unpacked(event))
        self.failures -= 1
        return FAILED if self.failures >= 0 else TAKEN

    @property
    def messages(self) -> list[str]:
        return [event["message"] for batch in self.called for event in batch["logEvents"]]


def unpacked(event: Json) -> Json:
    found: Json = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_store(tmp_path / "services.sqlite")
    yield opened
    opened.close()


def written(store: sqlite3.Connection, *messages: str) -> LogGroup:
    group = LogGroup(store, SUBSCRIPTION)
    for message in messages:
        group.write(message)
    return group


def deliver(group: LogGroup, function: Function, store: sqlite3.Connection) -> None:
    delivery = LogDelivery(group, invoke=function.invoke, store=store, pause_seconds=0)
    asyncio.run(delivery.deliver())


def test_lines_are_delivered_in_order_and_once_where_nothing_fails(
    store: sqlite3.Connection,
) -> None:
    group, function = written(store, *(str(number) for number in range(2500))), Function()

    deliver(group, function, store)
    deliver(group, function, store)

    assert function.messages == [str(number) for number in range(2500)]
    ids = [event["id"] for batch in function.called for event in batch["logEvents"]]
    assert len(set(ids)) == 2500


def test_a_delivery_that_fails_comes_again_as_it_was(store: sqlite3.Connection) -> None:
    group, function = written(store, "a", "b"), Function(failures=2)

    deliver(group, function, store)

    assert function.called == [function.called[0]] * 3
    assert store.execute("SELECT count(*) FROM messages").fetchone() == (0,)


def test_what_fails_to_the_end_waits_for_a_person_and_the_rest_goes_on(
    store: sqlite3.Connection,
) -> None:
    group, function = written(store, "a"), Function(failures=3)
    deliver(group, function, store)
    group.write("b")
    deliver(group, function, store)

    [(queue, body)] = store.execute("SELECT queue, body FROM messages").fetchall()
    assert (queue, unpacked(json.loads(body))) == (SUBSCRIPTION.dead_letters, function.called[0])
    assert function.messages == ["a", "a", "a", "b"]


def test_what_was_written_is_delivered_after_a_restart(store: sqlite3.Connection) -> None:
    written(store, "a").flush()
    later, function = written(store, "b"), Function()

    deliver(later, function, store)

    assert function.messages == ["a", "b"]
    assert len({batch["logStream"] for batch in function.called}) == 2  # each is of one stream


def test_a_delivery_that_is_stopped_leaves_nothing_out(store: sqlite3.Connection) -> None:
    async def stopped() -> None:
        delivery = LogDelivery(group, invoke=function.invoke, store=store)
        delivery.start()
        await delivery.stop()

    group, function = written(store, "a"), Function()
    asyncio.run(stopped())

    deliver(LogGroup(store, SUBSCRIPTION), function, store)
    assert function.messages == ["a"]


def test_a_log_to_which_nobody_is_subscribed_is_kept_nowhere(store: sqlite3.Connection) -> None:
    group = LogGroup(store, None)
    group.write("a")
    group.flush()

    assert store.execute("SELECT count(*) FROM log_events").fetchone() == (0,)


def test_the_templates_own_subscription_is_the_one(store: sqlite3.Connection) -> None:
    found = access_log_of(template(), store).subscription

    assert found is not None
    assert found.function == template().functions["UsageFunction"].name
    assert found.log_group == template().resources["ApiAccessLogGroup"].name
    assert found.dead_letters == template().resources["DeadLetterQueue"].arn


def test_a_delivery_has_the_form_of_motos(store: sqlite3.Connection) -> None:
    """moto calls functions in containers alone; what it puts into a stream is what it would call one with."""
    with mock_aws():
        logs, kinesis = (boto3.client(name, region_name=REGION) for name in ("logs", "kinesis"))
        kinesis.create_stream(StreamName="one", ShardCount=1)
        arn = kinesis.describe_stream(StreamName="one")["StreamDescription"]["StreamARN"]
        logs.create_log_group(logGroupName="access")
        logs.create_log_stream(logGroupName="access", logStreamName="a1")
        logs.put_subscription_filter(
            logGroupName="access", filterName="all", filterPattern="", destinationArn=arn
        )
        now = int(time.time() * 1000)  # moto takes events of the last two weeks
        events: Any = [{"timestamp": now, "message": message} for message in ("a", "b")]
        logs.put_log_events(logGroupName="access", logStreamName="a1", logEvents=events)
        shard = kinesis.list_shards(StreamName="one")["Shards"][0]["ShardId"]
        iterator = kinesis.get_shard_iterator(
            StreamName="one", ShardId=shard, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        [record] = kinesis.get_records(ShardIterator=iterator)["Records"]
    data = record["Data"]
    theirs = json.loads(
        gzip.decompress(data if data[:2] == b"\x1f\x8b" else base64.b64decode(data))
    )

    group = written(store, "a", "b")
    group.flush()
    ours = unpacked(payload_of(SUBSCRIPTION, group.waiting()))

    assert ours.keys() == theirs.keys()
    same = ("messageType", "logGroup", "subscriptionFilters")
    assert {key: ours[key] for key in same} == {key: theirs[key] for key in same}
    for mine, its in zip(ours["logEvents"], theirs["logEvents"], strict=True):
        assert mine.keys() == its.keys()
        assert mine["message"] == its["message"]
        assert isinstance(mine["id"], str)  # as AWS documents it; moto's is a number
