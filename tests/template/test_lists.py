"""One form of a list everywhere: `items`, `next`, `limit`, `after`; and no answer that grows without end."""

from collections.abc import Iterator
from typing import Any

from tools.openapi.handlers import handlers

type Json = dict[str, Any]

LISTING = ("list", "search")
PAGED_TEXTS = ("export",)
"""Verbs whose answer is a page of text: it has a `next` and no entries."""


def answer_of(operation: Json, definition: Json) -> Json:
    """The schema of an operation's good answer."""
    (status,) = (each for each in operation["responses"] if each.startswith("2"))
    content = operation["responses"][status]["content"]
    return resolved(content["application/json"]["schema"], definition)


def resolved(schema: Json, definition: Json) -> Json:
    while "$ref" in schema:
        schema = definition["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def arrays(schema: Json, definition: Json) -> Iterator[tuple[str, Json]]:
    """The fields of an answer that are lists, or may be."""
    for name, field in schema.get("properties", {}).items():
        for form in (field, *field.get("anyOf", ())):
            found = resolved(form, definition)
            if found.get("type") == "array":
                yield name, found


def query_names(operation: Json) -> set[str]:
    return {each["name"] for each in operation["parameters"] if each["in"] == "query"}


def test_every_list_is_paged_and_has_the_same_form(operations, definition):
    checked = 0
    for name, operation in operations:
        if operation["operationId"].startswith(LISTING):
            answer = answer_of(operation, definition)
            assert [each for each, _ in arrays(answer, definition)] == ["items"], name
            assert "next" in answer["properties"], name
            assert query_names(operation) >= {"limit", "after"}, name
            checked += 1
    assert checked > 25


def test_what_is_paged_is_called_a_list(operations, definition):
    """A page of text has no entries; nothing else has `items`, what a command made neither, or is read on by `next`."""
    for name, operation in operations:
        paged = "after" in query_names(operation)
        is_list = operation["operationId"].startswith(LISTING)
        properties = answer_of(operation, definition).get("properties", {})
        assert ("items" in properties) is is_list, name
        if name.startswith("GET "):
            assert ("next" in properties) is paged, name
        if paged and not is_list:
            assert operation["operationId"].startswith(PAGED_TEXTS), name


def test_a_cursor_is_good_for_one_list_alone():
    """Two lists with one id would take each other's cursors for their own."""
    ids = [route.paged for handler in handlers() for route in handler.routes if route.paged]

    assert sorted(ids) == sorted(set(ids))


def test_every_list_inside_an_answer_has_an_end(definition):
    for name, schema in definition["components"]["schemas"].items():
        for field, found in arrays(schema, definition):
            assert found.get("maxItems", 0) > 0, f"{name}.{field}"
