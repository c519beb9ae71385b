"""`make clients` fails for a client that lacks operations, does not compile or was not paid; and says what it left out."""

from pathlib import Path
from typing import Any, Self

import pytest

from tools.clients import __main__ as clients
from tools.clients import generators
from tools.clients.generators import Generator, installed
from tools.clients.postman import collection_of_journey, paid_claim, requests_of
from tools.clients.workshop import Failed, Workshop

type Json = dict[str, Any]


class BenchWithoutStack(clients.Bench):
    """Two operations, and claims that read back as they are told."""

    def __init__(self, folder: Path) -> None:
        self.operations = 2
        self._folder = folder
        self._definition = folder / "openapi.json"
        self._given = {"claim": {"payee": {}}}
        self._accounts = iter(("GB33BUKB20201555555555",) * 2)

    def _paid(self, claim_id: str) -> str:
        if claim_id != "clm_paid":
            raise Failed(f"claim {claim_id} reads back as open")
        return "2500.00 GBP"


def refuse(_: Workshop) -> None:
    raise Failed("does not compile")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "2 operations generated, compiled, journey paid 2500.00 GBP"),
        ({"generate": lambda _: 1}, "FAILED: 1 of 2 operations generated"),
        ({"compile": refuse}, "FAILED: does not compile"),
        ({"play": lambda _: "clm_open"}, "FAILED: claim clm_open reads back as open"),
    ],
    ids=["whole", "an operation is missing", "not compiled", "not paid"],
)
def test_a_client_is_whole_or_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: Json, said: str
) -> None:
    monkeypatch.setattr(clients, "installed", lambda _: True)
    whole = Generator("sample", lambda _: 2, lambda _: None, lambda _: "clm_paid")

    outcome = BenchWithoutStack(tmp_path).try_out(whole._replace(**changes))

    assert outcome.said.startswith(said)
    assert outcome.failed is said.startswith("FAILED")


class NoStack:
    """Stands where the stack would."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.parametrize(
    ("asked", "ci", "status"),
    [(["openapi-typescript"], False, 0), (["openapi-typescript"], True, 1), ([], False, 1)],
    ids=["on a machine without node", "in CI", "where all are asked for"],
)
def test_without_node_it_says_what_was_not_tried_and_passes_only_where_it_may(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    asked: list[str],
    ci: bool,
    status: int,
) -> None:
    monkeypatch.setattr(clients, "installed", lambda each: not each.on_node)
    monkeypatch.setattr(clients, "install", lambda: None)
    monkeypatch.setattr(clients, "Stack", NoStack)
    monkeypatch.setattr(clients, "Bench", lambda _, folder: BenchWithoutStack(folder))
    monkeypatch.setattr(
        clients,
        "GENERATORS",
        [
            Generator(
                each.name, lambda _: 2, lambda _: None, lambda _: "clm_paid", on_node=each.on_node
            )
            for each in generators.GENERATORS
        ],
    )
    monkeypatch.delenv("CI", raising=False)
    if ci:
        monkeypatch.setenv("CI", "true")

    assert clients.main(asked) == status
    said = capsys.readouterr().out
    assert "openapi-typescript: NOT TRIED: needs node and npm" in said
    tried = 0 if asked else 2
    assert f"{tried} of {len(asked) or 5} generators: generated, compiled, journey paid" in said


def test_an_unknown_generator_is_not_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert clients.main(["opeanpi-typescript"]) == 1
    assert "unknown: opeanpi-typescript" in capsys.readouterr().out


def test_what_is_not_installed_is_not_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generators, "NODE", tmp_path)
    monkeypatch.setattr(generators, "PYTHON", tmp_path)

    assert not any(installed(each) for each in generators.GENERATORS)


def test_a_collection_without_a_step_of_the_journey_fails() -> None:
    given = {"clock": {"quoted_at": "", "notified_at": ""}, "run": "r", "quote": {}}

    with pytest.raises(Failed, match="POST /v1/quotes"):
        collection_of_journey({"item": []}, given)


def test_requests_are_found_in_every_folder() -> None:
    inner = {"request": {"method": "GET"}}

    assert list(requests_of({"item": [{"item": [{"item": [inner]}, inner]}]})) == [inner, inner]


def test_a_run_with_a_failure_names_no_claim() -> None:
    with pytest.raises(Failed, match="answered"):
        paid_claim({"run": {"failures": [{"error": {"test": "answered"}}], "executions": []}})
