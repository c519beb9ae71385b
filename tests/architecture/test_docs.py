"""The documents say what is there: every problem, every target, every link, every folder."""

import re
from pathlib import Path

import pytest
from insurance.api.problems import FAULT, NO_ROUTE, PROBLEMS
from insurance.domain.errors import InsuranceError

ROOT = Path(__file__).resolve().parents[2]
DOCS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("local/**/*.md")]


def each(documents: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in documents]


def test_every_problem_is_documented_with_its_status_and_none_beside():
    rows = re.findall(r"^\| ([a-z-]+) \| (\d{3}) \|", (ROOT / "docs/problems.md").read_text(), re.M)
    known = {(row.slug, int(row.status)) for row in (*PROBLEMS.values(), NO_ROUTE, FAULT)}

    assert {(slug, int(status)) for slug, status in rows} == known


def test_every_refusal_has_a_problem():
    def leaves(kind: type[InsuranceError]) -> list[type[InsuranceError]]:
        below = kind.__subclasses__()
        return [leaf for one in below for leaf in leaves(one)] if below else [kind]

    without = [
        kind.__name__
        for kind in leaves(InsuranceError)
        if kind.__module__.startswith("insurance") and not set(kind.__mro__) & set(PROBLEMS)
    ]

    # A broken event is found by event delivery, which has no HTTP caller to tell.
    assert set(without) <= {"BrokenEvent"}


@pytest.mark.parametrize("name", each(DOCS))
def test_every_make_target_in_the_documents_exists(name):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    told = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / name).read_text(), re.M))

    assert told <= targets


@pytest.mark.parametrize("name", each(DOCS))
def test_every_relative_link_leads_somewhere(name):
    document = ROOT / name
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("name", each(DOCS))
def test_every_path_that_a_command_names_exists(name):
    told = re.findall(
        r"\b((?:local|events|layers|functions)/[\w./-]+\.(?:json|py|yaml|md))\b",
        (ROOT / name).read_text(),
    )

    assert [path for path in told if not (ROOT / path).exists()] == []


def test_every_module_opens_with_a_sentence():
    modules = [
        *ROOT.glob("layers/common/insurance/**/*.py"),
        *ROOT.glob("functions/*/app.py"),
        *ROOT.glob("local/**/*.py"),
        *ROOT.glob("bench/**/*.py"),
    ]
    without = [
        str(path.relative_to(ROOT))
        for path in modules
        if ".venv" not in path.parts
        and not path.read_text().startswith(('"""', "#!", "# "))
        and path.stat().st_size
    ]

    assert without == []
