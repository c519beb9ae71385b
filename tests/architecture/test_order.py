"""The order of tests: a random one for each seed, and the longest groups first in workers of xdist."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.groups import LEVELS_LATER, LONGEST_FIRST, in_groups
from tests.support.order import in_random_order

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
