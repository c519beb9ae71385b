"""The short way of a call to DynamoDB: signed, sent, read and refused as botocore's own way would."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NoReturn

import orjson
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import ClientError, ConnectionClosedError, NoCredentialsError
from botocore.model import ServiceModel
from botocore.parsers import JSONParser
from botocore.serialize import JSONSerializer
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st
from insurance import clients, snapshot
from insurance.calls.data import Data
from insurance.calls.short_way import Parser, ShortWay, Signer, _in_base64

from local.processes import LOOPBACK

type Json = dict[str, Any]

AT = datetime(2026, 11, 30, 9, 5, 7, tzinfo=UTC)
ITEM = {
    "id": {"S": "quo_1"},
    "v": {"N": "1"},
    "body": {"B": b"\x00\xff"},
    "on": {"BOOL": False},
    "none": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"M": {"B": {"B": b"x"}, "empty": {"M": {}}}}]},
    "set": {"SS": ["a", "b"]},
    "bytes": {"BS": [b"a", b"b"]},
}


class Database:
    """A server that gives one answer to each call, and keeps what it was asked."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        database = self
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.connections = 0

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                database.connections += 1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, said = answers[len(database.asked)]
                database.asked.append((headers, body))
                self.send_response(status)
                self.send_header("x-amzn-RequestId", "ABC")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self.url = f"http://{LOOPBACK}:{self._server.server_address[1]}"
        # It looks so often whether it is to stop: `close` waits for that.
        threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def database(*answers: Json | tuple[int, Json]) -> Iterator[Database]:
    said = [each if isinstance(each, tuple) else (200, each) for each in answers]
    running = Database(*((status, json.dumps(body).encode()) for status, body in said))
    try:
        yield running
    finally:
        running.close()


def tables(url: str, *, short: bool = True, by_rules: bool = False) -> Any:
    """A client whose calls go the short way, or botocore's own; it tries once."""
    session = Session()
    session.register_component("data_loader", Data(by_rules or not short))
    session.set_credentials("AKID", "secret", "token")
    once = Config(
        retries={"mode": "standard", "total_max_attempts": 1}, parameter_validation=not short
    )
    made = session.create_client("dynamodb", region_name="eu-west-2", endpoint_url=url, config=once)
    if short:
        ShortWay(made, session.get_credentials(), _no_tls).listen(made, by_rules=by_rules)
    return made


def _no_tls() -> NoReturn:
    raise AssertionError("nothing here is spoken to by TLS")


# -- the signature --------------------------------------------------------------------------------


@given(
    body=st.binary(max_size=300),
    token=st.none() | st.text("abcXYZ/+=", min_size=1, max_size=40),
    agent=st.text("abc /.#-", max_size=20),
)
def test_a_request_is_signed_as_botocore_signs_it(body: bytes, token: str | None, agent: str):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda: AT)
        sent = {
            "Host": "dynamodb.eu-west-2.amazonaws.com",
            "X-Amz-Target": "DynamoDB_20120810.PutItem",
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amzn-Trace-Id": "Root=1",
            "User-Agent": agent,
        }
        request = AWSRequest(
            "POST", "https://dynamodb.eu-west-2.amazonaws.com/", headers=sent, data=body
        )
        SigV4Auth(Credentials("AKID", "secret", token), "dynamodb", "eu-west-2").add_auth(request)
    by = ReadOnlyCredentials("AKID", "secret", token)

    found = Signer("eu-west-2", "dynamodb").headers(sent, body, by, AT)

    assert found == dict(request.headers.items())


@pytest.mark.parametrize(
    ("by", "at"),
    [
        (ReadOnlyCredentials("AKID", "another", None), AT),
        (ReadOnlyCredentials("AKID", "secret", None), AT.replace(day=29)),
    ],
)
def test_another_secret_and_another_day_have_another_key(by: ReadOnlyCredentials, at: datetime):
    signer = Signer("eu-west-2", "dynamodb")
    signer.headers({}, b"", ReadOnlyCredentials("AKID", "secret", None), AT)

    found = signer.headers({}, b"", by, at)

    assert found == Signer("eu-west-2", "dynamodb").headers({}, b"", by, at)


class OvertakenSigner(Signer):
    """Another thread signs with another secret as soon as the first key was kept."""

    def __init__(self, other: ReadOnlyCredentials) -> None:
        self._others: list[ReadOnlyCredentials] = []
        super().__init__("eu-west-2", "dynamodb")
        self._others.append(other)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if self._others:
            self.headers({}, b"", self._others.pop(), AT)


