"""A party is erased between the read and the write of a command: the command is answered as after the erasure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.calls import BANK
from tests.support.driving.http import Json
from tests.support.platform import Platform
from tests.support.search import erase, insured

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WRITES = "before-call.dynamodb.TransactWriteItems"


@contextmanager
def before_its_write(client: "DynamoDBClient", does: Callable[[], None]) -> Iterator[None]:
    """Something else happens, once, when the next transaction is about to be sent."""

    def once(**_call: Any) -> None:
        client.meta.events.unregister(WRITES, once)
        does()

    client.meta.events.register(WRITES, once)
    yield
    client.meta.events.unregister(WRITES, once)


@pytest.mark.parametrize("changed_before", [False, True])
def test_no_endorsement_comes_after_the_erasure(
    dynamodb: "DynamoDBClient", platform: Platform, *, changed_before: bool
):
    policy = insured(platform)
    path = f"/v1/policies/{policy['id']}"
    change: Json = {"effective_on": "2027-02-01", "answers": {"annual_mileage": 9000}}
    if changed_before:
        platform.post(f"{path}/endorsements", change | {"answers": {"annual_mileage": 7000}})
    before = platform.get(path)["revision"]

    with before_its_write(dynamodb, lambda: erase(platform, policy["party_id"])):
        answered = platform.call("POST", f"{path}/endorsements", change)

    assert (answered.status, answered.code) == (409, "already-erased")
    assert platform.get(path)["revision"] == before


def test_a_payment_is_posted_and_says_nothing_of_the_payer(
    dynamodb: "DynamoDBClient", platform: Platform
):
    policy = insured(platform)
    paid: Json = {
        "policy_id": policy["id"],
        "received_on": "2026-11-20",
        "amount": {"amount": 100, "currency": "GBP"},
        "payer": {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"},
    }
    platform.post("/v1/payments", paid | {"reference": "REF-1"}, by=BANK)

    with before_its_write(dynamodb, lambda: erase(platform, policy["party_id"])):
        platform.post("/v1/payments", paid | {"reference": "REF-2"}, by=BANK)

    account = platform.stores.billing.get(policy["id"]).account.record
    assert [each.reference for each in account.paid_in] == ["REF-1", "REF-2"]
