"""What `python -m local env` writes for `sam local`: every function's variables, and endpoints here."""

import json
import shutil
from pathlib import Path

import pytest

from local import sam
from local.__main__ import main
from local.settings import ROOT
from local.template import Template


def test_every_function_is_told_its_variables_and_where_the_services_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    built = tmp_path / "build" / "template.yaml"
    built.parent.mkdir()
    shutil.copy(ROOT / "template.yaml", built)
    monkeypatch.setattr(sam, "BUILT", built)
    for name, value in {
        "DATA": str(tmp_path),
        "SERVICES_PORT": "81",
        "DATABASE_PORT": "82",
    }.items():
        monkeypatch.setenv(name, value)

    assert main(["env"]) == 0

    written = [Path(line) for line in capsys.readouterr().out.split() if line.startswith("/")]
    environment, template = (json.loads(path.read_text()) for path in written)
    endpoints = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:81",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:82",
    }
    functions = Template(ROOT / "template.yaml").functions
    assert environment.keys() == {each.logical_id for each in functions.values()}
    assert all(variables.items() >= endpoints.items() for variables in environment.values())
    assert environment["QuotingFunction"]["QUOTES_TABLE"]
    # `sam local` hands on only what the template declares.
    declared = template["Globals"]["Function"]["Environment"]["Variables"]
    assert declared.keys() >= endpoints.keys()
