"""A proof of possession is used once, however many calls use it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from botocore.exceptions import ConnectionClosedError
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.used_proofs import DynamoDBUsedProofs

from tests.fakes.used_proofs import MemoryUsedProofs
from tests.support.engine import make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

EXPIRES_AT = 1_790_000_061
CALLERS = 16


class Used(Protocol):
    def use(self, id: str, *, expires_at: int) -> bool: ...


@pytest.fixture(params=["memory", "dynamodb"])
def used(request: pytest.FixtureRequest) -> Used:
    if request.param == "memory":
        return MemoryUsedProofs()
    return dynamodb_used(request.getfixturevalue("dynamodb"))


def dynamodb_used(dynamodb: "DynamoDBClient") -> DynamoDBUsedProofs:
    return DynamoDBUsedProofs(dynamodb, Tables(make_tables(dynamodb).__getitem__))


def test_a_proof_is_used_once(used: Used):
    assert used.use("one", expires_at=EXPIRES_AT)
    assert not used.use("one", expires_at=EXPIRES_AT)
    assert used.use("two", expires_at=EXPIRES_AT)


def test_of_many_who_use_it_at_once_one_may(dynamodb: "DynamoDBClient"):
    used, together = dynamodb_used(dynamodb), Barrier(CALLERS)

    def use(_: int) -> bool:
        together.wait()
        return used.use("one", expires_at=EXPIRES_AT)

    with ThreadPoolExecutor(CALLERS) as pool:
        assert sum(pool.map(use, range(CALLERS))) == 1


def test_a_reply_that_is_lost_does_not_make_the_callers_own_proof_a_used_one(
    dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
):
    real, lost = dynamodb.put_item, [ConnectionClosedError(endpoint_url="http://127.0.0.1")]

    def put_item(**request: Any) -> Any:
        answer = real(**request)
        if lost:
            raise lost.pop()
        return answer

    monkeypatch.setattr(dynamodb, "put_item", put_item)
    used = dynamodb_used(dynamodb)

    assert used.use("one", expires_at=EXPIRES_AT)
    assert not lost
    assert not used.use("one", expires_at=EXPIRES_AT)


def test_an_item_goes_when_the_proof_would_be_too_old(dynamodb: "DynamoDBClient"):
    tables = make_tables(dynamodb)
    DynamoDBUsedProofs(dynamodb, Tables(tables.__getitem__)).use("one", expires_at=EXPIRES_AT)

    [item] = dynamodb.scan(TableName=tables["proofs"])["Items"]
    assert item["expires_at"] == {"N": str(EXPIRES_AT)}
