"""A change of a stored shape without a version and a step is noticed, in every kind and at every field."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from insurance.domain.core.classification import Record
from insurance.domain.core.errors import WrittenByNewerRelease
from insurance.domain.events.catalogue import CATALOGUE
from insurance.dynamodb import kinds
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.kinds import ItemKind, every_kind
from pydantic import ValidationError

from tests.compatibility.kinds import kind_of
from tests.compatibility.release import Release, released
from tests.compatibility.shapes import (
    RECORDS,
    VALUES,
    breaks,
    changed_columns,
    columns_of,
    schema_of,
)

type Json = dict[str, Any]

FOLDERS = released()
NEWEST = FOLDERS[-1]
SHAPES: Json = json.loads((NEWEST / "shapes.json").read_text("utf-8"))
LEFT = Release.read(NEWEST)
KINDS = list(every_kind())
RELEASED = [name for name in RECORDS if name in SHAPES["records"]]
RELEASED_KINDS = [kind for kind in KINDS if kind.name in SHAPES["items"]]
"""Others came later: no release wrote them yet."""
RELEASED = [name for name in RECORDS if name in SHAPES["records"]]
"""The same of records."""


def shapes_of(folder: Path) -> Json:
    described: Json = json.loads((folder / "shapes.json").read_text("utf-8"))
    return described


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("name", RECORDS)
def test_a_record_reads_what_each_release_wrote_or_has_a_step(folder: Path, name: str) -> None:
    before = shapes_of(folder)["records"].get(name)
    if before is None or before["version"] < RECORDS[name].VERSIONS.known:
        return  # a new record, or one with a step: the fixtures say whether it reads them

    assert list(breaks(before["schema"], schema_of(RECORDS[name]))) == [], HOW


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_record_goes(folder: Path) -> None:
    assert shapes_of(folder)["records"].keys() <= RECORDS.keys()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("name", VALUES)
def test_a_value_without_a_version_only_grows(folder: Path, name: str) -> None:
    before = shapes_of(folder)["values"][name]

    assert list(breaks(before, schema_of(VALUES[name]))) == [], HOW


HOW = "give it a version and a step: docs/releases.md, 'How a stored shape changes'"


# Planted: each of these must be noticed


def fields_of(schema: Json, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The way to every `properties` of a schema, and the name in it."""
    for word, inner in schema.items():
        if word == "properties":
            for name, field in inner.items():
                yield (*at, word, name)
                yield from fields_of(field, (*at, word, name))
        elif isinstance(inner, dict) and word in {"items", "additionalProperties"}:
            yield from fields_of(inner, (*at, word))
        elif word in {"anyOf", "oneOf", "prefixItems"}:
            for place, each in enumerate(inner):
                yield from fields_of(each, (*at, word, str(place)))


def copied(schema: Any, way: tuple[str, ...]) -> Any:
    """The schema with copies of what stands on the way; all else is the same object, which cannot differ."""
    mine = copy.copy(schema)
    if way:
        step: Any = int(way[0]) if isinstance(mine, list) else way[0]
        mine[step] = copied(mine[step], way[1:])
    return mine


def at(schema: Any, way: tuple[str, ...]) -> Any:
    for step in way:
        schema = schema[int(step) if isinstance(schema, list) else step]
    return schema


@pytest.mark.parametrize("name", RELEASED)
def test_a_renamed_field_is_noticed_wherever_it_stands(name: str) -> None:
    schema = SHAPES["records"][name]["schema"]
    ways = list(fields_of(schema))
    assert ways
    for way in ways:
        planted = copied(schema, way)
        holder = at(planted, way[:-1])
        holder["renamed"] = holder.pop(way[-1])
        if "required" in at(planted, way[:-2]):
            at(planted, way[:-2])["required"] = []

        assert list(breaks(schema, planted)), way


@pytest.mark.parametrize("name", RELEASED)
def test_a_field_of_another_type_is_noticed_wherever_it_stands(name: str) -> None:
    schema = SHAPES["records"][name]["schema"]
    for way in fields_of(schema):
        planted = copied(schema, way)
        if not at(planted, way):
            continue  # it takes anything
        at(planted, way[:-1])[way[-1]] = {"type": "null"}

        assert list(breaks(schema, planted)), way


