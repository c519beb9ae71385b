"""The order of tests: a random one for each seed, and the longest groups first in workers of xdist."""

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.groups import LEVELS_LATER, LONGEST_FIRST, in_groups
from tests.support.order import in_random_order

TELLING = """
import os, pathlib, pytest
{mark}
@pytest.mark.parametrize("number", range(6))
def test_says_where_it_runs(number):
    seen = pathlib.Path(__file__).parents[2] / "seen" / f"{group}-{{__name__}}-{{number}}"
    seen.write_text(os.environ["PYTEST_XDIST_WORKER"])
"""
"""A module of tests, each of which leaves the name of the worker that it runs in."""
TESTS = Path(__file__).resolve().parents[1]


def items(module: str, count: int = 20) -> list[Any]:
    return [SimpleNamespace(nodeid=f"{module}::test_{number}") for number in range(count)]


def order(given: list[Any], seed: str) -> list[str]:
    return [item.nodeid for item in in_random_order(given, seed)]


def test_a_seed_is_an_order_and_another_seed_another():
    tests = items("a.py")

    assert order(tests, "1") == order(tests[::-1], "1") != order(tests, "2")
    assert sorted(order(tests, "1")) == sorted(each.nodeid for each in tests)


def test_a_module_stays_in_its_place_and_is_ordered_as_if_it_were_alone():
    first, second = items("b.py"), items("a.py")

    assert order([*first, *second], "1") == order(first, "1") + order(second, "1")


class Item:
    """A test as far as groups are concerned: where it stands, and how it is marked."""

    def __init__(self, nodeid: str, group: str | None = None) -> None:
        self.nodeid = nodeid
        self.marker = pytest.mark.xdist_group(group).mark if group else None

    def get_closest_marker(self, name: str) -> Any:
        return self.marker if name == "xdist_group" else None

    def add_marker(self, marker: Any) -> None:
        self.marker = marker.mark


def test_a_module_is_a_group_of_its_own_and_the_longest_groups_begin_first():
    given: list[Any] = [
        Item("tests/unit/core/test_money.py::test_one"),
        Item("tests/http/edge/test_paths.py::test_one"),
        Item("tests/local/test_streams.py::test_one", "local"),
        Item("tests/unit/core/test_money.py::test_two"),
        Item("tests/resilience/test_killed.py::test_one", "resilience"),
        Item("tests/http/edge/test_paths.py::test_two"),
    ]

    ordered: list[Any] = list(in_groups(given))

    assert [(item.marker.args[0], item.nodeid[-3:]) for item in ordered] == [
        ("resilience", "one"),
        ("local", "one"),
        ("tests/http/edge/test_paths.py", "one"),
        ("tests/http/edge/test_paths.py", "two"),
        ("tests/unit/core/test_money.py", "one"),
        ("tests/unit/core/test_money.py", "two"),
    ]


def test_every_group_and_level_that_has_a_turn_exists():
    texts = [path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py")]
    marked = {name for text in texts for name in re.findall(r'mark\.xdist_group\("(\w+)"', text)}

    assert marked >= set(LONGEST_FIRST)
    assert all((TESTS / level).is_dir() for level in LEVELS_LATER)


def test_each_group_runs_in_one_worker_and_groups_in_both(tmp_path: Path):
    (tmp_path / "seen").mkdir()
    marked = "pytestmark = pytest.mark.xdist_group('shared')"
    for name, group, mark in (
        *(("test_a", "a", ""), ("test_b", "b", ""), ("test_c", "c", "")),
        *(("test_d", "shared", marked), ("test_e", "shared", marked)),
    ):
        folder = tmp_path / "tests" / name
        folder.mkdir(parents=True)
        text = TELLING.format(group=group, mark=mark)
        (folder / f"{name}.py").write_text(text)
    options = ("-n", "2", "--dist", "loadgroup", "--import-mode=importlib")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.groups", *options]

    done = subprocess.run(  # noqa: S603 - pytest itself
        [*command, "--rootdir", str(tmp_path), "-c", "/dev/null", str(tmp_path / "tests")],
        cwd=TESTS.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    workers: dict[str, set[str]] = {}
    for seen in (tmp_path / "seen").iterdir():
        workers.setdefault(seen.name.partition("-")[0], set()).add(seen.read_text())
    assert {group: len(names) for group, names in workers.items()} == dict.fromkeys(
        ("a", "b", "c", "shared"), 1
    )
    assert set.union(*workers.values()) == {"gw0", "gw1"}
