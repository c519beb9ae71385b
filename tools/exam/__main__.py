"""`make exam`: infrastructure, definition, code and the running API, each judged by a tool of others.

A tool that is missing, or that looked at nothing, fails as a finding does. Install with `install`;
a part by its name; EXAMPLES says how many of each operation.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from demo.samples import CALLERS, STAFF
from local.aws.cloudformation import read_yaml
from local.settings import ROOT, Settings
from local.stack import Stack, ephemeral
from tools.clients.workshop import UV
from tools.exam.guard import NotJudged, judge
from tools.exam.served import differences

type Json = dict[str, Any]

HERE = Path(__file__).parent
TOOLS = ROOT / ".tools" / "exam" / "bin"
SPECTRAL = ROOT / ".tools" / "spectral"
WRITTEN_EXCEPTIONS = "CKV_AWS_117,CKV_AWS_120"
"""No VPC (nothing here has an address in one), no gateway cache (answers are the caller's own)."""

PARTNER, OTHER_PARTNER, ALL_STAFF = "harbour-test", "meadow-test", "handler-test"


class Failed(Exception):
    """A finding, a tool that is missing, or one that looked at nothing."""


def install() -> str:
    """The tools at their versions, in this folder only."""
    _run(UV, "venv", "-q", "--allow-existing", "--python", sys.executable, str(TOOLS.parent))
    requirements = ("-r", str(HERE / "requirements.txt"))
    _run(UV, "pip", "install", "-q", "--python", str(TOOLS / "python"), *requirements)
    SPECTRAL.mkdir(parents=True, exist_ok=True)
    (SPECTRAL / "package.json").write_text((HERE / "package.json").read_text())
    rules = ("--no-deps", "-r", str(HERE / "rules.txt"))
    _run(UV, "pip", "install", "-q", "--python", str(TOOLS / "python"), *rules)
    quiet = (
        "--no-audit",
        "--no-fund",
        "--silent",
        "--legacy-peer-deps",
    )  # the CDK is not asked for
    _run("npm", "install", *quiet, cwd=SPECTRAL)
    return "installed"


def infrastructure() -> str:
    """What CloudFormation is given: cfn-lint and checkov on the transformed template."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.json"
        layer = "s3://artefacts/layer"
        template.write_text(_run(sys.executable, "-m", "tools.build", "--transform", layer))
        _run(str(ROOT / ".venv-sam" / "bin" / "cfn-lint"), str(template))
        said = _run(
            *(str(TOOLS / "checkov"), "-f", str(template), "--framework", "cloudformation"),
            *("--skip-download", "--quiet", "--compact", "-o", "json"),
            *("--skip-check", WRITTEN_EXCEPTIONS),
            may_fail=True,
        )
    report: Json = json.loads(said)
    summary = report["summary"]
    for found in report["results"]["failed_checks"]:
        print(f"  {found['check_id']} {found['resource']}: {found['check_name']}")
    _expect(not summary["failed"] and not summary["parsing_errors"], f"checkov: {summary}")
    _expect(summary["resource_count"] > 0 < summary["passed"], "checkov looked at nothing")
    return f"checkov: {summary['passed']} passed on {summary['resource_count']} resources, 0 failed"


def guard() -> str:
    """AWS's guard rules on what CloudFormation is given: Control Tower's and the registry's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = folder / "template.json"
        layer = "s3://artefacts/layer"
        template.write_text(_run(sys.executable, "-m", "tools.build", "--transform", layer))
        try:
            return judge(template, folder)
        except NotJudged as error:
            raise Failed(str(error)) from error


def definition() -> str:
    """Spectral with OWASP's rules, and Redocly's recommended ones, on openapi.yaml: no errors and no warnings."""
    SPECTRAL.mkdir(parents=True, exist_ok=True)
    for name in ("openapi.yaml", "spectral.yaml", "redocly.yaml"):
        source = ROOT / name if name == "openapi.yaml" else HERE / name
        (SPECTRAL / name).write_text(source.read_text())
    paths = read_yaml(ROOT / "openapi.yaml")["paths"]
    _expect(bool(paths), "there is nothing to look at")
    rules = ("-r", "spectral.yaml", "-f", "json", "--quiet")
    found: list[Json] = json.loads(_lint("spectral", "lint", "openapi.yaml", *rules))
    for each in found[:50]:
        print(f"  {each['code']} {'/'.join(map(str, each['path']))}: {each['message']}")
    _expect(not found, f"Spectral: {len(found)} findings")
    recommended = ("--config", "redocly.yaml", "--format", "json", "--max-problems", "1000")
    said = _lint("redocly", "lint", "openapi.yaml", *recommended)
    problems: list[Json] = json.loads(said)["problems"]
    for each in problems[:50]:
        print(f"  {each['ruleId']} {each['location'][0].get('pointer')}: {each['message']}")
    _expect(not problems, f"Redocly: {len(problems)} findings")
    return f"Spectral and Redocly: 0 findings on {len(paths)} paths"


def _lint(*command: str) -> str:
    return _run("npx", "--no-install", *command, cwd=SPECTRAL, may_fail=True)


def served() -> str:
    """The running API, openapi.yaml and what is deployed have the same operations."""
    committed, deployed = (
        read_yaml(ROOT / name) for name in ("openapi.yaml", "openapi.deployed.yaml")
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(ephemeral(Settings(), folder=Path(folder) / "stack")) as stack,
        httpx.Client(base_url=stack.base_url, timeout=60) as client,
    ):

        def ask(method: str, path: str) -> tuple[int, str]:
            answer = client.request(method, path, headers={"Idempotency-Key": "x"})
            return answer.status_code, answer.headers.get("allow", "")

        found = sorted(differences(committed, deployed, ask))
    for each in found:
        print(f"  {each}")
    _expect(not found, "served, committed and deployed differ")
    _expect(bool(committed["paths"]), "no path was looked at")
    return f"served = committed = deployed on {len(committed['paths'])} paths"


def code() -> str:
    """Bandit on all that ships and all that runs here: nothing medium or worse."""
    said = _run(
        *(str(TOOLS / "bandit"), "-q", "-ll", "-f", "json", "-r"),
        *("layers", "functions", "local", "tools", "demo"),
        may_fail=True,
    )
    report: Json = json.loads(said)
    for each in report["results"]:
        print(f"  {each['test_id']} {each['filename']}:{each['line_number']}: {each['issue_text']}")
    lines = report["metrics"]["_totals"]["loc"]
    _expect(not report["results"] and not report["errors"], "bandit has findings")
    _expect(lines > 0, "bandit looked at nothing")
    return f"bandit: 0 medium or worse in {lines} lines"


def api() -> str:
    """schemathesis over HTTP, as a partner, as another one, and as staff: no failures."""
    examples = os.environ.get("EXAMPLES", "20")
    told: list[str] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        served = read_yaml(ROOT / "openapi.yaml")
        (folder / "openapi.json").write_text(json.dumps(served))
        with Stack(ephemeral(Settings(), folder=folder / "stack")) as stack:
            for caller, token in _tokens(stack, served).items():
                try:
                    said = _schemathesis(folder, stack.base_url, token, examples)
                except Failed as error:
                    said = str(error)
                    failed.append(caller)
                told.append(f"{caller}: {said}")
    _expect(not failed, f"schemathesis has findings: {'; '.join(told)}")
    return "schemathesis: " + "; ".join(told)


def clients() -> str:
    """Generators that integrators use: each client is made, compiled, and plays quote to paid claim."""
    said = _run(sys.executable, "-m", "tools.clients").splitlines()
    print("\n".join(f"  {line}" for line in said[:-1]))
    return said[-1]


def _schemathesis(folder: Path, url: str, token: str, examples: str) -> str:
    report = folder / "report.json"
    said = _run(
        *("env", f"SCHEMATHESIS_HOOKS={HERE / 'hooks.py'}", str(TOOLS / "schemathesis")),
        *("--config-file", str(HERE / "schemathesis.toml"), "run"),
        *(str(folder / "openapi.json"), "--url", url, "-H", f"Authorization: Bearer {token}"),
        *("--phases", "examples,coverage,fuzzing", "--checks", "all", "-n", examples),
        *("--continue-on-failure", "--no-color", "--suppress-health-check", "all"),
        *("--report-json-path", str(report)),
        cwd=folder,
        may_fail=True,
    )
    _expect(report.exists() and report.stat().st_size > 0, f"schemathesis ended early:\n{said}")
    [counted] = [line for line in said.splitlines() if "generated," in line] or [""]
    _expect(bool(counted), "schemathesis looked at nothing")
    if " found " in counted or " passed" not in counted:
        print(said)
        raise Failed(counted.strip("= "))
    return counted.strip()


def _tokens(stack: Stack, definition: Json) -> dict[str, str]:
    """Two partners, and one member of staff who may do what all of them may."""
    operations = [each for item in definition["paths"].values() for each in item.values()]
    scopes = {scope for each in operations for scope in each.get("x-coverwright-scopes", ())}
    groups = sorted({group for each in STAFF for group in each.groups})
    everything = {
        "scope": " ".join(f"coverwright/{scope}" for scope in sorted(scopes)),
        "cognito:groups": groups,
    }
    return {
        PARTNER: stack.token(PARTNER),
        OTHER_PARTNER: stack.token(OTHER_PARTNER),
        "staff": stack.issuer.token(CALLERS[ALL_STAFF], changes=everything),
    }


def _run(*command: str, cwd: Path = ROOT, may_fail: bool = False) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Failed(f"{command[0]} is missing: `make exam` installs it") from error
    if done.returncode and not may_fail:
        raise Failed(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    if may_fail and not done.stdout.strip():
        raise Failed(f"{command[0]} said nothing:\n{done.stderr}")
    return done.stdout


def _expect(held: bool, otherwise: str) -> None:  # noqa: FBT001 - a condition and its message
    if not held:
        raise Failed(otherwise)


def docs() -> str:
    """Every page of the docs site in a browser: nothing for axe, and light to load."""
    return _run(sys.executable, "-m", "tools.docs", "check").strip()


PARTS: dict[str, Callable[[], str]] = {
    "infrastructure": infrastructure,
    "guard": guard,
    "definition": definition,
    "served": served,
    "code": code,
    "api": api,
    "clients": clients,
    "docs": docs,
}


def main(asked: list[str]) -> int:
    """Every part, whatever becomes of the one before; 1 if one failed."""
    if asked == ["install"]:
        print(install())
        return 0
    parser = argparse.ArgumentParser(prog="tools.exam", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=PARTS)
    parts: list[str] = parser.parse_args(asked).parts
    failed = []
    for name in parts or PARTS:
        try:
            print(f"{name}: {PARTS[name]()}", flush=True)
        except Failed as error:
            failed.append(name)
            print(f"{name}: FAILED: {error}", flush=True)
    print(f"FAILED: {', '.join(failed)}" if failed else "OK: the exam is passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