def test_who_is_overtaken_by_another_secret_signs_with_their_own():
    by, other = (ReadOnlyCredentials("AKID", secret, None) for secret in ("secret", "another"))

    found = OvertakenSigner(other).headers({}, b"", by, AT)

    assert found == Signer("eu-west-2", "dynamodb").headers({}, b"", by, AT)


def test_a_request_carries_what_was_signed():
    with database({}) as running:
        tables(running.url).get_item(TableName="quotes", Key={"id": {"S": "quo_1"}})
        [(headers, body)] = running.asked
    at = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    sent = {
        "Host": running.url.removeprefix("http://"),
        "X-Amz-Target": headers["x-amz-target"],
        "Content-Type": headers["content-type"],
    }

    signed = Signer("eu-west-2", "dynamodb").headers(
        sent, body, ReadOnlyCredentials("AKID", "secret", "token"), at
    )

    assert headers["authorization"] == signed["Authorization"]
    assert headers["x-amz-security-token"] == "token"


def test_without_credentials_nothing_is_sent():
    with database() as running:
        made = tables(running.url, short=False)
        ShortWay(made, None, _no_tls).listen(made, by_rules=True)
        with pytest.raises(NoCredentialsError):
            made.get_item(TableName="quotes", Key={"id": {"S": "quo_1"}})

        assert running.asked == []


# -- what is answered -----------------------------------------------------------------------------


