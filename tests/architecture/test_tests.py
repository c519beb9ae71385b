"""Tests are alone: what they share stands in tests/support and tests/fakes, and they stay short."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache

from tests.architecture.sources import ROOT, sources
from tests.long.mutants import FAULTS

TESTS = sources("tests/*.py")
LINES_MAX = 600
SLEEPERS = {
    "tests/local/fixture/echo/app.py": "a function that must be killed has to hang",
    "tests/support/waiting.py": "between two looks at the fact",
    "tests/support/zygote.py": "a process dies a chosen while after a point, wherever that may be",
}


@cache
def text_of(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def found(look: Callable[[ast.AST], Iterator[str]], *words: str) -> dict[str, list[str]]:
    """By file, what is found in its tree; in files alone that have one of the words, without which nothing is."""
    by_file = {
        path: [each for node in ast.walk(ast.parse(text_of(path))) for each in look(node)]
        for path in TESTS
        if any(word in text_of(path) for word in words)
    }
    return {path: all_ for path, all_ in by_file.items() if all_}


def test_nothing_imports_a_test_module():
    def imported(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests."):
            names = [node.module or "", *(f"{node.module}.{each.name}" for each in node.names)]
            yield from (name for name in names if name.rpartition(".")[2].startswith("test_"))

    assert found(imported, "test_") == {}


def test_no_file_of_tests_is_long():
    lines = {path: len(text_of(path).splitlines()) for path in TESTS}

    assert {path: count for path, count in lines.items() if count > LINES_MAX} == {}


def test_no_test_sleeps():
    """It waits for a fact: `tests.support.waiting`."""

    def slept(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            gives_way = bool(node.args) and ast.unparse(node.args[0]) == "0"
            if node.func.attr == "sleep" and not gives_way:
                yield f"line {node.lineno}"

    assert found(slept, "sleep").keys() == SLEEPERS.keys()


LOADERS = {
    "tests/artefact/in_process.py": "plays the recorded events from source, as the artefact plays them",
    "tests/compatibility/old_code.py": "runs the code of a release, which no driver of today's may touch",
    "tests/support/driving/functions.py": "the one driver, `Platform`",
    "tests/template/test_layer.py": "runs what the layer's Makefile runs",
    "tests/unit/authorizer/": "the authorizer is asked by the gateway, and has no routes",
}


def test_functions_are_loaded_by_the_one_driver():
    """Tests that called them in a way of their own would each name callers, keys and clocks anew."""

    def loaded(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("functions."):
            yield str(node.module)
        if isinstance(node, ast.Attribute) and node.attr == "spec_from_file_location":
            yield node.attr

    loading = found(loaded, "functions.", "spec_from_file_location")

    assert [path for path in loading if not path.startswith(tuple(LOADERS))] == []
    assert [place for place in LOADERS if not any(path.startswith(place) for path in loading)] == []


def test_every_planted_fault_has_its_line_in_the_code_once():
    """A fault without a line is planted nowhere, and would count as noticed by nobody."""
    source = ROOT / "layers" / "common" / "insurance"
    places = {
        fault.name: (source / fault.module).read_text("utf-8").count(fault.right)
        for fault in FAULTS
    }

    assert {name: count for name, count in places.items() if count != 1} == {}


SHARED_MODULES = "time|os|socket|asyncio|threading|random|uuid|datetime|subprocess"
PATCHED_FOR_ALL = re.compile(
    rf"""setattr\(\s*(?:(?:{SHARED_MODULES}),|["'][\w.]*\b(?:{SHARED_MODULES})\.\w+["'])"""
)


def test_no_test_changes_a_module_that_everybody_shares():
    """A clock that is turned back for a moment makes an event loop in another thread sleep for hours: a
    whole session once did not end for it. A test replaces the name in the module that it is about."""
    patched = [
        path for path in sources("tests/*.py") if PATCHED_FOR_ALL.search((ROOT / path).read_text())
    ]

    assert patched == []