@pytest.mark.parametrize("name", RELEASED)
def test_a_value_that_goes_is_noticed_wherever_it_stands(name: str) -> None:
    schema = SHAPES["records"][name]["schema"]
    for way in fields_of(schema):
        planted = copied(schema, way)
        at(planted, way[:-1])[way[-1]] = copy.deepcopy(at(schema, way))
        for values in enums_of(at(planted, way)):
            gone = values.pop()
            if values:
                assert list(breaks(schema, planted)), (way, gone)
            values.append(gone)


def enums_of(field: Json) -> Iterator[list[Any]]:
    yield from ([field["enum"]] if "enum" in field else [])
    yield from (each["enum"] for each in field.get("anyOf", ()) if "enum" in each)


@pytest.mark.parametrize("name", RELEASED)
def test_a_field_that_comes_with_a_default_is_allowed_and_one_without_is_not(name: str) -> None:
    schema = SHAPES["records"][name]["schema"]
    grown = copy.deepcopy(schema)
    grown["properties"]["carbon_budget"] = {"type": "integer", "default": 0}

    assert list(breaks(schema, grown)) == []

    grown["required"] = [*grown.get("required", ()), "carbon_budget"]
    assert list(breaks(schema, grown))


@pytest.mark.parametrize("kind", RELEASED_KINDS, ids=lambda kind: kind.name)
def test_another_column_or_type_is_noticed_in_every_kind_of_item(kind: ItemKind) -> None:
    before, after = SHAPES["items"][kind.name], columns_of(LEFT.items)[kind]
    for name in before["columns"]:
        renamed = {f"new_{name}" if each == name else each: of for each, of in after.items()}
        retyped = after | {
            name: {**after[name], "type": "BOOL" if after[name]["type"] != "BOOL" else "S"}
        }

        assert changed_columns(before, renamed, kind), name
        assert changed_columns(before, retyped, kind), name
    came = changed_columns(before, after | {"came": {"type": "S", "always": False}}, kind)
    assert came == ([] if kind.in_parts else ["came came"])
    passing = {name: {"type": "SS", "always": False} for name in kind.passing}
    assert changed_columns(before, after | passing, kind) == []
    assert not kind.passing & before["columns"].keys()


def test_a_kind_that_is_written_in_parts_has_no_second_version() -> None:
    for kind in KINDS:
        if kind.in_parts:
            with pytest.raises(ValueError, match="only grow"):
                replace(kind, steps=(lambda item: item,))


def stored_bodies() -> Iterator[tuple[type[Record], Json]]:
    """The open facts of one event of each record."""
    seen = set()
    for table, item in LEFT.items:
        if kind_of(table, item) is kinds.EVENT:
            event = read_event(item)
            schema = CATALOGUE[event.type].schema
            if schema not in seen:
                seen.add(schema)
                yield schema, event.facts


@pytest.mark.parametrize("stored", list(stored_bodies()), ids=lambda stored: stored[0].__name__)
def test_a_stored_body_is_not_read_as_something_else_by_a_changed_record(
    stored: tuple[type[Record], Json],
) -> None:
    """What the record would be if the field had another name, or its type were another: seen from the body."""
    schema, facts = stored
    assert schema.read(facts, {})[1]
    for name, value in facts.items():
        if is_open(schema, name):
            continue
        renamed = {"renamed" if each == name else each: of for each, of in facts.items()}
        retyped = facts | {name: {"changed": value}}

        assert is_noticed(schema, renamed), name
        assert is_noticed(schema, retyped), name


def is_open(schema: type[Record], name: str) -> bool:
    """Whether the field takes anything."""
    return "additionalProperties" in str(schema_of(schema)["properties"][name])


def is_noticed(schema: type[Record], body: Json) -> bool:
    try:
        return not schema.read(body, {})[1]
    except (ValidationError, WrittenByNewerRelease):
        return True
