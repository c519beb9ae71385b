"""The engine's process and its list of stream records."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.aws import engine as engine_module
from local.aws.clients import dynamodb_client, streams_client
from local.aws.engine import DYNOXIDE_FILE, running_engine
from local.aws.stream_records import KEPT_SECONDS, index_stream_records, prune_stream_records
from local.processes import StackError, listening_ports
from local.settings import ANY_PORTS, Settings
from local.stack import Stack
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "things"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[str]:
    with running_engine(Settings(ports=ANY_PORTS, engine="dynoxide"), folder=tmp_path) as url:
        dynamodb_client(url).create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        yield url


def put(dynamodb: "DynamoDBClient", *ids: str) -> None:
    for id in ids:
        dynamodb.put_item(TableName=TABLE, Item={"id": {"S": id}})


def records(url: str) -> list[tuple[int, str]]:
    """The stream as a reader finds it: number and id."""
    streams = streams_client(url)
    arn = dynamodb_client(url).describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return [
        (int(record["dynamodb"]["SequenceNumber"]), record["dynamodb"]["Keys"]["id"]["S"])
        for record in streams.get_records(ShardIterator=iterator)["Records"]
    ]


def test_the_next_number_of_a_stream_is_found_by_an_index(engine: str, tmp_path: Path):
    put(dynamodb_client(engine), "a", "b")
    index_stream_records(tmp_path / DYNOXIDE_FILE)  # again: it is there
    with closing(sqlite3.connect(tmp_path / DYNOXIDE_FILE)) as file:
        [plan] = file.execute(
            "EXPLAIN QUERY PLAN SELECT max(CAST(sequence_number AS INTEGER))"
            " FROM _stream_records WHERE table_name = ?",
            (TABLE,),
        )
    assert "USING INDEX _stream_numbers" in plan[3]
    assert records(engine) == [(1, "a"), (2, "b")]


def test_records_of_yesterday_that_every_reader_has_passed_are_deleted(engine: str, tmp_path: Path):
    put(dynamodb_client(engine), "a", "b", "c", "d")
    file, tomorrow = tmp_path / DYNOXIDE_FILE, tmp_path.stat().st_mtime + KEPT_SECONDS + 3600
    assert prune_stream_records(file, {TABLE: 4}) == 0  # none is a day old
    assert prune_stream_records(file, {TABLE: 2, "another": 9}, now=tomorrow) == 2
    assert records(engine) == [(3, "c"), (4, "d")]


def test_a_stream_counts_on_after_all_its_records_were_read_and_deleted(
    engine: str, tmp_path: Path
):
    put(dynamodb_client(engine), "a", "b")
    tomorrow = tmp_path.stat().st_mtime + KEPT_SECONDS + 3600
    assert prune_stream_records(tmp_path / DYNOXIDE_FILE, {TABLE: 2}, now=tomorrow) == 1
    put(dynamodb_client(engine), "c")
    assert records(engine) == [(2, "b"), (3, "c")]


def test_an_engine_that_died_is_said_once_and_started_again_where_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    settings = Settings(ports=ANY_PORTS, folder=tmp_path, warm=False)
    with Stack(settings) as stack:
        tables = stack.dynamodb().list_tables()["TableNames"]
        port = int(stack.database_url.rpartition(":")[2])
        os.kill(_engine_of(port), signal.SIGKILL)
        log = settings.logs / "gateway.log"
        wait_until(log.read_text, lambda told: "dynoxide: works again after" in told)
        assert stack.dynamodb().list_tables()["TableNames"] == tables
    told = [line for line in log.read_text().splitlines() if line.startswith("dynoxide")]
    assert told == [
        "dynoxide: ended with status -9; it is started again ",
        "dynoxide: works again after 1 failures",
    ]
    assert capsys.readouterr().err == "WARNING: dynoxide ended; it is started again\n"


def test_an_engine_whose_file_cannot_be_indexed_is_ended_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def locked(_file: Path) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(engine_module, "index_stream_records", locked)
    with pytest.raises(StackError, match=r"dynamodb.sqlite cannot be indexed: database is locked"):
        Stack(Settings(ports=ANY_PORTS, folder=tmp_path, warm=False)).start()


def _engine_of(port: int) -> int:
    """The child of this process that listens there."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = [int(pid) for each in children for pid in each.read_text().split()]
    [found] = [pid for pid in pids if port in listening_ports(pid)]
    return found
