"""The popular way under load (`bench/contenders/journey`): the same journey in the same gateway."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from bench.load import ours, popular_template
from bench.load.popular_template import MAPPING, TABLE
from bench.load.run import System
from bench.race.build import installed
from local.aws.engine import DYNOXIDE_FILE
from local.folder import SERVICES
from local.settings import Settings
from local.stack import Stack

type Json = dict[str, Any]

PREPARED = (
    *("botocore.session", "botocore.client", "botocore.endpoint", "botocore.httpsession"),
    *(
        "boto3.session",
        "boto3.resources.factory",
        "boto3.dynamodb.table",
        "boto3.dynamodb.transform",
    ),
    *("fastapi.applications", "fastapi.responses", "mangum.adapter"),
    *("pydantic.main", "pydantic.v1.main"),
    "aws_lambda_powertools.utilities.idempotency.persistence.dynamodb",
    "aws_lambda_powertools.utilities.idempotency.serialization.pydantic",
    *("cipher", "models", "motor", "schemas", "cover", "ledger", "refusals"),
)
"""What its functions import and what reads no variable as it loads: imported once, as ours is."""


@contextmanager
def stack(**choices: Any) -> Iterator[Stack]:
    """Its stack, with as many workers as ours has for the same routes."""
    layer = installed("journey")
    workers = Settings.slots * len(popular_template.functions_of_ours())
    with TemporaryDirectory() as folder:
        template = popular_template.write(Path(folder), layer)
        chosen = {"slots": workers, "prepared": PREPARED} | choices
        with ours.stack(template, **chosen) as running:
            yield running


def waits(running: Stack) -> Json:
    """What the bank has not reported, and how far its function is behind its table's stream; empty: nothing."""
    found = Counter(bank=len(running.bank.unreported()), behind=_behind(running))
    return {name: count for name, count in found.items() if count}


def _behind(running: Stack) -> int:
    """Looked up in the files: nobody is asked who would have to work for the answer."""
    folder = running.settings.folder
    with closing(sqlite3.connect(folder / DYNOXIDE_FILE)) as engine:
        (last,) = engine.execute(
            "SELECT max(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?",
            (running.table(TABLE),),
        ).fetchone()
    with closing(sqlite3.connect(folder / SERVICES)) as services:
        (reached,) = services.execute(
            "SELECT min(CAST(sequence AS INTEGER)) FROM checkpoints WHERE mapping = ?", (MAPPING,)
        ).fetchone()
    return int(last or 0) - int(reached or 0)


def faults(running: Stack) -> list[str]:
    """What is wrong of all that stands in its table: a line that lacks or is there twice, a sum, a payment."""
    items = list(_items(running))
    lines = [item for item in items if item["pk"].startswith("LEDGER#")]
    events = [item for item in items if item.get("entity") == "event"]
    payments = [item for item in items if item["sk"].startswith("CLAIM#PAYMENT#")]
    net = sum(item["premium"]["net"]["amount"] for item in items if _is_version(item))
    balances: Counter[str] = Counter()
    for line in lines:
        sign = 1 if line["side"] == "debit" else -1
        balances[line["account"]] += sign * int(line["amount"]["amount"])
    policies = sum(_is_version(item) for item in items)
    sums = {
        "all accounts": (sum(balances.values()), 0),
        "case reserves": (balances["case_reserves"], 0),
        "claims paid": (balances["claims_paid"], sum(_amount(each) for each in payments)),
        "lines": (len(lines), sum(2 * len(event["postings"]) for event in events)),
        "paid claims": (sum(each["status"] == "paid" for each in payments), policies),
        "written premium": (-balances["written_premium"], net),
    }
    return [
        f"{name}: {found}, not {wanted}"
        for name, (found, wanted) in sums.items()
        if found != wanted
    ]


def _is_version(item: Json) -> bool:
    return str(item["sk"]).startswith("POLICY#VERSION#")


def _amount(item: Json) -> int:
    return int(item["amount"]["amount"])


def _items(running: Stack) -> Iterator[Json]:
    deserialize = TypeDeserializer().deserialize
    pages = running.dynamodb().get_paginator("scan").paginate(TableName=running.table(TABLE))
    for page in pages:
        for item in page["Items"]:
            yield {name: deserialize(value) for name, value in item.items()}


POPULAR = System("FastAPI + Mangum, popular layout", stack, waits, faults)
