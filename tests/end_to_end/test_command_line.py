"""`coverwright` on the real stack: from quote to paid claim, read as people and as programs read it, and its refusals."""

import json
import os
import re
import shlex
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from demo.serve import client_environment
from local.settings import ROOT
from local.stack import Stack
from tests.support.waiting import wait_until
from tools.sdk.examples import write_files_of

type Json = dict[str, Any]

CALLER = "harbour-test"
AT = ("--at", "2026-11-24T09:00:00Z")
NOTIFIED_AT = ("--at", "2027-01-16T09:30:00Z")


class CommandLine:
    """Runs the tool with the environment that `make serve` prints."""

    def __init__(self, stack: Stack) -> None:
        self.environment = client_environment(stack, CALLER)

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


def test_the_session_of_the_page_goes_from_a_quote_to_a_claim(
    tool: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs" / "clients.md").read_text()
    [session] = re.findall(r"```sh\n(coverwright .*?)```", page, re.S)
    write_files_of(ROOT / "clients" / "python" / "README.md", tmp_path)
    monkeypatch.chdir(tmp_path)
    seen: dict[str, str] = {}

    for line in session.splitlines():
        tool.environment["COVERWRIGHT_CLOCK"] = AT[1] if "claims" not in line else NOTIFIED_AT[1]
        words = [seen.get(word.removesuffix("…"), word) for word in shlex.split(line)]
        said = tool.said(*words[1:])
        seen |= {id[:9]: id for id in re.findall(r"\b(?:quo|pol|clm)_test_\w+", said)}

    assert seen.keys() == {"quo_test_", "pol_test_", "clm_test_"}
    shown = wait_until(
        lambda: tool.said("claims", "show", seen["clm_test_"]),
        lambda text: "status paid" in text,
    )
    assert "2500.00 GBP" in shown
    assert seen["pol_test_"] in tool.said("policies", "show", seen["pol_test_"])
    assert "policy.issued" in tool.said("policies", "events", seen["pol_test_"])
    assert "young" in tool.said("quotes", "explain", seen["quo_test_"]).lower()
    # Other tests of this stack have made newer ones, and lists follow a little later.
    wait_until(
        lambda: tool.said("quotes", "list", "--limit", "1000"),
        lambda text: seen["quo_test_"] in text,
    )
    assert len(tool.said("quotes", "list", "--limit", "1").splitlines()) == 2  # under its heading


def test_a_repeated_command_has_the_first_answer(tool: CommandLine, risk: Json) -> None:
    words = ("quote", "-", "--key", uuid.uuid4().hex, *AT)

    first, again = (tool.json(*words, given=json.dumps(risk)) for _ in range(2))

    assert again == first
    assert "premium total" in tool.said("quote", "-", "--preview", *AT, given=json.dumps(risk))


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
