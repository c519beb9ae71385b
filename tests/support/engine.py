"""A real DynamoDB engine for tests, in memory, with the tables of template.yaml."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from local.aws import engine
from local.aws.cloudformation import REGION
from local.aws.template import Template
from local.settings import ANY_PORTS, Settings
from tests.support.lean_client import LeanClient

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).parents[2]


@contextmanager
def running_engine(folder: Path | None = None) -> Iterator[str]:
    """dynoxide, its URL. Without a folder nothing is kept when it stops."""
    with engine.running_engine(Settings(ports=ANY_PORTS, engine="dynoxide"), folder=folder) as url:
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


@cache
def template() -> Template:
    return Template(ROOT / "template.yaml", overrides={}, issuer_url="http://issuer.test")


def make_tables(dynamodb: "DynamoDBClient") -> dict[str, str]:
    """The template's tables, empty; each one's name by the setting that functions read it from.

    A table that nobody wrote to stays: looking costs a tenth of making it again.
    """
    with closing(LeanClient(dynamodb.meta.endpoint_url)) as tables:
        present = set(tables.list_tables()["TableNames"])
        for request in template().tables():
            name = request["TableName"]
            if name in present:
                if not tables.scan(TableName=name, Limit=1)["Items"]:
                    continue
                tables.delete_table(TableName=name)
            tables.create_table(**request)
    return {
        _setting(resource.logical_id): resource.name
        for resource in template().of_type("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
    }


def _setting(logical_id: str) -> str:
    """`ScheduledJobsTable` is `scheduled_jobs`."""
    words = re.findall("[A-Z][a-z]*", logical_id.removesuffix("Table"))
    return "_".join(words).lower()