def _wired(value: Any) -> Any:
    """Values as DynamoDB sends them: bytes in base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _wired(inner) for name, inner in value.items()}
    return [_wired(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("operation", "request_", "answer"),
    [
        ("get_item", {"TableName": "t", "Key": {}}, {"Item": ITEM}),
        ("get_item", {"TableName": "t", "Key": {}}, {}),
        ("put_item", {"TableName": "t", "Item": ITEM}, {}),
        ("batch_get_item", {"RequestItems": {"t": {"Keys": [{"id": {"S": "a"}}]}}}, {"Responses": {"t": [ITEM, {}]}, "UnprocessedKeys": {}}),
        ("query", {"TableName": "t"}, {"Items": [ITEM], "Count": 1, "LastEvaluatedKey": {"id": {"S": "a"}}}),
        ("update_item", {"TableName": "t", "Key": {}}, {"ConsumedCapacity": {"TableName": "t", "CapacityUnits": 1.5}}),
        ("transact_write_items", {"TransactItems": [{"Put": {"TableName": "t", "Item": ITEM}}], "ClientRequestToken": "once"}, {}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("by_rules", [False, True])
def test_both_ways_send_and_read_the_same(
    operation: str, request_: Json, answer: Json, by_rules: bool
):
    with database(_wired(answer), _wired(answer)) as running:
        short = getattr(tables(running.url, by_rules=by_rules), operation)(**request_)
        usual = getattr(tables(running.url, short=False), operation)(**request_)
        (_, sent), (_, sent_usually) = running.asked

    del short["ResponseMetadata"], usual["ResponseMetadata"]
    assert short == usual
    assert json.loads(sent) == json.loads(sent_usually)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no", "Item": ITEM}),
        (400, {"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "Message": "no",
               "CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": ITEM}]}),
        (400, {"__type": "com.amazon.coral.validate#ValidationException", "message": "no"}),
        (500, {"__type": "InternalServerError", "message": "not now"}),
        (503, {}),
    ],
)  # fmt: skip
def test_both_ways_refuse_alike(status: int, answer: Json):
    with database(*[(status, _wired(answer))] * 2) as running:
        short = _refused(tables(running.url))
        usual = _refused(tables(running.url, short=False))

    assert short == usual


def _refused(client: Any) -> tuple[str, Json]:
    with pytest.raises(ClientError) as refused:
        client.put_item(TableName="t", Item=ITEM)
    response = dict(refused.value.response)
    del response["ResponseMetadata"]
    return type(refused.value).__qualname__, response


@cache
def dynamodb() -> ServiceModel:
    """The service as botocore describes it, read once for all examples."""
    return Session().get_service_model("dynamodb")


GIVEN = st.recursive(
    st.builds(lambda text: {"S": text}, st.text(max_size=5))
    | st.builds(lambda data: {"B": data}, st.binary(max_size=5))
    | st.builds(lambda data: {"BS": data}, st.lists(st.binary(max_size=5), max_size=3))
    | st.just({"NULL": True}),
    lambda inner: (
        st.builds(lambda values: {"L": values}, st.lists(inner, max_size=3))
        | st.builds(lambda values: {"M": values}, st.dictionaries(st.text(max_size=3), inner))
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), GIVEN, min_size=1, max_size=5))
def test_values_are_written_as_botocore_writes_them(item: Json):
    shape: Any = dynamodb().operation_model("PutItem")
    usual = JSONSerializer().serialize_to_request({"TableName": "t", "Item": item}, shape)

    written = orjson.dumps({"TableName": "t", "Item": item}, default=_in_base64)

    assert json.loads(written) == json.loads(usual["body"])


def test_an_error_names_its_request():
    answer = (400, {"__type": "ValidationException", "message": "no"})
    with database(answer) as running, pytest.raises(ClientError) as refused:
        tables(running.url).get_item(TableName="t", Key={})

    assert refused.value.response["ResponseMetadata"]["RequestId"] == "ABC"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


VALUES = st.recursive(
    st.builds(lambda text: {"S": text}, st.text(max_size=5))
    | st.builds(lambda number: {"N": str(number)}, st.integers())
    | st.builds(lambda data: {"B": base64.b64encode(data).decode()}, st.binary(max_size=5))
    | st.builds(lambda on: {"BOOL": on}, st.booleans()),
    lambda inner: (
        st.builds(lambda values: {"L": values}, st.lists(inner, max_size=3))
        | st.builds(lambda values: {"M": values}, st.dictionaries(st.text(max_size=3), inner))
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=5))
def test_values_are_read_as_botocore_reads_them(item: Json):
    shape: Any = dynamodb().operation_model("GetItem").output_shape
    body = json.dumps({"Item": item}).encode()
    response = {"body": body, "headers": {}, "status_code": 200, "context": {}}

    assert Parser().parse(response, shape) == JSONParser().parse(response, shape)


# -- who listens ----------------------------------------------------------------------------------


def test_who_listens_to_what_is_sent_may_answer_it():
    with database() as running:
        client = tables(running.url)
        heard = []

        def broken(request: Any, **_: Any) -> None:
            heard.append(json.loads(request.body))
            raise ConnectionClosedError(endpoint_url=request.url)

        client.meta.events.register("before-send.dynamodb.GetItem", broken)
        with pytest.raises(ConnectionClosedError):
            client.get_item(TableName="quotes", Key={"id": {"S": "quo_1"}})

    assert heard == [{"TableName": "quotes", "Key": {"id": {"S": "quo_1"}}}]
    assert running.asked == []


def test_who_answers_before_the_call_is_asked_first():
    with database() as running:
        client = tables(running.url)
        client.meta.events.register("before-call.dynamodb", lambda **_: (_Found, {"Item": ITEM}))

        assert client.get_item(TableName="t", Key={}) == {"Item": ITEM}


class _Found:
    status_code = 200


# -- which clients --------------------------------------------------------------------------------


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    clients.session.cache_clear()
    yield monkeypatch
    clients.session.cache_clear()


def test_a_function_s_tables_are_reached_the_short_way(environment: pytest.MonkeyPatch):
    with database({"Item": _wired(ITEM)}) as running:
        environment.setenv("AWS_ENDPOINT_URL_DYNAMODB", running.url)
        made = clients.client("dynamodb")
        made._endpoint.http_session = None  # botocore's own way leads nowhere

        assert made.get_item(TableName="t", Key={})["Item"] == ITEM


def test_a_copy_of_a_snapshot_opens_a_connection_of_its_own(environment: pytest.MonkeyPatch):
    environment.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    environment.setattr(snapshot, "_before", [])
    environment.setattr(snapshot, "_after", [])
    with database({}, {}, {}) as running:
        environment.setenv("AWS_ENDPOINT_URL_DYNAMODB", running.url)
        made = clients.client("dynamodb")
        for step in snapshot._before:
            step()
        for _ in range(2):
            made.get_item(TableName="t", Key={})
        before = running.connections
        snapshot.renew()
        made.get_item(TableName="t", Key={})

    assert (before, running.connections) == (1, 2)


def test_behind_a_proxy_botocore_s_own_way_is_gone(environment: pytest.MonkeyPatch):
    with database({"Item": _wired(ITEM)}) as running:
        environment.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://dynamodb.invalid")
        environment.setenv("HTTP_PROXY", running.url)
        found = clients.client("dynamodb").get_item(TableName="t", Key={})

    assert found["Item"] == ITEM
