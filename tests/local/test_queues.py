"""SQS as the stack needs it: what it answers is what moto answers, and messages are handed on until they are taken."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from local.aws.queues import QueueReader
from local.aws.services.errors import ServiceError
from local.aws.services.sqs import Sqs
from local.aws.services.store import open_store
from local.aws.template import QueueSource
from local.aws.workers import Result
from tests.support.waiting import ENDED_SECONDS

type Json = dict[str, Any]

QUEUE = "one"
SOURCE = QueueSource(
    id="Source",
    queue=QUEUE,
    arn="arn:aws:sqs:eu-west-2:000000000000:one",
    concurrency=2,
    visibility_seconds=0,
    receives_max=3,
    dead_letters="dead",
    reports_item_failures=True,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_store(tmp_path / "services.sqlite")
    yield opened
    opened.close()


def entries(*bodies: str) -> list[Json]:
    return [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]


BATCHES: dict[str, Json] = {
    "one message": {"Entries": entries('{"webhook": "whk_1"}')},
    "ten messages": {"Entries": entries(*"abcdefghij")},
    "eleven messages": {"Entries": entries(*"abcdefghijk")},
    "none": {"Entries": []},
    "one id twice": {"Entries": entries("a") * 2},
    "another queue": {"Entries": entries("a"), "QueueUrl": "https://sqs/000000000000/two"},
}


@pytest.mark.parametrize("asked", BATCHES.values(), ids=BATCHES.keys())
def test_a_batch_is_answered_as_moto_answers_it(store: sqlite3.Connection, asked: Json):
    with mock_aws():
        client = boto3.client("sqs", region_name="eu-west-2")
        url = client.create_queue(QueueName=QUEUE)["QueueUrl"]
        theirs = _theirs(client, {"QueueUrl": url, **asked})

    ours = _ours(Sqs(store, [QUEUE]), {"QueueUrl": f"https://sqs/000000000000/{QUEUE}", **asked})

    assert ours == theirs


def _theirs(client: Any, asked: Json) -> Any:
    try:
        answer = client.send_message_batch(**asked)
    except ClientError as error:
        code = error.response["Error"]["Code"].rpartition(".")[2].rpartition("#")[2]
        return {"NonExistentQueue": "QueueDoesNotExist"}.get(
            code, code
        )  # its name in the older protocol
    return [(each["Id"], each["MD5OfMessageBody"]) for each in answer["Successful"]]


def _ours(sqs: Sqs, asked: Json) -> Any:
    try:
        answer = sqs.send_message_batch(asked)
    except ServiceError as error:
        return error.code.rpartition("#")[2]
    return [(each["Id"], each["MD5OfMessageBody"]) for each in answer["Successful"]]


class Function:
    """What is invoked: it fails as often as a test says, or reports that the message failed."""

    def __init__(self, fails: int = 0, *, reports: bool = False) -> None:
        self.bodies: list[str] = []
        self._fails, self._reports = fails, reports
        self.seen = asyncio.Event()
        self.expects = 1

    async def invoke(self, event: Json) -> Result:
        [record] = event["Records"]
        assert record["eventSource"] == "aws:sqs"
        self.bodies.append(record["body"])
        if len(self.bodies) >= self.expects:
            self.seen.set()
        self._fails -= 1
        if self._fails < 0:
            return Result(b'{"batchItemFailures": []}')
        if self._reports:
            failures = [{"itemIdentifier": record["messageId"]}]
            return Result(json.dumps({"batchItemFailures": failures}).encode())
        return Result(b"{}", "Unhandled")


async def _hand_on(function: Function, store: sqlite3.Connection, expects: int) -> None:
    function.expects = expects
    reader = QueueReader(SOURCE, invoke=function.invoke, store=store)
    reader.start()
    async with asyncio.timeout(ENDED_SECONDS):
        await function.seen.wait()
        while store.execute("SELECT count(*) FROM queued").fetchone() != (0,):
            await asyncio.sleep(0)
    with suppress(asyncio.CancelledError):
        await reader.stop()


@pytest.mark.parametrize("reports", [False, True], ids=["it raises", "it reports the message"])
def test_a_message_is_handed_on_until_it_is_taken(store: sqlite3.Connection, *, reports: bool):
    Sqs(store, [QUEUE]).send_message_batch({"QueueUrl": QUEUE, "Entries": entries("a")})
    function = Function(fails=2, reports=reports)

    asyncio.run(_hand_on(function, store, 3))

    assert function.bodies == ["a", "a", "a"]
    assert store.execute("SELECT count(*) FROM messages").fetchone() == (0,)


def test_a_message_that_is_never_taken_is_given_up_and_kept(store: sqlite3.Connection):
    Sqs(store, [QUEUE]).send_message_batch({"QueueUrl": QUEUE, "Entries": entries("a", "b")})
    function = Function(fails=100)

    asyncio.run(_hand_on(function, store, 6))

    assert sorted(function.bodies) == [*"aaabbb"]
    kept = store.execute("SELECT queue, body FROM messages ORDER BY body").fetchall()
    assert kept == [("dead", "a"), ("dead", "b")]


def test_what_is_said_is_on_disk(tmp_path: Path):
    with closing(open_store(tmp_path / "services.sqlite")) as store:
        Sqs(store, [QUEUE]).send_message_batch(
            {"QueueUrl": QUEUE, "Entries": entries(json.dumps({"webhook": "whk_1"}))}
        )

    with closing(open_store(tmp_path / "services.sqlite")) as store:
        found = store.execute("SELECT queue, body FROM queued").fetchall()
    assert found == [(QUEUE, '{"webhook": "whk_1"}')]
