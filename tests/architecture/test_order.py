"""Tests in a random order: another one for each seed, the same one for the same."""

from types import SimpleNamespace
from typing import Any

from tests.support.order import in_random_order


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
