"""`coverwright partner …`, against an API whose lists follow a little later, as indexes do."""

import argparse
import json

import httpx
import pytest
from coverwright import Connection
from coverwright.cli import partners
from coverwright.cli.command import Call
from coverwright.credentials import GivenToken

CHOSEN = {
    "partner": "oak",
    "name": "Oak",
    "application": None,
    "plan": "bronze",
    "products": "quoting",
    "scopes": "quotes:read",
    "reason": "new_partner",
    "json": False,
    "key": None,
    "id": "app_1",
    "secret": "newer",
}
FIELDS = ("id", "code", "partner", "mode", "plan", "products")


class OfficeAtWork:
    """Takes requests; its list has none of them yet."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, object]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        self.sent.append((request.method, request.url.path, body))
        if request.method == "GET":
            return httpx.Response(200, json={"items": [], "next": None})
        made = {name: name for name in FIELDS} | {"id": "app_1", "status": "requested"}
        return httpx.Response(200, json=made)

    def call(self) -> Call:
        http = httpx.Client(transport=httpx.MockTransport(self))
        connection = Connection("https://api.test", GivenToken("token"), http=http)
        return Call(connection, argparse.Namespace(**CHOSEN))


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(partners.APPROVER, raising=False)


def test_what_was_requested_now_is_known_though_no_list_has_it_yet(
    capsys: pytest.CaptureFixture[str],
) -> None:
    office = OfficeAtWork()

    partners.add_partner(office.call())

    assert "coverwright partner approve app_1" in capsys.readouterr().out
    assert [method for method, _, _ in office.sent] == ["POST", "POST"]


def test_the_secret_that_is_named_is_withdrawn() -> None:
    office = OfficeAtWork()

    partners.withdraw_secret(office.call())

    path = "/v1/applications/app_1/secrets/withdrawal"
    assert office.sent == [("POST", path, {"secret": "newer"})]
