"""A real DynamoDB engine for tests, in memory, with the tables of template.yaml."""

import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.session import Session
from insurance.calls.data import Data
from insurance.calls.short_way import ShortWay

from local.aws.cloudformation import REGION
from local.aws.engine import running_engine as started_engine
from local.aws.template import Template
from local.settings import ANY_PORTS, Settings
from tests.support.lean_client import LeanClient

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

ITEMS_PER_BATCH = 25
"""As many as DynamoDB takes in one BatchWriteItem."""

ROOT = Path(__file__).parents[2]


@contextmanager
def running_engine(folder: Path | None = None) -> Iterator[str]:
    """dynoxide, its URL. Without a folder nothing is kept when it stops."""
    with started_engine(Settings(ports=ANY_PORTS, engine="dynoxide"), folder=folder) as url:
        yield url


def client(url: str | None, **config: object) -> "DynamoDBClient":
    """A client of the engine at this address; of moto without one."""
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(**config),  # type: ignore[arg-type]  # options by name, as botocore takes them
    )


def quick_client(url: str, **config: object) -> "DynamoDBClient":
    """The same, whose calls go the functions' own short way (docs/adr/0029): a third of botocore's time."""
    session = Session()
    session.register_component("data_loader", Data(False, []))
    made = session.create_client(
        "dynamodb",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(parameter_validation=False, **config),  # type: ignore[arg-type]  # as above
    )
    ShortWay(made, Credentials("test", "test"), ssl.create_default_context).listen(made)
    return cast("DynamoDBClient", made)


@cache
def template() -> Template:
    return Template(ROOT / "template.yaml", overrides={}, issuer_url="http://issuer.test")


def make_tables(dynamodb: "DynamoDBClient") -> dict[str, str]:
    """The template's tables, empty; each one's name by the setting that functions read it from.

    A table that nobody wrote to stays: looking costs a tenth of making it again.
    """
    with closing(LeanClient(dynamodb.meta.endpoint_url)) as engine:
        _make_empty(engine, template().tables())
    return {
        _setting(resource.logical_id): resource.name
        for resource in template().of_type("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
    }


def read_tables(url: str, tables: Sequence[Json]) -> dict[str, list[Json]]:
    """Every item, by table, in an order that does not change. (Tests may scan; functions never do.)"""
    with closing(LeanClient(url)) as engine:
        found = {}
        for request in tables:
            page = engine.scan(TableName=request["TableName"], ConsistentRead=True)
            assert "LastEvaluatedKey" not in page, "more than a test stores"
            found[request["TableName"]] = in_order(page["Items"])
    return found


def in_order(items: Sequence[Json]) -> list[Json]:
    """The items of a table in an order that does not change."""
    return sorted((dict(sorted(item.items())) for item in items), key=str)


def write_tables(url: str, tables: Sequence[Json], items: Mapping[str, list[Json]]) -> None:
    """Make the tables hold these items and no others."""
    with closing(LeanClient(url)) as engine:
        _make_empty(engine, tables)
        puts = [
            (name, {"PutRequest": {"Item": item}}) for name, held in items.items() for item in held
        ]
        for batch in batched(puts, ITEMS_PER_BATCH, strict=False):
            requests: dict[str, list[Json]] = {}
            for name, put in batch:
                requests.setdefault(name, []).append(put)
            answer = engine.batch_write_item(RequestItems=requests)
            assert not answer["UnprocessedItems"]


def _make_empty(engine: LeanClient, tables: Sequence[Json]) -> None:
    present = set(engine.list_tables()["TableNames"])
    for request in tables:
        name = request["TableName"]
        if name in present:
            if not engine.scan(TableName=name, Limit=1)["Items"]:
                continue
            engine.delete_table(TableName=name)
        engine.create_table(**request)


def _setting(logical_id: str) -> str:
    """`ScheduledJobsTable` is `scheduled_jobs`."""
    words = re.findall("[A-Z][a-z]*", logical_id.removesuffix("Table"))
    return "_".join(words).lower()
