"""`coverwright` without an API: a key to repeat by whenever it is open what happened, and lists and answers that show what there is."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from coverwright import ClientCredentials, Connection
from coverwright.cli import claims, main, policies, quotes
from coverwright.credentials import Credentials, GivenToken
from coverwright.settings import ClientSettings

from tests.support.definition import definition as published

type Outcome = httpx.Response | BaseException

ACCEPT = ["quotes", "accept", "quo_1"]
ADD = ["partner", "add", "oak", "--name", "Oak"]
MONEY = {"amount": 16_926, "currency": "GBP"}


def answered(status: int = 200, **body: Any) -> httpx.Response:
    return httpx.Response(status, json=body)


@dataclass
class Answers:
    """What the API answers to each call (`GET /v1/quotes`), always the same; `""` is every other. And what it was sent."""

    of: dict[str, Outcome] = field(default_factory=dict)
    token: httpx.Response = field(
        default_factory=lambda: answered(access_token="t", expires_in=3600)
    )
    sent: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if "oauth2" in request.url.path:
            return self.token
        self.sent.append(request)
        call = f"{request.method} {request.url.path}"
        outcome = self.of.get(call, self.of.get("", answered()))
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def keys(self) -> set[str]:
        return {request.headers["Idempotency-Key"] for request in self.sent}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """The stub that the tool talks to."""
    stub = Answers()
    monkeypatch.setenv("COVERWRIGHT_BASE_URL", "https://api.test")
    monkeypatch.setenv("COVERWRIGHT_TOKEN_URL", "https://auth.test/oauth2/token")
    monkeypatch.setenv("COVERWRIGHT_CLIENT_ID", "harbour")
    monkeypatch.setenv("COVERWRIGHT_CLIENT_SECRET", "hush")

    def of(settings: ClientSettings) -> Connection:
        credentials: Credentials = (
            GivenToken(settings.token)
            if settings.token
            else ClientCredentials(settings.token_url, "harbour", "hush")
        )
        http = httpx.Client(transport=httpx.MockTransport(stub))
        return Connection(settings.base_url, credentials, http=http)

    monkeypatch.setattr("coverwright.connection.sleep", lambda _: None)
    monkeypatch.setattr("coverwright.cli.Connection.of", of)
    return stub


@pytest.mark.parametrize(
    "outcome",
    [
        answered(500, code="fault"),
        answered(503, code="busy"),
        answered(504, code="no-answer"),
        answered(429, code="too-many-requests"),
        httpx.Response(200, text="<html>a proxy's own page</html>"),
        httpx.ReadError("reset"),
        KeyboardInterrupt(),
    ],
    ids=lambda each: getattr(each, "status_code", type(each).__name__),
)
def test_when_it_is_open_what_happened_the_key_is_printed(
    answers: Answers, capsys: pytest.CaptureFixture[str], outcome: Outcome
) -> None:
    answers.of[""] = outcome

    assert main(ACCEPT) == 3
    [key] = answers.keys()
    assert f"repeat it with --key {key}" in capsys.readouterr().err
    assert main([*ACCEPT, "--key", "k-1"]) == 3
    assert "repeat it with --key k-1" in capsys.readouterr().err


def test_a_call_by_path_prints_its_key_too(
    answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.of[""] = KeyboardInterrupt()

    assert main(["call", "POST", "/v1/quotes"]) == 3
    [key] = answers.keys()
    assert f"repeat it with --key {key}" in capsys.readouterr().err


def test_what_only_reads_or_was_refused_has_no_key_to_print(
    answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.of = {"": answered(503, code="busy"), "POST /v1/quotes/quo_1/acceptance": answered(409)}

    assert main(["quotes", "show", "quo_1"]) == 3
    assert main(["call", "GET", "/v1/quotes"]) == 3
    assert main(ACCEPT) == 1
    answers.of[""] = KeyboardInterrupt()
    assert main(["quotes", "show", "quo_1"]) == 130
    assert "repeat" not in capsys.readouterr().err


def test_a_command_without_a_key_is_run_again(
    answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    for outcome in (answered(503, code="busy"), httpx.ReadError("reset"), KeyboardInterrupt()):
        answers.of[""] = outcome

        assert main(ADD) == 3
        said = capsys.readouterr().err
        assert "run it again" in said
        assert "--key" not in said


def test_who_must_sign_in_again_reads_why_and_under_which_key(
    answers: Answers, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COVERWRIGHT_TOKEN", "ada")
    answers.of[""] = answered(401, code="insufficient-user-authentication", max_age=300)

    assert main(ACCEPT) == 4
    said = capsys.readouterr().err
    [key] = answers.keys()
    assert "insufficient-user-authentication (401)" in said
    assert f"repeat it with --key {key}" in said


def test_without_a_token_the_key_is_printed_too(
    answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.token = answered(401, error="invalid_client")

    assert main([*ACCEPT, "--key", "k-1"]) == 4
    said = capsys.readouterr().err
    assert "refused harbour: invalid_client" in said
    assert "repeat it with --key k-1" in said


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("active", "coverwright partner secret app_1"),
        ("suspended", "coverwright partner resume app_1"),
        ("rejected", "--application"),
        ("cancelled", "--application"),
    ],
)
def test_an_application_that_cannot_be_added_is_told_what_helps(
    answers: Answers, capsys: pytest.CaptureFixture[str], status: str, advice: str
) -> None:
    entry = {"id": "app_1", "code": "oak-app", "partner": "oak", "status": status}
    answers.of = {
        "POST /v1/partners": answered(409, code="code-taken"),
        "POST /v1/partners/oak/applications": answered(409, code="code-taken"),
        "GET /v1/partners/oak/applications": answered(items=[entry]),
    }

    assert main(ADD) == 2
    said = capsys.readouterr().err
    assert f"app_1 is {status}" in said
    assert advice in said
    assert ("partner secret" in said) == (status == "active")


def test_an_application_that_no_list_has_yet_may_be_there_when_it_is_run_again(
    answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.of = {
        "POST /v1/partners": answered(409, code="code-taken"),
        "POST /v1/partners/oak/applications": answered(409, code="code-taken"),
        "GET /v1/partners/oak/applications": answered(items=[]),
    }

    assert main(ADD) == 3
    said = capsys.readouterr().err
    assert "oak-app is taken and not among oak's applications" in said
    assert "run it again" in said


def test_a_secret_that_was_shown_before_is_said_to_be_gone(
    answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.of[""] = answered(
        id="app_1", client_id="c-1", client_secret=None, secret_state="shown_before"
    )

    assert main(["partner", "secret", "app_1", "--key", "k-1"]) == 0
    said = capsys.readouterr()
    assert "coverwright partner withdraw app_1 --secret newer" in said.err
    assert main(["partner", "secret", "app_1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["secret_state"] == "shown_before"


def test_a_new_secret_is_shown_without_a_warning(
    answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.of[""] = answered(id="app_1", client_secret="s3", secret_state="shown")

    assert main(["partner", "secret", "app_1"]) == 0
    said = capsys.readouterr()
    assert "s3" in said.out
    assert said.err == ""


def test_a_list_of_quotes_shows_their_totals(
    answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.of[""] = answered(items=[{"id": "quo_1", "total": MONEY}])

    assert main(["quotes", "list"]) == 0
    assert "169.26 GBP" in capsys.readouterr().out


def test_a_preview_says_how_it_would_end(
    answers: Answers, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    risk = tmp_path / "risk.json"
    risk.write_text("{}")
    answers.of[""] = answered(outcome="referred", premium={"total": MONEY})

    assert main(["quote", str(risk), "--preview"]) == 0
    assert "outcome        referred" in capsys.readouterr().out


def test_a_policy_shows_its_flags(answers: Answers, capsys: pytest.CaptureFixture[str]) -> None:
    answers.of[""] = answered(id="pol_1", flags=["delinquent"])

    assert main(["policies", "show", "pol_1"]) == 0
    assert "delinquent" in capsys.readouterr().out


@pytest.fixture(scope="module")
def definition() -> Any:
    return published()


@pytest.mark.parametrize(
    ("group", "parameter"), [("quotes", "status"), ("policies", "standing"), ("claims", "status")]
)
def test_help_names_the_values_that_the_definition_has(
    definition: Any, capsys: pytest.CaptureFixture[str], group: str, parameter: str
) -> None:
    parameters = definition["paths"][f"/v1/{group}"]["get"]["parameters"]
    [values] = [each["schema"]["enum"] for each in parameters if each.get("name") == parameter]

    with pytest.raises(SystemExit):
        main([group, "list", "--help"])

    assert ", ".join(values) in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("columns", "view"),
    [
        (quotes.COLUMNS, "QuoteRowView"),
        (policies.COLUMNS, "PolicyRowView"),
        (claims.COLUMNS, "ClaimRowView"),
    ],
)
def test_each_column_of_a_list_is_a_field_of_its_entries(
    definition: Any, columns: tuple[str, ...], view: str
) -> None:
    known = definition["components"]["schemas"][view]["properties"]

    assert {each.partition(".")[0] for each in columns} <= {*known}
