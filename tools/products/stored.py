"""The stored policies as a book: read page by page by an operator, with their keys; never by a function.

A function may not scan, and re-rating needs answers, which are sealed: its operator reads the
Policies table once from end to end, and opens what they re-rate.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING

from insurance import wiring
from insurance.config import table
from insurance.domain.core.errors import InsuranceError
from insurance.domain.core.identity import Mode, mode_of
from insurance.domain.policy import Policy
from insurance.domain.product import Product
from insurance.domain.quote.pricing import price_again
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.transaction import load

from local.aws.cloudformation import REGION
from local.aws.template import Template
from local.lease import running_stack
from local.settings import from_environment
from tools.products.folder import read
from tools.products.impact import Change, Impact, report

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AT_ONCE = 30
"""Policies in one BatchGetItem: three items each, of a hundred."""


class StoredBook:
    """Every policy of a mode, as it stands on a day."""

    def __init__(self, client: "DynamoDBClient", reader: PolicyReader, policies_table: str) -> None:
        self._client, self._reader, self._policies_table = client, reader, policies_table

    def in_force(self, mode: Mode, code: str, at: datetime) -> Iterator[Policy]:
        """The policies of one product that cover this moment, with the terms they have then."""
        for ids in batched(self._ids(mode), AT_ONCE, strict=False):
            wanted = [self._reader.wants(policy_id) for policy_id in ids]
            items = load(self._client, [key for keys in wanted for key in keys])
            for policy_id, mine in zip(ids, batched(items, 3, strict=True), strict=True):
                policy = self._reader.read(policy_id, mine).record
                if policy.product.code == code and policy.covers_at(at):
                    yield policy.at(at)

    def _ids(self, mode: Mode) -> Iterator[str]:
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._policies_table,
            ProjectionExpression="#of",
            ExpressionAttributeNames={"#of": "of"},
            ConsistentRead=True,
        )
        for page in pages:
            numbered = (item["of"]["S"] for item in page["Items"] if "of" in item)
            yield from (id for id in numbered if mode_of(id) is mode)


def rerated(policies: Iterator[Policy], draft: Product) -> Impact:
    """What each policy costs now, and would cost under the draft with the same facts and terms."""
    changes, left_out = [], []
    for policy in policies:
        try:
            priced = price_again(draft, policy, policy.imposed)
        except InsuranceError:
            left_out.append(policy.id)
            continue
        if priced.premium is None or priced.offer.outcome == "declined":
            left_out.append(policy.id)
        else:
            before, after = policy.premium.total.major, priced.premium.total.major
            changes.append(Change(policy.id, before, after))
    return Impact(tuple(changes), tuple(left_out))


def stored_book() -> StoredBook:
    """By what the environment says, as a function would be told."""
    return StoredBook(wiring.dynamodb(), wiring.stores().policy_reader, table("policies"))


def run(draft: Path, mode: Mode, at: datetime, image: Path | None) -> int:
    reach_running_stack()
    product = Product(read(draft))
    report(rerated(stored_book().in_force(mode, product.code, at), product), image)
    return 0


def reach_running_stack() -> None:
    """Where a local stack is up, its tables; else those that the environment names."""
    settings = from_environment(os.environ)
    addresses = running_stack(settings.folder)
    if addresses is None:
        return
    for function in Template(settings.template).functions.values():
        os.environ.update(function.environment)
    del os.environ["AWS_DATA_PATH"]
    os.environ.update(
        AWS_ENDPOINT_URL=addresses["services"],
        AWS_ENDPOINT_URL_DYNAMODB=addresses["database"],
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",  # noqa: S106 - the local stack's
        AWS_DEFAULT_REGION=REGION,
    )
