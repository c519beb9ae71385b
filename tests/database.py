"""A real DynamoDB engine for tests, in memory, with the tables of template.yaml."""

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from local.aws.cloudformation import REGION
from local.aws.engine import engine_for
from local.aws.template import Template
from local.processes import LOOPBACK, free_port
from local.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).parent.parent
DYNOXIDE = ROOT / ".tools/node_modules/@dynoxide/linux-x64/dynoxide"


@contextmanager
def running_engine(path: Path | None = None) -> Iterator[str]:
    """dynoxide on a free port; its URL. Without a path nothing is kept when it stops."""
    engine_for(Settings(engine="dynoxide"))
    port = free_port(0, what="database", setting="DATABASE_PORT")
    process = subprocess.Popen(  # noqa: S603 - our own pinned binary
        [
            *(DYNOXIDE, "--host", LOOPBACK, "--port", str(port)),
            *(("--db-path", str(path)) if path else ()),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.005)
    raise TimeoutError(f"the engine did not listen on port {port}")


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
    """The template's tables, fresh; each one's name by the setting that functions read it from."""
    present = dynamodb.list_tables()["TableNames"]
    names = {}
    for request in template().tables():
        name = request["TableName"]
        if name in present:
            dynamodb.delete_table(TableName=name)
        dynamodb.create_table(**request)
    for resource in template().of_type("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        words = re.findall("[A-Z][a-z]*", resource.logical_id.removesuffix("Table"))
        names["_".join(words).lower()] = resource.name
    return names
