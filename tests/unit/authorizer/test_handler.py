"""The function as Lambda calls it: on tables, a secret, and an issuer that answers over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from insurance.access.issuers import trusted_issuers
from insurance.access.keys import STALE_SECONDS, KeysUnavailable, PublishedKeys, usable_keys
from insurance.access.notices import SunsetNotice, notice_id
from insurance.access.people import person_id
from moto import mock_aws

from functions.authorizer import app
from local.aws.gateway.policy import grant_of
from tests.unit.authorizer.house import (
    ARN,
    AUDIENCE,
    CLAIMS,
    STAFF,
    STAGE,
    event,
    published,
    rsa_key,
    signed,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

REGION = "eu-west-2"


@dataclass
class WebIssuer:
    """An issuer on loopback; `pages` are what it answers."""

    url: str = ""
    pages: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def publish(self, keys: Json) -> None:
        self.show("/.well-known/openid-configuration", self.configuration())
        self.show("/keys", keys)

    def configuration(self, **changes: object) -> Json:
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **changes}

    def show(self, path: str, document: object, status: int = 200) -> None:
        self.pages[path] = (status, json.dumps(document).encode())


@pytest.fixture
def issuer() -> Iterator[WebIssuer]:
    issuer = WebIssuer()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked.append(self.path)
            status, body = issuer.pages.get(self.path, (404, b""))
            self.send_response(status)
            self.send_header("Location", f"{issuer.url}/keys")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    issuer.publish(published())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield issuer
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def tables(issuer: WebIssuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDBClient]:
    """The authorizer's environment, as the template gives it, on moto."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "APPLICATIONS_TABLE": "Applications",
        "ACCESS_TABLE": "Access",
        "JWKS_TABLE": "Jwks",
        "TRUSTED_ISSUERS": issuer.url,
        "AUDIENCE": AUDIENCE,
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("dynamodb", REGION)
        for table in ("Access", "Applications", "Jwks"):
            client.create_table(
                TableName=table,
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        register(client)
        secrets = boto3.client("secretsmanager", REGION)
        secret = secrets.create_secret(Name="usage", SecretString="only the stack knows")
        monkeypatch.setenv("USAGE_KEY_SECRET", secret["ARN"])
        shared = secrets.create_secret(Name="staff", SecretString="the key of all staff")
        monkeypatch.setenv("STAFF_USAGE_KEY_SECRET", shared["ARN"])
        start_a_new_process()
        yield client
        start_a_new_process()


def start_a_new_process() -> None:
    """Forget what a process remembers."""
    for remembered in (app.authorizer, app._client, app._secret, app._http):
        remembered.cache_clear()


def register(tables: DynamoDBClient, **changes: dict[str, Any]) -> None:
    tables.put_item(
        TableName="Applications",
        Item={
            "id": {"S": "harbour"},
            "application": {"S": "app_harbour"},
            "partner": {"S": "harbour"},
            "status": {"S": "active"},
            "mode": {"S": "test"},
            "plan": {"S": "silver"},
            "products": {"SS": ["quoting"]},
            "scopes": {"SS": ["quotes:read", "quotes:write"]},
            "name": {"S": "Harbour Brokers"},
            **changes,
        },
    )


def live_token(issuer: WebIssuer, base: Json = CLAIMS, **changes: object) -> str:
    """A token for the real clock."""
    times = {"iat": 1_700_000_000, "exp": 4_000_000_000}
    return signed({**base, "iss": issuer.url, **times, **changes})


def test_an_application_is_admitted_from_its_row(tables: DynamoDBClient, issuer: WebIssuer) -> None:
    answer = app.handler(event(live_token(issuer)), None)

    assert answer["context"] == {
        "principal": "app_harbour",
        "kind": "application",
        "partner": "harbour",
        "roles": "",
        "scopes": "quotes:write",
        "plan": "silver",
        "mode": "test",
        "parties": "",
        "application": "app_harbour",
    }
    assert grant_of(answer).verdict(ARN) == "allow"
    assert grant_of(answer).verdict(f"{STAGE}/POST/v1/claims") == "silent"


def test_the_answer_is_json_of_flat_strings(tables: DynamoDBClient, issuer: WebIssuer) -> None:
    for token in (live_token(issuer), live_token(issuer, STAFF)):
        answer = json.loads(json.dumps(app.handler(event(token), None)))

        assert {type(value) for value in answer["context"].values()} == {str}


def test_staff_need_no_row(tables: DynamoDBClient, issuer: WebIssuer) -> None:
    answer = app.handler(event(live_token(issuer, STAFF)), None)

    assert answer["principalId"] == STAFF["sub"]


def test_a_policyholder_is_admitted_by_a_portals_row_and_their_own(
    tables: DynamoDBClient, issuer: WebIssuer
) -> None:
    register(tables, portal={"BOOL": True}, scopes={"SS": ["policies:read"]})
    person = person_id("test", partner="harbour", issuer=issuer.url, subject="pat")
    token = live_token(issuer, sub="pat", scope="coverwright/policies:read")
    assert grant_of(app.handler(event(token), None)).verdict(ARN) == "deny"

    tables.put_item(TableName="Access", Item={"id": {"S": person}, "parties": {"SS": ["pty_a"]}})
    context = app.handler(event(token), None)["context"]

    assert (context["kind"], context["principal"]) == ("policyholder", person)
    assert (context["parties"], context["scopes"]) == ("pty_a", "policies:read")


def test_a_suspension_bites_on_the_next_question(tables: DynamoDBClient, issuer: WebIssuer) -> None:
    app.handler(event(live_token(issuer)), None)
    register(tables, status={"S": "suspended"})

    answer = app.handler(event(live_token(issuer)), None)

    assert grant_of(answer).verdict(ARN) == "deny"


def test_a_row_is_read_consistently(tables: DynamoDBClient) -> None:
    asked: list[Json] = []
    tables.meta.events.register(
        "provide-client-params.dynamodb.GetItem", lambda params, **_: asked.append(params)
    )

    app.ApplicationTable(tables, "Applications").get("harbour")

    assert asked == [
        {"TableName": "Applications", "Key": {"id": {"S": "harbour"}}, "ConsistentRead": True}
    ]


def test_which_api_products_end_is_read_by_mode(tables: DynamoDBClient) -> None:
    columns = {"product": {"S": "quoting"}, "successor": {"S": "/v1/policies"}}
    times = {"deprecated_at": {"N": "100"}, "sunset_at": {"N": "200"}}
    row = {"id": {"S": notice_id("test", "quoting")}, **columns, **times}
    tables.put_item(TableName="Applications", Item=row)
    read = app.ApplicationTable(tables, "Applications").notices

    assert read("test") == {"quoting": SunsetNotice("quoting", 100, 200, "/v1/policies")}
    assert read("live") == {}


def test_where_nobody_can_say_which_end_nobody_is_refused_for_it(
    tables: DynamoDBClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.ApplicationTable(tables, "no-such-table").notices("test") is None
    assert "NoticesFailed" in capsys.readouterr().out


def test_only_a_row_that_says_live_is_live(tables: DynamoDBClient, issuer: WebIssuer) -> None:
    for mode, expected in (("live", "live"), ("LIVE", "test"), ("", "test")):
        register(tables, mode={"S": mode})

        assert app.handler(event(live_token(issuer)), None)["context"]["mode"] == expected


def test_a_registration_without_the_table_lets_nobody_in(
    tables: DynamoDBClient, issuer: WebIssuer
) -> None:
    tables.delete_table(TableName="Applications")

    with pytest.raises(ClientError):
        app.handler(event(live_token(issuer)), None)


def test_the_keys_are_on_the_shelf_for_the_next_process(
    tables: DynamoDBClient, issuer: WebIssuer
) -> None:
    app.handler(event(live_token(issuer)), None)
    item = tables.get_item(TableName="Jwks", Key={"id": {"S": issuer.url}})["Item"]
    assert int(item["expires_at"]["N"]) - int(item["fetched_at"]["N"]) == STALE_SECONDS

    issuer.pages.clear()
    issuer.asked.clear()
    start_a_new_process()

    assert grant_of(app.handler(event(live_token(issuer)), None)).verdict(ARN) == "allow"
    assert issuer.asked == []


def test_older_keys_never_replace_younger_ones(tables: DynamoDBClient, issuer: WebIssuer) -> None:
    shelf = app.KeyTable(tables, "Jwks")
    (known,) = trusted_issuers(issuer.url).values()
    old, young = usable_keys(published()), usable_keys(published(rsa_key("rsa-2")))

    shelf.write(known, PublishedKeys(young, 200))
    shelf.write(known, PublishedKeys(old, 100))

    assert shelf.read(known) == PublishedKeys(young, 200)


def test_without_its_shelf_the_authorizer_asks_the_issuer(
    tables: DynamoDBClient, issuer: WebIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    tables.delete_table(TableName="Jwks")

    assert grant_of(app.handler(event(live_token(issuer)), None)).verdict(ARN) == "allow"
    assert "shelffailed" in capsys.readouterr().out


@pytest.mark.parametrize("document", ["", "{", "[]", '{"keys": []}'])
def test_a_shelf_that_was_tampered_with_is_no_source(
    tables: DynamoDBClient, issuer: WebIssuer, document: str
) -> None:
    item = {"id": issuer.url, "document": document or "null"}
    tables.put_item(
        TableName="Jwks",
        Item={**{name: {"S": text} for name, text in item.items()}, "fetched_at": {"N": "1"}},
    )

    assert grant_of(app.handler(event(live_token(issuer)), None)).verdict(ARN) == "allow"


def test_with_issuer_and_shelf_empty_nobody_gets_in(
    tables: DynamoDBClient, issuer: WebIssuer
) -> None:
    issuer.pages.clear()

    with pytest.raises(KeysUnavailable):
        app.handler(event(live_token(issuer)), None)


def test_an_issuer_that_describes_another_is_not_believed(
    tables: DynamoDBClient, issuer: WebIssuer
) -> None:
    page = "/.well-known/openid-configuration"
    descriptions: tuple[object, ...] = (
        issuer.configuration(issuer="https://other.example"),
        issuer.configuration(jwks_uri="http://keys.example/"),
        issuer.configuration(jwks_uri=None),
        [],
    )
    for described in descriptions:
        issuer.show(page, described)
        start_a_new_process()

        with pytest.raises(KeysUnavailable):
            app.handler(event(live_token(issuer)), None)


def test_redirects_errors_and_oversized_answers_are_not_read(
    tables: DynamoDBClient, issuer: WebIssuer
) -> None:
    keys = issuer.pages["/keys"][1]
    (known,) = trusted_issuers(issuer.url).values()
    issuer.show(
        "/.well-known/openid-configuration", issuer.configuration(jwks_uri=f"{issuer.url}/j")
    )
    for status, body in ((302, keys), (500, keys), (200, b" " * 70_000 + keys), (200, b"\xff")):
        issuer.pages["/j"] = (status, body)

        with pytest.raises(KeysUnavailable):
            app.fetch_keys(known)


def test_an_issuer_that_is_gone_is_unavailable() -> None:
    (known,) = trusted_issuers("http://127.0.0.1:1").values()

    with pytest.raises(KeysUnavailable, match=r"127\.0\.0\.1:1"):
        app.fetch_keys(known)


@pytest.mark.parametrize("name", ["AUDIENCE", "TRUSTED_ISSUERS"])
def test_an_empty_setting_lets_nobody_in(
    tables: DynamoDBClient, issuer: WebIssuer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, " ")

    with pytest.raises(ValueError, match=name):
        app.handler(event(live_token(issuer, aud="")), None)


def test_each_decision_is_one_line_and_one_metric(
    tables: DynamoDBClient, issuer: WebIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    app.handler(event(live_token(issuer)), None)
    app.handler(event(live_token(issuer, STAFF)), None)
    app.handler(event(live_token(issuer, sub="nobody", client_id="nobody")), None)
    with pytest.raises(app.Unauthorized):
        app.handler(event("nonsense"), None)

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert [(line["message"], line["reason"], line["application"]) for line in lines] == [
        ("admitted", "application", "app_harbour"),
        ("admitted", "staff", ""),
        ("denied", "unknown_application", "unknown"),
        ("refused", "malformed", ""),
    ]
    for line in lines:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        (metric,) = directive["Metrics"]
        assert line[metric["Name"]] == 1
        assert directive["Dimensions"] == [["service"]]


def test_a_cold_start_loads_nothing_heavy() -> None:
    code = "import sys, app; print(callable(app.handler), *sys.modules)"
    folder = Path(app.__file__).parent

    callable_, *loaded = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder
    ).stdout.split()

    assert callable_ == "True"
    assert not {"pydantic", "aws_lambda_powertools", "insurance.wiring"}.intersection(loaded)
