"""`coverwright` on the real stack: from quote to paid claim, read as people and as programs read it, and its refusals."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from tests.support.waiting import wait_until

type Json = dict[str, Any]

CALLER = "harbour-test"
AT = ("--at", "2026-11-24T09:00:00Z")
NOTIFIED_AT = ("--at", "2027-01-16T09:30:00Z")


class CommandLine:
    """Runs the tool with the environment that `make serve` prints."""

    def __init__(self, stack: Stack) -> None:
        self.environment = {
            "COVERWRIGHT_BASE_URL": stack.base_url,
            "COVERWRIGHT_TOKEN_URL": f"{stack.services_url}/oauth2/token",
            "COVERWRIGHT_CLIENT_ID": CALLER,
            "COVERWRIGHT_CLIENT_SECRET": stack.issuer.client_secret(CALLER),
        }

    def run(self, *words: str, given: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "coverwright.cli", *words],
            env={**os.environ, **self.environment, **changes},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    def said(self, *words: str, given: str = "") -> str:
        done = self.run(*words, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *words: str, given: str = "") -> Any:
        return json.loads(self.said(*words, "--json", given=given))


@pytest.fixture
def tool(stack: Stack) -> CommandLine:
    return CommandLine(stack)


def test_a_policy_is_quoted_issued_claimed_and_paid(
    tool: CommandLine, journey: Json, tmp_path: Path
) -> None:
    risk = tmp_path / "risk.json"
    risk.write_text(json.dumps(journey["quote"]))

    assert "premium total  169.26 GBP" in tool.said("quote", str(risk), "--preview", *AT)
    quote = tool.json("quote", str(risk), "--key", "my-quote", *AT)
    again = tool.json("quote", str(risk), "--key", "my-quote", *AT)
    tool.said("quotes", "accept", quote["id"], *AT)
    policy = tool.json("policies", "issue", quote["id"], *AT)
    loss = json.dumps(journey["claim"])
    claim = tool.json("claims", "notify", policy["id"], "-", *NOTIFIED_AT, given=loss)
    tool.said("claims", "settle", claim["id"], *NOTIFIED_AT)
    shown = wait_until(
        lambda: tool.said("claims", "show", claim["id"], *NOTIFIED_AT),
        lambda text: "status paid" in text,
    )

    assert again == quote
    assert "2500.00 GBP" in shown
    assert policy["number"] in tool.said("policies", "show", policy["id"])
    assert "policy.issued" in tool.said("policies", "events", policy["id"])
    assert "young" in tool.said("quotes", "explain", quote["id"]).lower()
    assert quote["id"] in tool.said("quotes", "list", "--limit", "3")
    assert "personal_motor" in tool.said("products", "list")
    assert json.loads(tool.said("call", "GET", f"/v1/claims/{claim['id']}"))["id"] == claim["id"]


def test_a_refusal_is_told_in_words_with_its_code(tool: CommandLine, risk: Json) -> None:
    wrong = {**risk, "answers": {**risk["answers"], "annual_mileage": -1}}

    refused = tool.run("quote", "-", *AT, given=json.dumps(wrong))
    unknown = tool.run("claims", "show", "clm_test_nobody")

    assert refused.returncode == 1
    assert refused.stderr.startswith("coverwright: invalid-fields (422): ")
    assert "  /answers/annual_mileage: " in refused.stderr
    assert unknown.returncode == 1
    assert "claim-not-found (404)" in unknown.stderr
    assert "Traceback" not in refused.stderr + unknown.stderr


def test_credentials_that_open_nothing_and_an_address_without_anybody(tool: CommandLine) -> None:
    wrong = tool.run("products", "list", COVERWRIGHT_CLIENT_SECRET="guessed")

    assert (wrong.returncode, wrong.stdout) == (4, "")
    assert "refused harbour-test: invalid_client" in wrong.stderr
    assert "guessed" not in wrong.stderr
