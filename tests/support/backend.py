"""What the handlers stand on: a real DynamoDB engine, KMS, and the environment of template.yaml."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

from local.aws.cloudformation import REGION
from local.aws.rights import Rights
from local.aws.services.app import Services, services_app
from local.aws.services.store import open_store
from local.processes import LOOPBACK, bound_socket
from local.seeding import ensure_keys_and_secrets
from local.server import Server
from tests.support.engine import make_tables, quick_client, read_tables, template, write_tables
from tests.support.waiting import ENDED_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]

CREDENTIALS = ("pool_clients", "pool_client_secrets", "usage_keys")
"""The tables of the local services for clients of the user pool, their secrets, and keys of usage plans."""

NOWHERE = "http://127.0.0.1:9"
"""Whatever is not served here must fail on loopback, never go to the network."""


@dataclass(frozen=True)
class Backend:
    """One engine and one KMS, for as many tests as like it; tables are made afresh by `empty`."""

    engine_url: str
    services_url: str
    dynamodb: "DynamoDBClient"
    store: sqlite3.Connection
    """Where the services keep what they are given."""

    def empty(self) -> None:
        """New tables, no files, and no credentials."""
        make_tables(self.dynamodb)
        write_services(self.store, State({}, []))

    def files(self) -> dict[tuple[str, str], bytes]:
        """Every file of every bucket."""
        rows = self.store.execute("SELECT bucket, key, body FROM objects")
        return {(bucket, key): bytes(body) for bucket, key, body in rows}

    def table(self, name: str) -> str:
        """A table's name by its short one: "quotes"."""
        return str(template().resources[f"{name.capitalize()}Table"].name)

    def items(self, name: str) -> list[Item]:
        """All there is in a table. (Tests may scan; functions never do.)"""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.table(name), ConsistentRead=True
        )
        return [dict(item) for page in pages for item in page["Items"]]

    def everything(self) -> dict[str, list[Item]]:
        """Every item of every table, in an order that does not change; but how often applications called, which
        a call leaves behind whatever it does."""
        tables = [each for each in template().tables() if each["TableName"] != self.table("quotas")]
        return read_tables(self.engine_url, tables)

    def state(self) -> "State":
        """Everything in tables, buckets, user pool and usage plans."""
        return state_of(self.everything(), self.store)

    def credentials(self) -> Mapping[str, list[Any]]:
        """Every client of the user pool, every secret, and every key of a usage plan."""
        return state_of({}, self.store).credentials

    def restore(self, state: "State") -> None:
        """All that as it was then."""
        write_tables(self.engine_url, template().tables(), state.items)
        write_services(self.store, state)

    def environment(self, database_url: str | None = None) -> dict[str, str]:
        """What the template gives all functions together, and what Lambda adds."""
        merged: dict[str, str] = {}
        for function in template().functions.values():
            merged |= function.environment
        return merged | {
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": NOWHERE,
            "AWS_ENDPOINT_URL_DYNAMODB": database_url or self.engine_url,
            "AWS_ENDPOINT_URL_KMS": self.services_url,
            "AWS_ENDPOINT_URL_S3": self.services_url,
            "AWS_ENDPOINT_URL_EVENTBRIDGE": self.services_url,
            "AWS_ENDPOINT_URL_SQS": self.services_url,
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": self.services_url,
            "AWS_ENDPOINT_URL_API_GATEWAY": self.services_url,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": self.services_url,
            "AWS_DATA_PATH": "",
            "POWERTOOLS_SERVICE_NAME": "tests",
            "NO_PROXY": "*",
        }


class State(NamedTuple):
    """What a backend holds: items by table, the rows of files, and those of clients and keys."""

    items: Mapping[str, list[Item]]
    files: list[Any]
    credentials: Mapping[str, list[Any]] = {}
    """By their table: see `CREDENTIALS`."""


def state_of(items: Mapping[str, list[Item]], store: sqlite3.Connection) -> State:
    """These items, and what the services keep."""
    return State(
        items,
        store.execute("SELECT * FROM objects").fetchall(),
        {table: store.execute(f"SELECT * FROM {table}").fetchall() for table in CREDENTIALS},  # noqa: S608 - names of ours
    )


def write_services(store: sqlite3.Connection, state: State) -> None:
    """Have the services keep what they kept then, and nothing else."""
    kept = {"objects": state.files, **state.credentials}
    for table in ("objects", *CREDENTIALS):
        store.execute(f"DELETE FROM {table}")  # noqa: S608 - as above
        for row in kept.get(table, ()):
            places = ", ".join("?" * len(row))
            store.execute(f"INSERT INTO {table} VALUES ({places})", row)  # noqa: S608 - as above


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These variables beside what there is, for as long as it lasts.

    They are shown to this process alone: to set a hundred of them for others too, and to take them
    away again, takes longer than most calls of a function.
    """
    with patch.object(os, "environ", {**os.environ, **variables}):
        yield


@contextmanager
def running_backend(engine_url: str, folder: Path) -> Iterator[Backend]:
    with _running_services(folder) as (services_url, store):
        dynamodb = quick_client(engine_url)
        yield Backend(engine_url, services_url, dynamodb, store)
        dynamodb.close()


@contextmanager
def _running_services(folder: Path) -> Iterator[tuple[str, sqlite3.Connection]]:
    store = open_store(folder / "services.sqlite")
    store.execute("PRAGMA synchronous = OFF")  # what a power cut takes is no test's
    services = Services.of(template(), store, folder)
    ensure_keys_and_secrets(template(), services.kms, services.secrets)
    listener = bound_socket(0, what="services", setting="SERVICES_PORT")
    url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    app = services_app(services, Rights.of(template()), further=[])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = Server(app, [listener])
    asyncio.run_coroutine_threadsafe(server.start(), loop).result()
    try:
        yield url, store
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(timeout=ENDED_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=ENDED_SECONDS)
        assert not thread.is_alive(), "the services did not stop"
        loop.close()
        store.close()
