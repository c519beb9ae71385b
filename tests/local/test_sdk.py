"""`make sdk` generates from the definition without what the clients do themselves, and says what it left out."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from local.aws.cloudformation import read_yaml
from local.settings import ROOT
from tools.clients.workshop import Failed, Workshop
from tools.sdk import __main__ as sdk
from tools.sdk.definition import for_clients
from tools.sdk.examples import blocks_of, write_files_of

type Json = dict[str, Any]

READMES = {"python": ROOT / "clients/python/README.md", "ts": ROOT / "clients/typescript/README.md"}
FROM_QUOTE_TO_PAID = 25


@pytest.fixture(scope="module")
def made() -> Json:
    return for_clients(read_yaml(ROOT / "openapi.yaml"))


def operations_of(document: Json) -> list[Json]:
    return [operation for item in document["paths"].values() for operation in item.values()]


def test_a_client_is_not_asked_for_what_it_does_itself(made: Json) -> None:
    names = {each["name"] for operation in operations_of(made) for each in operation["parameters"]}
    keys = [
        each["required"]
        for operation in operations_of(made)
        for each in operation["parameters"]
        if each["name"] == "Idempotency-Key"
    ]

    assert not names & {"Coverwright-Clock", "If-None-Match"}
    assert "If-Match" in names
    assert len(keys) > 50
    assert not any(keys)


def test_what_is_no_good_answer_is_an_exception_and_no_type(made: Json) -> None:
    statuses = {status for operation in operations_of(made) for status in operation["responses"]}

    assert {str(status)[0] for status in statuses} == {"2"}
    assert all(operation["responses"] for operation in operations_of(made))


def test_the_definition_itself_stays_as_it_is() -> None:
    definition = read_yaml(ROOT / "openapi.yaml")
    before = repr(definition)

    assert for_clients(definition) != definition
    assert repr(definition) == before


@pytest.mark.parametrize("kind", READMES)
def test_from_a_quote_to_a_paid_claim_is_short(kind: str) -> None:
    first = blocks_of(READMES[kind], kind)[0]

    assert len([line for line in first.splitlines() if line.strip()]) <= FROM_QUOTE_TO_PAID
    assert "paid" in first


def test_a_block_with_a_title_is_a_file(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text('```json title="risk.json"\n{}\n```\n\n```sh\nls\n```\n')

    write_files_of(page, tmp_path)

    assert (tmp_path / "risk.json").read_text() == "{}\n"
    assert blocks_of(page, "sh") == ["ls\n"]
    assert blocks_of(page, "python") == []


class NoStack:
    """Stands where the stack would."""

    base_url = services_url = "http://127.0.0.1:1"

    class issuer:  # noqa: N801 (the stack's own name)
        @staticmethod
        def client_secret(_: str) -> str:
            return "secret"


@pytest.fixture
def workplace(tmp_path: Path) -> Workshop:
    definition = tmp_path / "openapi.json"
    definition.write_text('{"paths": {"/v1/quotes": {"get": {}, "post": {}}}}')
    return Workshop(tmp_path, definition, tmp_path)


def refuse(*_: object) -> None:
    raise Failed("does not compile")


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({}, 0, "2 operations generated, built.whl built, 2 examples played"),
        ({"generate": refuse}, 1, "FAILED: does not compile"),
        ({"play": lambda *_: ["open", ""]}, 1, "FAILED: the first example ended with open"),
    ],
    ids=["whole", "not generated", "not paid"],
)
def test_a_client_is_whole_or_it_fails(
    workplace: Workshop,
    capsys: pytest.CaptureFixture[str],
    changes: Json,
    status: int,
    said: str,
) -> None:
    whole = sdk.Client(
        "sample",
        lambda *_: None,
        lambda *_: ROOT / "built.whl",
        lambda *_: [f"{sdk.ENDS_WITH}\n", ""],
    )

    assert sdk.attempt(whole._replace(**changes), workplace, NoStack()) == status  # type: ignore[arg-type]
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(("ci", "status"), [(False, 0), (True, 1)])
def test_without_node_it_says_what_was_not_tried(
    workplace: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ci: bool,
    status: int,
) -> None:
    monkeypatch.setattr(sdk, "has_node", lambda: False)
    monkeypatch.delenv("CI", raising=False)
    if ci:
        monkeypatch.setenv("CI", "true")
    typescript = sdk.CLIENTS[1]

    assert sdk.attempt(typescript, workplace, NoStack()) == status  # type: ignore[arg-type]
    assert "typescript: NOT TRIED: needs node and npm" in capsys.readouterr().out


def test_the_license_of_each_package_is_ours() -> None:
    for package in ("python", "typescript"):
        assert (ROOT / "clients" / package / "LICENSE").read_text() == (
            ROOT / "LICENSE"
        ).read_text()
    project = tomllib.loads((ROOT / "clients/python/pyproject.toml").read_text())["project"]
    assert project["license"] == "LicenseRef-Coverwright"
