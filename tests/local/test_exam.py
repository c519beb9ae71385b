"""The outside exam fails for a finding, and also for a tool that is missing or looked at nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.settings import ROOT
from tools.exam import __main__ as exam
from tools.exam.served import Ask, differences

CLEAN: dict[str, Any] = {"results": [], "errors": [], "metrics": {"_totals": {"loc": 7}}}


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(exam, "TOOLS", tmp_path)
    return tmp_path


def tool(folder: Path, name: str, said: object) -> None:
    """A tool that says this, whatever it is asked."""
    script = folder / name
    script.write_text(f"#!{sys.executable}\nprint({json.dumps(said)!r})\n")
    script.chmod(0o755)


def checkov(**summary: int) -> dict[str, Any]:
    counted = {"failed": 0, "parsing_errors": 0, "resource_count": 9, "passed": 5} | summary
    return {"summary": counted, "results": {"failed_checks": []}}


def test_a_missing_tool_fails(tools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exam.main(["code"]) == 1
    assert "bandit is missing" in capsys.readouterr().out


def test_a_tool_that_finds_nothing_in_something_passes(tools: Path) -> None:
    tool(tools, "bandit", CLEAN)

    assert exam.main(["code"]) == 0


@pytest.mark.parametrize(
    "said",
    [
        CLEAN | {"metrics": {"_totals": {"loc": 0}}},
        CLEAN | {"errors": [{"filename": "a.py", "reason": "syntax error"}]},
        CLEAN
        | {"results": [{"test_id": "B1", "filename": "a", "line_number": 1, "issue_text": "x"}]},
    ],
    ids=["nothing read", "a file that cannot be read", "a finding"],
)
def test_nothing_read_and_a_finding_fail_alike(tools: Path, said: dict[str, Any]) -> None:
    tool(tools, "bandit", said)

    assert exam.main(["code"]) == 1


@pytest.mark.parametrize(
    ("summary", "status"),
    [({}, 0), ({"resource_count": 0}, 1), ({"passed": 0}, 1), ({"failed": 1}, 1)],
    ids=["clean", "no resources", "no checks", "a failed check"],
)
def test_infrastructure_is_judged_on_what_was_scanned(
    tools: Path, monkeypatch: pytest.MonkeyPatch, summary: dict[str, int], status: int
) -> None:
    run = exam._run

    def without_sam(*command: str, **options: Any) -> str:
        """The template is transformed, and linted, in tests/template and by `make build`."""
        return run(*command, **options) if "checkov" in command[0] else "{}"

    monkeypatch.setattr(exam, "_run", without_sam)
    tool(tools, "checkov", checkov(**summary))

    assert exam.main(["infrastructure"]) == status


def test_it_starts_as_the_makefile_starts_it(tmp_path: Path) -> None:
    """Without its tools it says which is missing, and fails."""
    said = subprocess.run(
        [sys.executable, "-m", "tools.exam", "definition"],
        cwd=ROOT,
        env={"PATH": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 1
    assert "definition: FAILED: npx is missing" in said.stdout


def definitions() -> tuple[dict[str, Any], dict[str, Any]]:
    """What is committed and what is deployed of one operation."""
    key = {"name": "Idempotency-Key", "in": "header", "required": True}
    committed = {"parameters": [key], "security": [{"application": ["a"]}, {"staff": ["a"]}]}
    deployed = {"parameters": [key], "security": [{"partner": [], "api_key": []}]}
    others: dict[str, Any] = {"x-amazon-apigateway-any-method": {}}
    return {"paths": {"/v1/a": {"post": committed}}}, {
        "paths": {"/v1/a": {"post": deployed, **others}}
    }


def gateway(**changes: tuple[int, str]) -> Ask:
    """Answers as the definitions say, but for the changes."""
    told = {"POST": (401, "")} | changes
    return lambda method, path: told.get(method, (405, "POST")) if path == "/v1/a" else (404, "")


def test_what_is_the_same_has_no_difference() -> None:
    assert not list(differences(*definitions(), gateway()))


@pytest.mark.parametrize(
    "change",
    [{"POST": (404, "")}, {"POST": (400, "")}, {"GET": (401, "")}, {"PUT": (405, "GET, POST")}],
    ids=["not served", "refused before its caller is asked for", "one more", "allows another"],
)
def test_an_operation_that_is_served_otherwise_is_a_difference(
    change: dict[str, tuple[int, str]],
) -> None:
    assert len(list(differences(*definitions(), gateway(**change)))) == 1


def test_an_operation_that_is_deployed_otherwise_is_a_difference() -> None:
    committed, deployed = definitions()
    deployed["paths"]["/v1/a"]["post"]["security"] = [{"staff": ["a"]}]
    deployed["paths"]["/v1/a"]["get"] = {"security": []}
    del deployed["paths"]["/v1/a"]["post"]["parameters"]

    told = sorted(differences(committed, deployed, gateway()))

    assert [each.partition(":")[0] for each in told] == ["GET /v1/a", "POST /v1/a"]
