"""The documents say what is there: every problem, every target, every link, every folder."""

import re
from pathlib import Path

import pytest
from insurance.api.problems import FAULT, NO_ROUTE, PROBLEMS
from insurance.domain.core.errors import InsuranceError

from tools.problems.pages import stale

ROOT = Path(__file__).resolve().parents[2]
DOCS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("local/**/*.md")]


def each(documents: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in documents]


def test_every_problem_has_a_row_and_a_page_as_they_are_generated():
    overview = (ROOT / "docs/problems.md").read_text("utf-8")
    rows = re.findall(r"^\| \[([a-z-]+)\]\(problems/\1\.md\) \| (\d{3}) \|", overview, re.M)
    known = {(row.slug, str(int(row.status))) for row in (*PROBLEMS.values(), NO_ROUTE, FAULT)}

    assert known <= set(rows)
    assert {code for code, _ in rows} == {page.stem for page in ROOT.glob("docs/problems/*.md")}
    assert stale() == [], "run `make openapi`"


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


def test_the_makefile_lists_what_exists_and_no_more():
    makefile = (ROOT / "Makefile").read_text()
    phony = re.findall(r"^\.PHONY: (.*)$", makefile, re.M)[0].split()
    rules = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    listed = re.findall(r"^([a-z-]+):.*## ", makefile, re.M)

    assert set(phony) == rules == set(listed)
    assert len(listed) == len(rules)


# What a document tells people to type, and who types it before them: a target is run by CI, as part
# of `make check`, or else by a test, which holds the words beside it.
TYPED_BY = {
    "make run": ("tests/end_to_end/test_journey.py", '"-m", "local", "run"'),
    "make serve": ("tests/local/test_serve.py", '"-m", "local", "serve"'),
    "make show": ("tests/local/test_serve.py", 'local(folder, "show", item_id)'),
    ".venv/bin/python -m local schedule": (
        "tests/local/test_serve.py",
        '"schedule", "ReconciliationSchedule"',
    ),
    ".venv/bin/python -m local reindex": ("tests/local/test_serve.py", '"reindex"'),
    ".venv/bin/python -m local redeliver": ("tests/local/test_serve.py", '"redeliver"'),
    "make data": ("tests/unit/intake/test_public_files.py", '"--file", str(FILES / file)'),
    "make reconcile": ("tests/local/test_serve.py", '"schedule", "ReconciliationSchedule"'),
    "make tour": ("tests/end_to_end/test_tour.py", "tour"),
    "make schema": ("tests/unit/product/test_checks.py", "schema_text()"),
    "make openapi": ("tests/template/test_openapi.py", "rendered()"),
    "make clients": ("tests/local/test_clients.py", "clients.main(asked)"),
    "make exam": ("tests/local/test_exam.py", "tools.exam"),
    "make bench": ("tests/bench/test_costs.py", "bench"),
    ".venv/bin/python -m local env": ("tests/local/test_sam.py", 'main(["env"])'),
    ".venv/bin/python -m local relay": ("tests/local/test_sam.py", "sam.passing_on("),
    ".venv/bin/python -m tools.build": ("tests/artefact/conftest.py", '"-m", "tools.build"'),
    "coverwright": ("tests/end_to_end/test_command_line.py", '"docs" / "clients.md"'),
    "curl": ("tests/local/test_serve.py", "README.md"),
    "openssl x509": ("tests/end_to_end/test_callers_doc.py", "openssl x509"),
}
BY_HAND = {
    "make check": "CI itself",
    "make unit": "a part of `make test`, which CI runs",
    "make flaky": "it takes N times what the slow levels of `make test` take",
    ".venv/bin/python -m tests.compatibility.write": "it makes the data of a release, once",
    ".venv/bin/python -m tools.newcomer": "it installs everything nine times; tests/local plays its words",
    "make load": "it fills both cores for minutes; tests/end_to_end plays its journey on both stacks",
    "make long": "it takes many minutes",
    "make lives": "tests/operations plays fewer of the same lives",
    "make mutants": "it runs a part of the tests once for each fault",
    "make checks": "it runs a part of the tests once for each check",
    "make events": "`make test`, which CI runs, compares each answer with what it records",
    "make format": "`make lint`, which CI runs, asks the same tools whether there is anything to mend",
    ".venv/bin/pre-commit install": "it changes the clone's own git hooks",
    ".venv-sam/bin/sam deploy": "it needs an account of AWS",
    "aws s3 sync": "the same",
    "aws cloudfront": "the same",
    ".venv-sam/bin/sam local": "it needs Docker",
    ".venv/bin/python -m local.sam_image": "it is for Docker",
    "export AWS_ACCESS_KEY_ID=local": "the next commands are for Docker",
}


def typed(document: Path) -> list[str]:
    """The commands of a document's blocks, and the make targets in its sentences."""
    text = document.read_text().replace("\\\n", " ")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    lines = [line for block in blocks for line in block.splitlines() if not line.startswith(" ")]
    inline = re.findall(
        r"`((?:make|\.venv/bin/python) [^`]+)`", re.sub(r"```.*?```", "", text, flags=re.S)
    )
    return [" ".join(line.partition(" #")[0].split()) for line in [*lines, *inline]]


def run_by_ci() -> set[str]:
    """`make check` and every target that it stands on, or makes itself."""
    makefile = (ROOT / "Makefile").read_text()
    waiting, found = ["check"], set()
    while waiting:
        target = waiting.pop()
        found.add(f"make {target}")
        if target.startswith("."):
            continue
        for rule in re.findall(rf"^{target}:(?! export).*\n(?:\t.*\n)*", makefile, re.M):
            [needed] = re.findall(r"\A[^:]*:([^#\n|]*)", rule)
            made = re.findall(r"^\t@\$\(MAKE\)(?: --\S+)*((?: [a-z]+\b)*)", rule, re.M)
            waiting += " ".join([needed, *made]).split()
    return found


def test_every_document_has_its_place_in_the_site():
    nav = (ROOT / "mkdocs.yml").read_text("utf-8")
    documents = [file.relative_to(ROOT / "docs") for file in (ROOT / "docs").rglob("*.md")]
    named = {str(file) for file in documents if file.parts[0] not in {"adr", "problems"}}

    assert {name for name in named if f": {name}\n" not in nav} == set(), "a line of mkdocs.yml"
    assert len(named) > 20


DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{each.name}" for each in (ROOT / "docs").glob("*.md")),
)
TYPED_WHOLE = {
    "docs/quick-start.md": "tests/end_to_end/test_quick_start.py",
    "docs/products-tutorial.md": "tests/end_to_end/test_tutorial.py",
}
"""A test types every block of these, in order."""


@pytest.mark.parametrize("name", sorted({*DOCUMENTS} - TYPED_WHOLE.keys()))
def test_every_command_in_the_documents_is_typed_by_a_test_or_by_ci(name):
    known = {*run_by_ci(), *TYPED_BY, *BY_HAND}

    unknown = [
        command
        for command in typed(ROOT / name)
        if not any(re.match(rf"{re.escape(each)}(\s|$)", command) for each in known)
    ]

    assert unknown == []


@pytest.mark.parametrize("document", TYPED_WHOLE)
def test_who_types_a_whole_document_is_there(document):
    assert Path(document).stem in (ROOT / TYPED_WHOLE[document]).read_text()


@pytest.mark.parametrize("command", TYPED_BY)
def test_who_types_a_command_is_there(command):
    test, words = TYPED_BY[command]

    assert words in (ROOT / test).read_text()


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
