"""The definition's bounds are real: each has a source in the code, every recorded answer lies within them, and a field
whose values are a closed vocabulary lists them."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from insurance.api.body import NO_TEXT
from jsonschema import Draft202012Validator

from tools.openapi import forms
from tools.openapi.forms import ANSWER_BYTES_MAX, PLAIN_TEXT
from tools.openapi.handlers import ROOT
from tools.openapi.schemas import REFERENCE
from tools.words.vocabulary import vocabularies

type Json = dict[str, Any]
type Operations = list[tuple[str, Json]]

AS_LONG_AS_AN_ANSWER = {
    *("JournalView.text", "LedgerExportView.text"),
    *("PartnerStatementView.csv", "RegisterExportView.csv", "UsageStatementView.csv"),
    "BatchLineageView.openlineage",
}
"""Files as text, which end where the answer does: Lambda answers 6 MB. Nothing else may say so."""

OPEN: Mapping[str, str] = {
    "WorkView.status": "that of a claim, a quote, a complaint or a customer's request, as `kind` says",
    "EventView.type": "types are added with every release; docs list them",
    "AccountLineView.type": "as EventView.type",
    "FeedEventView.type": "as EventView.type",
    "ErasureView.reason": "erasures of old have words in place of a code",
    "DeadlineView.code": "a jurisdiction's rules may name further acts",
    "SetAsideView.reason": "the name of an error of the code",
    "EntryView.reason": "codes of how an entry was read, which grow",
    "EvidenceView.code": "what a cover asks for, by the product, or `other`",
    "StatementView.statement": "the bank's id, or the name of our own form",
}
"""Fields whose values look closed and are not."""
CLOSED_NAMES = re.compile(
    "^(status|kind|outcome|decision|mode|currency|cost_type|channel|category|root_cause|closed_as|holding|role"
    "|account|debit|credit|format|media_type|classification)$"
)
"""Names that stand for closed vocabularies in this API."""


def strings_of(definition: Json) -> Iterator[tuple[str, Json]]:
    """Each text of a component, with the place of the property that it stands in."""
    for schema, component in definition["components"]["schemas"].items():
        for name, field in component.get("properties", {}).items():
            yield from _texts(f"{schema}.{name}", field)


def _texts(place: str, part: Json) -> Iterator[tuple[str, Json]]:
    if part.get("type") == "string":
        yield place, part
    for inner in (part.get("items"), part.get("additionalProperties"), *part.get("anyOf", ())):
        if isinstance(inner, dict):
            yield from _texts(place, inner)


def test_every_text_has_a_form_and_an_end(definition: Json) -> None:
    texts = list(strings_of(definition))
    shapeless = {
        place for place, text in texts if not {"pattern", "format", "enum", "const"} & text.keys()
    }
    endless = {place for place, text in texts if not {"maxLength", "enum", "const"} & text.keys()}

    assert len(texts) >= 600
    assert not shapeless, "give it a form in tools/openapi/forms.py"
    assert not endless, "give it an end in tools/openapi/forms.py"


def test_nothing_is_as_long_as_an_answer_but_files_as_text(definition: Json) -> None:
    longest = {
        place
        for place, text in strings_of(definition)
        if text.get("maxLength", 0) >= ANSWER_BYTES_MAX
    }

    assert longest == AS_LONG_AS_AN_ANSWER


@pytest.mark.parametrize("kind", ["STRINGS", "NUMBERS", "ITEMS"])
def test_every_form_is_one_of_a_field_that_is_there(definition: Json, kind: str) -> None:
    schemas = definition["components"]["schemas"]
    places = {
        f"{schema}.{name}" for schema in schemas for name in schemas[schema].get("properties", ())
    }
    names = {place.partition(".")[2] for place in places}

    assert not getattr(forms, kind).keys() - places - names


@pytest.mark.parametrize("sign", [chr(code) for code in (*range(32), 0x7F, 0xE9, 0x2603)])
def test_plain_text_is_what_requests_take(sign: str) -> None:
    assert bool(re.search(PLAIN_TEXT, f"a{sign}b")) == (not NO_TEXT.search(sign))


@cache
def recorded() -> tuple[tuple[str, str, str, Any], ...]:
    """File, method, path and body of every good answer in events/."""
    found = []
    for file in sorted((ROOT / "events").glob("*/*.expected.json")):
        expected = json.loads(file.read_text("utf-8"))
        event = json.loads(
            file.with_name(file.name.replace(".expected.json", ".json")).read_text("utf-8")
        )
        if "httpMethod" in event and str(expected.get("status", ""))[:1] == "2":
            found.append(
                (file.stem, event["httpMethod"].lower(), event["resource"], expected["body"])
            )
    return tuple(found)


def test_every_recorded_answer_fits_the_definition(definition: Json) -> None:
    components = {"components": {"schemas": definition["components"]["schemas"]}}
    validators: dict[str, Draft202012Validator] = {}
    misfits = {}
    for name, method, path, body in recorded():
        answers = definition["paths"][path][method]["responses"]
        (good,) = (answers[status] for status in answers if status[0] == "2")
        schema = good["content"]["application/json"]["schema"]
        validator = validators.setdefault(
            json.dumps(schema), Draft202012Validator({**schema, **components})
        )
        for error in validator.iter_errors(body):
            misfits[f"{name} {error.json_path}"] = error.message[:200]

    assert len(recorded()) >= 200
    assert not misfits


def test_fields_with_names_of_closed_vocabularies_list_their_values(definition: Json) -> None:
    unlisted = {
        place
        for place, text in strings_of(definition)
        if CLOSED_NAMES.match(place.rpartition(".")[2])
        and not {"enum", "const"} & text.keys()
        and place not in OPEN
    }

    assert not unlisted


def test_parameters_of_paths_with_a_closed_vocabulary_list_its_values(
    operations: Operations, definition: Json
) -> None:
    found = {
        (parameter["name"], parameter["schema"].get("$ref", ""))
        for _, operation in operations
        for parameter in operation["parameters"]
        if parameter["in"] == "path" and CLOSED_NAMES.match(parameter["name"])
    }

    assert {name for name, _ in found} == {"account", "currency", "format"}
    for _, reference in found:
        assert definition["components"]["schemas"][reference.removeprefix(REFERENCE)]["enum"]


def test_a_field_whose_recorded_values_are_all_of_one_vocabulary_lists_its_values(
    definition: Json,
) -> None:
    """What the answers of all scenes hold is compared with every enumeration of the domain."""
    values: dict[str, set[str]] = defaultdict(set)
    for _, method, path, body in recorded():
        answers = definition["paths"][path][method]["responses"]
        (good,) = (answers[status] for status in answers if status[0] == "2")
        _collect(good["content"]["application/json"]["schema"], body, definition, values)
    closed = {
        place: sorted(found)
        for place, found in values.items()
        if place not in OPEN
        and any(found <= members and len(members) > 1 for members in vocabularies().values())
    }

    assert values
    assert not closed


def _collect(
    schema: Json, value: Any, definition: Json, into: dict[str, set[str]], place: str = ""
) -> None:
    """The values of plain texts, by schema and property."""
    if reference := schema.get("$ref"):
        name = str(reference).removeprefix(REFERENCE)
        _collect(definition["components"]["schemas"][name], value, definition, into, f"{name}.")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in schema.get("properties", {}):
                _collect(schema["properties"][key], inner, definition, into, place + key)
    elif isinstance(value, list) and "items" in schema:
        for inner in value:
            _collect(schema["items"], inner, definition, into, place)
    elif isinstance(value, str) and not {"enum", "const", "format"} & schema.keys():
        into[place].add(value)
