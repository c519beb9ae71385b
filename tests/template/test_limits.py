"""Limits of schemas: from what the models hold to, and never invented for what callers send."""

from typing import Any

import pytest

from tools.openapi.limits import ANSWER_BYTES_MAX, limited


@pytest.mark.parametrize(
    ("said", "longest"),
    [
        ({"pattern": "^[a-z][a-z0-9_]{0,63}$"}, 64),
        ({"pattern": "^[a-z]+$"}, None),
        ({"format": "date"}, 10),
        ({"maxLength": 7, "pattern": "^a{0,9}$"}, 7),
        ({}, None),
    ],
    ids=["a pattern", "an endless pattern", "a format", "its own", "nothing"],
)
def test_a_text_is_as_long_as_its_form_lets_it_be(said: dict[str, Any], longest: int | None):
    def of(*, sent: bool) -> Any:
        return limited({"type": "string", **said}, sent=sent).get("maxLength")

    assert of(sent=True) == longest
    assert of(sent=False) == (longest or ANSWER_BYTES_MAX)


def test_values_are_no_schemas():
    schema = {"type": "object", "example": {"type": "string"}, "default": {"type": "array"}}

    assert limited(dict(schema), sent=False) == schema
