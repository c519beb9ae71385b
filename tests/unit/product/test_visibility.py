"""Questions that are asked only where earlier answers call for them."""

from typing import Any

import pytest
from insurance.domain.core.errors import InvalidFields
from insurance.domain.product import Product

from tests.support.make import product

QUESTIONS: list[dict[str, Any]] = [
    {"code": "people", "type": "integer", "min": 1, "max": 20},
    {"code": "leader", "type": "text", "visible_when": "people > 2", "default": "nobody"},
    {"code": "rooms", "type": "integer", "visible_when": "people > 5"},
]


@pytest.fixture
def sold() -> Product:
    return product(questions=QUESTIONS)


def codes(sold: Product, answers: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidFields) as refused:
        sold.read_answers(answers)
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_what_is_not_asked_is_not_needed_and_not_taken(sold):
    assert sold.read_answers({"people": 2}).held["rooms"] is None
    assert codes(sold, {"people": 2, "rooms": 3}) == [("/answers/rooms", "not-asked")]


def test_what_is_asked_is_needed(sold):
    assert codes(sold, {"people": 6}) == [("/answers/rooms", "required")]


@pytest.mark.parametrize("people", [None, "six", 99])
def test_what_depends_on_an_answer_with_a_fault_is_not_judged(sold, people):
    """A condition compares numbers: it is not asked about an answer that is none."""
    assert [pointer for pointer, _ in codes(sold, {"people": people})] == ["/answers/people"]


def test_answers_read_again_are_the_same(sold):
    """The default of a question that is not asked is stored with the answers."""
    once = sold.read_answers({"people": 2})

    assert sold.read_answers(once.to_json()) == once
