"""The published definition says of each field and parameter what it is, once, in words that add something to its name."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tools.words.catalogue import ITSELF, Catalogue, catalogue

type Json = dict[str, Any]
type Operations = list[tuple[str, Json]]

PLAIN = {"a", "an", "the", "of", "its", "it", "is", "s", "this", "in", "to", "for"}
"""Words that add nothing to a name."""
LONGEST = 300


def properties_of(definition: Json) -> Iterator[tuple[str, str, Json]]:
    """Schema, name and part of every property, also of the parts of `allOf`."""
    for schema, component in definition["components"]["schemas"].items():
        for part in (component, *component.get("allOf", ())):
            for name, described in part.get("properties", {}).items():
                yield schema, name, described


def is_narrowed(described: Json) -> bool:
    """A problem's code, which the whole problem describes."""
    return str(described.get("$ref", "")).endswith("Code")


@pytest.fixture
def said(definition: Json) -> dict[str, str]:
    """Each property's description, by schema and name; empty where there is none."""
    return {
        f"{schema}.{name}": described.get("description", "")
        for schema, name, described in properties_of(definition)
        if not is_narrowed(described)
    }


@pytest.fixture
def words() -> Catalogue:
    return catalogue()


def parameters_of(operations: Operations) -> Iterator[tuple[str, Json]]:
    for operation, described in operations:
        for parameter in described["parameters"]:
            yield f"{operation} {parameter['name']}", parameter


def test_every_property_says_what_it_is(said: dict[str, str]) -> None:
    silent = sorted(place for place, words in said.items() if not words)

    assert len(said) >= 1300
    assert not silent, (
        f"{len(silent)} of {len(said)} properties say nothing (tools/words): {silent}"
    )


def test_every_parameter_says_what_it_is(operations: Operations) -> None:
    found = dict(parameters_of(operations))
    silent = sorted(place for place, parameter in found.items() if not parameter.get("description"))

    assert len(found) >= 590
    assert not silent, (
        f"{len(silent)} of {len(found)} parameters say nothing (tools/words): {silent}"
    )


def test_every_object_says_what_it_is(definition: Json) -> None:
    objects = {
        name: schema
        for name, schema in definition["components"]["schemas"].items()
        if "properties" in schema or "allOf" in schema
    }
    silent = sorted(name for name, schema in objects.items() if not schema.get("description"))

    assert not silent, f"{len(silent)} of {len(objects)} objects say nothing: {silent}"


def says_its_name_again(name: str, words: str) -> bool:
    def told(text: str) -> set[str]:
        return {word.removesuffix("s") for word in re.findall("[a-z]+", text.lower())} - PLAIN

    return told(words) <= told(name.replace("_", " "))


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("policy_id", "The id of the policy.", True),
        ("deadlines", "Its deadline", True),
        ("due_at", "First instant that is too late, in UTC.", False),
        ("email", "E-mail address.", False),
    ],
)
def test_words_that_only_say_the_name_again_are_found(
    name: str, words: str, expected: bool
) -> None:
    assert says_its_name_again(name, words) is expected


def test_no_description_only_says_the_name_again(
    said: dict[str, str], operations: Operations
) -> None:
    described = said | {
        place: parameter.get("description", "") for place, parameter in parameters_of(operations)
    }
    again = [
        place
        for place, words in described.items()
        if says_its_name_again(re.split("[. ]", place)[-1], words)
    ]

    assert not again


def test_the_catalogue_is_written_in_sentences_that_fit_on_a_page(words: Catalogue) -> None:
    sentences = {f"everywhere.{name}": text for name, text in words.everywhere.items()} | {
        f"{schema}.{name}": words.of_schema[schema][name] for schema, name in words.entries()
    }

    for place, text in sentences.items():
        assert re.match(r"[A-Z`]", text), place
        assert text.endswith((".", ".`")), place
        assert len(text) <= LONGEST, place
        assert not re.search(r"\bnull\b(?! remove)|  |\n|6,000,000", text), place


def test_the_catalogue_describes_nothing_that_is_not_there(
    definition: Json, operations: Operations, words: Catalogue
) -> None:
    schemas = definition["components"]["schemas"]
    known = {(schema, name) for schema, name, _ in properties_of(definition)}
    known |= {(schema, ITSELF) for schema in schemas}
    paths = {
        key
        for path in definition["paths"]
        for before, name in re.findall(r"(?:/([^/{}]+))?/\{([a-z_]+)\}", path)
        for key in (name, f"{before}/{name}")
    }

    assert set(words.entries()) - known == set()
    assert words.path.keys() - paths == set()


def test_words_for_a_name_everywhere_are_used_in_more_than_one_schema(
    definition: Json, words: Catalogue
) -> None:
    used: dict[str, set[str]] = {name: set() for name in words.everywhere}
    for schema, name, described in properties_of(definition):
        if described.get("description") == words.everywhere.get(name, ""):
            used[name].add(schema)

    assert {name for name, schemas in used.items() if len(schemas) < 2} == set()


def test_no_schema_repeats_the_words_that_its_property_has_everywhere(words: Catalogue) -> None:
    repeated = [
        (schema, name)
        for schema, name in words.entries()
        if words.of_schema[schema][name] == words.everywhere.get(name)
    ]

    assert not repeated
