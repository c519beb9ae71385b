"""What masks take out of answers: held to the views of all routes, and to every answer that was recorded."""

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any, get_args

import pytest
from insurance.api.masking import MASKED, masked, masked_tag, replacement
from insurance.api.route import Route
from insurance.domain.control.access_policy import MaskedClass
from insurance.domain.control.decision import OPEN_FILES
from insurance.domain.core.classification import SEALED, Classification, OpensFile
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tests.artefact.cases import Case, all_cases
from tools.openapi.handlers import handlers

PERSONAL, SENSITIVE = MaskedClass.PERSONAL, MaskedClass.SENSITIVE
CODE = re.compile(r"[a-z0-9_.:/-]*|[0-9A-Z+:.TZ-]{0,25}|[a-z]{2}-[A-Z]{2}|-?[0-9.,]+ [A-Z]{3}")
"""Codes, figures, languages, amounts, times and short numbers: they name nobody."""


@cache
def routes() -> tuple[Route, ...]:
    return tuple(route for handler in handlers() for route in handler.routes)


@cache
def answers() -> tuple[tuple[Case, Route], ...]:
    """Every recorded answer of a route that holds something."""
    by_path = {(route.method, route.path): route for route in routes()}
    found = []
    for case in all_cases():
        route = by_path.get((case.event.get("httpMethod", ""), case.event.get("resource", "")))
        if route and case.expected.get("status", 500) < 300 and "body" in case.expected:
            found.append((case, route))
    return tuple(found)


def views_in(kind: Any, seen: frozenset[type] = frozenset()) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
        yield kind
        for field in kind.model_fields.values():
            yield from views_in(field.annotation, seen | {kind})
    for inner in get_args(getattr(kind, "__value__", kind)):
        yield from views_in(inner, seen)


def classified(field: FieldInfo) -> bool:
    return any(mark in SEALED for mark in field.metadata if isinstance(mark, Classification))


def words(value: Any) -> Iterator[str]:
    match value:
        case str() if not CODE.fullmatch(value) and value != MASKED:
            yield value
        case dict():
            yield from chain.from_iterable(map(words, value.values()))
        case list():
            yield from chain.from_iterable(map(words, value))


def test_something_stands_for_every_field_that_can_be_masked() -> None:
    found = 0
    for view in {view for route in routes() for view in views_in(route.view)}:
        for field in view.model_fields.values():
            if classified(field) and OpensFile not in field.metadata:
                replacement(field)
                found += 1

    assert found > 40


def test_operations_that_are_answered_with_a_file_are_listed() -> None:
    opening = {
        route.operation_id
        for route in routes()
        for view in views_in(route.view)
        if any(OpensFile in field.metadata for field in view.model_fields.values())
    }

    assert opening == OPEN_FILES


def test_what_is_masked_in_one_answer_is_shown_in_no_other() -> None:
    """Names, addresses, accounts and narratives of the recorded scenes: whatever a mask took out of any of them."""
    pairs = []
    for case, route in answers():
        if route.operation_id not in OPEN_FILES:
            whole = json.dumps(case.expected["body"])
            pairs.append(
                (
                    case,
                    set(words(json.loads(whole))),
                    json.loads(masked(whole, route.view, PERSONAL)),
                )
            )
    hidden = set().union(*(all_words - set(words(left)) for _, all_words, left in pairs))
    assert len(hidden) > 60

    shown = {(case.path, word) for case, _, left in pairs for word in words(left) if word in hidden}

    assert shown == set()


@pytest.mark.parametrize("mask", MaskedClass)
def test_a_masked_answer_is_still_one_of_its_view(mask: MaskedClass) -> None:
    tried = 0
    for case, route in answers():
        if route.operation_id not in OPEN_FILES:
            body = masked(json.dumps(case.expected["body"]), route.view, mask)
            left, whole = json.loads(body), case.expected["body"]
            assert set(left) <= set(whole)
            for name, field in route.view.model_fields.items():
                may_be_absent = type(None) in get_args(field.annotation)
                assert name in left or may_be_absent or name not in whole, (case.path, name)
            tried += left != whole

    assert tried > 20


def test_what_is_sensitive_is_masked_alone_where_a_rule_says_so() -> None:
    [(case, route)] = [each for each in answers() if each[0].path == "quoting/quote"]
    body = json.dumps(case.expected["body"])

    by_class = {mask: json.loads(masked(body, route.view, mask)) for mask in MaskedClass}

    assert "answers" not in by_class[SENSITIVE]
    assert by_class[SENSITIVE]["policyholder"] == case.expected["body"]["policyholder"]
    assert "policyholder" not in by_class[PERSONAL]
    assert by_class[PERSONAL]["premium"] == case.expected["body"]["premium"]


def test_a_masked_answer_has_a_tag_of_its_own_and_the_same_revision() -> None:
    assert masked_tag('"12-quote"', PERSONAL) == '"12-quote.masked-personal"'
