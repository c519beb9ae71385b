"""The two calls that a command makes, and where each thing that can come of them leads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.stub import Stubber
from insurance import wiring
from insurance.domain.core.errors import TooLargeToStore, Unanswered, Unavailable
from insurance.dynamodb import transaction
from insurance.dynamodb.sizes import ITEM_BYTES_MAX, TRANSACTION_BYTES_MAX
from insurance.dynamodb.transaction import (
    CONNECT_SECONDS,
    FIRST_PAUSE_SECONDS,
    PATIENCE_SECONDS,
    READ_SECONDS,
    TRIES,
    Write,
    add,
    load,
    query,
    transact,
    update,
)

from tests.support.engine import client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "Things"
NONE = {"Code": "None"}
FAILED = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
CONFLICT = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}

BUSY_REASONS = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
BUSY_CODES = [
    "TransactionInProgressException",
    "TransactionConflictException",
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
]


class _Refused(Exception):
    def __init__(self, name: str, item: dict[str, Any] | None) -> None:
        super().__init__(name)
        self.name, self.item = name, item


def write(name: str) -> Write:
    """A write whose failed condition is the refusal of this name."""
    item = {"id": {"S": name}}
    return add(TABLE, item, lambda found: _Refused(name, found), key="id")


WRITES = [write("quote"), write("policy"), write("idempotency record")]


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr(transaction, "time", clock)
    return clock


class Aws(Stubber):
    """AWS, saying what it is told to; anything else that is asked of it fails the test."""

    def __init__(self, tables: "DynamoDBClient") -> None:
        super().__init__(tables)
        self.tables = tables


@pytest.fixture
def aws(time: Time) -> Iterator[Aws]:
    with Aws(client("http://127.0.0.1:9", retries={"total_max_attempts": 1})) as stubber:
        yield stubber
    stubber.assert_no_pending_responses()


def cancel(aws: Aws, *reasons: dict[str, Any]) -> None:
    aws.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific reasons",
        400,
        modeled_fields={"CancellationReasons": list(reasons)},
    )


def test_an_idempotency_record_that_exists_wins_over_every_other_failed_condition(aws: Aws):
    earlier = {"id": {"S": "idempotency record"}, "answer": {"S": "as before"}}
    cancel(aws, FAILED, FAILED | {"Item": {"id": {"S": "policy"}}}, FAILED | {"Item": earlier})

    with pytest.raises(_Refused) as refused:
        transact(aws.tables, WRITES)

    assert refused.value.name == "idempotency record"
    assert refused.value.item == earlier


def test_a_failed_condition_is_the_refusal_of_its_own_write(aws: Aws):
    cancel(aws, NONE, FAILED | {"Item": {"id": {"S": "policy"}}}, NONE)

    with pytest.raises(_Refused) as refused:
        transact(aws.tables, WRITES)

    assert refused.value.name == "policy"


def test_a_failed_condition_is_final_even_beside_a_conflict(aws: Aws):
    cancel(aws, FAILED, NONE, CONFLICT)

    with pytest.raises(_Refused) as refused:
        transact(aws.tables, WRITES)

    assert refused.value.name == "quote"


@pytest.mark.parametrize("reason", BUSY_REASONS)
def test_a_busy_item_is_tried_again_until_it_is_free(aws: Aws, time: Time, reason: str):
    cancel(aws, NONE, {"Code": reason, "Message": "not now"}, NONE)
    cancel(aws, {"Code": reason, "Message": "not now"}, NONE, NONE)
    aws.add_response("transact_write_items", {})

    transact(aws.tables, WRITES)

    assert len(time.pauses) == 2


@pytest.mark.parametrize("code", BUSY_CODES)
def test_a_busy_table_is_tried_again_until_it_is_free(aws: Aws, code: str):
    aws.add_client_error("transact_write_items", code, http_status_code=400)
    aws.add_response("transact_write_items", {})

    transact(aws.tables, WRITES)


@pytest.mark.parametrize("reason", BUSY_REASONS)
def test_what_stays_busy_is_unavailable_after_eight_tries_with_nothing_done(
    aws: Aws, time: Time, reason: str
):
    for _ in range(TRIES):
        cancel(aws, {"Code": reason, "Message": "not now"}, NONE, NONE)

    with pytest.raises(Unavailable, match="nothing was done") as busy:
        transact(aws.tables, WRITES)

    assert TRIES == 8
    assert busy.value.retry_after_seconds >= 1
    assert time.now <= PATIENCE_SECONDS == 5


def test_pauses_are_jittered_and_may_double_from_try_to_try(
    aws: Aws, time: Time, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(transaction, "random", lambda: 0.5)
    for _ in range(TRIES):
        cancel(aws, CONFLICT, NONE, NONE)

    with pytest.raises(Unavailable):
        transact(aws.tables, WRITES)

    assert time.pauses == [0.5 * FIRST_PAUSE_SECONDS * 2**n for n in range(TRIES - 1)]


def test_nobody_waits_longer_than_the_patience_there_is(aws: Aws, time: Time):
    def slow(*_: Any, **__: Any) -> None:
        time.now += CONNECT_SECONDS + READ_SECONDS - 0.2

    aws.tables.meta.events.register("before-parameter-build.dynamodb", slow)
    for _ in range(2):
        cancel(aws, CONFLICT, NONE, NONE)

    with pytest.raises(Unavailable):
        transact(aws.tables, WRITES)

    assert time.now <= PATIENCE_SECONDS


def test_a_client_tries_once_and_every_try_is_counted_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "tests")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")

    config: Any = wiring.dynamodb.__wrapped__().meta.config

    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (config.connect_timeout, config.read_timeout) == (CONNECT_SECONDS, READ_SECONDS)


def test_every_try_of_a_transaction_carries_the_same_token(aws: Aws):
    sent = []
    aws.tables.meta.events.register(
        "before-parameter-build.dynamodb.TransactWriteItems",
        lambda params, **_: sent.append(params["ClientRequestToken"]),
    )
    for _ in range(2):
        cancel(aws, CONFLICT, NONE, NONE)
        aws.add_response("transact_write_items", {})
        transact(aws.tables, WRITES)

    first, again, other, _ = sent
    assert first == again != other


def test_a_connection_that_breaks_once_is_asked_again(aws: Aws, time: Time):
    broken = [ConnectionClosedError(endpoint_url="http://127.0.0.1")]

    def breaks(**_: Any) -> None:
        if broken:
            raise broken.pop()

    aws.tables.meta.events.register("before-parameter-build.dynamodb", breaks)
    aws.add_response("transact_write_items", {})

    transact(aws.tables, WRITES)

    assert len(time.pauses) == 1


@pytest.mark.parametrize(
    "reason", ["ValidationError", "ItemCollectionSizeLimitExceeded", "SomethingNew"]
)
def test_a_cancellation_that_nobody_foresaw_rises(aws: Aws, reason: str):
    cancel(aws, {"Code": reason, "Message": "no"}, NONE, NONE)

    with pytest.raises(ClientError) as risen:
        transact(aws.tables, WRITES)

    assert risen.value.response["Error"]["Code"] == "TransactionCanceledException"


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException"])
def test_a_fault_of_ours_rises(aws: Aws, code: str):
    aws.add_client_error("transact_write_items", code, http_status_code=400)

    with pytest.raises(ClientError):
        transact(aws.tables, WRITES)


def test_a_server_that_failed_may_have_done_it_and_nobody_says_that_nothing_was(aws: Aws):
    aws.add_client_error("transact_write_items", "InternalServerError", http_status_code=500)
    for _ in range(TRIES - 1):
        cancel(aws, CONFLICT, NONE, NONE)

    with pytest.raises(Unanswered) as unanswered:
        transact(aws.tables, WRITES)

    assert "nothing was done" not in str(unanswered.value)


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url="http://127.0.0.1"),
        ConnectionClosedError(endpoint_url="http://127.0.0.1"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_connection_that_breaks_leaves_open_whether_it_was_done(
    time: Time, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    tables = client("http://127.0.0.1:9", retries={"total_max_attempts": 1})

    def broken(*_: Any, **__: Any) -> None:
        raise error

    tables.meta.events.register("before-send.dynamodb", broken)

    with pytest.raises(Unanswered):
        transact(tables, WRITES)
    with pytest.raises(Unanswered):
        transact(tables, [write("quote")])
    with pytest.raises(Unanswered):
        load(tables, [(TABLE, {"id": {"S": "quote"}})])


def test_one_write_alone_is_a_put_with_its_own_refusal(aws: Aws):
    standing = {"id": {"S": "quote"}, "body": {"S": "first"}}
    aws.add_client_error(
        "put_item", "ConditionalCheckFailedException", modeled_fields={"Item": standing}
    )

    with pytest.raises(_Refused) as refused:
        transact(aws.tables, [write("quote")])

    assert refused.value.item == standing


def test_a_put_that_meets_a_transaction_is_tried_again(aws: Aws):
    aws.add_client_error("put_item", "TransactionConflictException", http_status_code=400)
    aws.add_response("put_item", {})

    transact(aws.tables, [write("quote")])


def test_only_what_was_left_out_of_a_read_is_asked_for_again(aws: Aws, time: Time):
    def keys(*names: str) -> dict[str, Any]:
        return {TABLE: {"Keys": [{"id": {"S": name}} for name in names], "ConsistentRead": True}}

    def items(*names: str) -> dict[str, Any]:
        return {TABLE: [{"id": {"S": name}, "of": {"S": name}} for name in names]}

    answers = [
        (keys("a", "b", "c"), items("c"), keys("a", "b")),
        (keys("a", "b"), {}, keys("a", "b")),
        (keys("a", "b"), items("a"), {}),
    ]
    for asked, found, left in answers:
        answer = {"Responses": found, "UnprocessedKeys": left}
        aws.add_response("batch_get_item", answer, {"RequestItems": asked})

    a, b, c = load(aws.tables, [(TABLE, {"id": {"S": name}}) for name in "abc"])

    assert a is not None
    assert a["of"] == {"S": "a"}
    assert b is None
    assert c is not None
    assert len(time.pauses) == 2


def test_a_read_that_is_never_whole_is_unavailable_rather_than_half(aws: Aws):
    asked = {TABLE: {"Keys": [{"id": {"S": "a"}}], "ConsistentRead": True}}
    for _ in range(TRIES):
        aws.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": asked})

    with pytest.raises(Unavailable):
        load(aws.tables, [(TABLE, {"id": {"S": "a"}})])


def test_a_throttled_query_is_tried_again(aws: Aws):
    aws.add_client_error("query", "ThrottlingException", http_status_code=400)
    aws.add_response("query", {"Items": [{"id": {"S": "a"}}]})

    assert query(aws.tables, TableName=TABLE) == [{"id": {"S": "a"}}]


def _refuse(_found: dict[str, Any] | None) -> Exception:
    return _Refused("stale", _found)


BODY = {"body": {"B": b"x" * (ITEM_BYTES_MAX - 4)}}
LARGE = {
    "put": lambda body: add(TABLE, {"id": {"S": "abcd"}, **body}, _refuse, key="id"),
    "update": lambda body: update(
        TABLE,
        {"id": {"S": "abcd"}},
        body,
        _refuse,
        condition="revision = :revision",
        revision={"S": "abcd"},
    ),
}


@pytest.mark.parametrize("kind", LARGE)
@pytest.mark.parametrize("others", [0, 1], ids=["alone", "in a transaction"])
def test_what_no_item_holds_is_refused_before_it_is_sent(
    kind: str, others: int, dynamodb: "DynamoDBClient"
) -> None:
    larger = {"body": {"B": BODY["body"]["B"] + b"x"}}

    with Stubber(dynamodb) as stub, pytest.raises(TooLargeToStore):
        transact(dynamodb, [*WRITES[:others], LARGE[kind](larger)])
    stub.assert_no_pending_responses()


def test_what_no_transaction_holds_is_refused_before_it_is_sent(dynamodb: "DynamoDBClient") -> None:
    many = TRANSACTION_BYTES_MAX // ITEM_BYTES_MAX + 1

    with Stubber(dynamodb) as stub, pytest.raises(TooLargeToStore):
        transact(dynamodb, [LARGE["put"](BODY)] * many)
    stub.assert_no_pending_responses()


@pytest.mark.parametrize("kind", LARGE)
def test_what_an_item_just_holds_is_sent(kind: str, dynamodb: "DynamoDBClient") -> None:
    with Stubber(dynamodb) as stub:
        stub.add_response("put_item" if kind == "put" else "update_item", {})
        transact(dynamodb, [LARGE[kind](BODY)])
        stub.assert_no_pending_responses()
