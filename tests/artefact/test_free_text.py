"""What callers say in free text stands nowhere in clear, whatever field they say it in.

The fields are those of the definition, the states those of the recorded scenes. Each field is filled with a
word that stands nowhere else; then tables, files, bus, logs, metrics and links are searched for it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.artefact.cases import Case, all_cases
from tests.artefact.conftest import SourceStage
from tests.artefact.stream_events import inserted
from tests.support.free_text import Field, free_texts, key_of, marked, marker, operations
from tests.support.personal_data import readings

type Json = dict[str, Any]

pytestmark = pytest.mark.xdist_group("artefact")

NOT_PLAYED = {
    ("correctParty", "/registration_number"): "the scenes' parties are people, who have none",
    ("previewCorrection", "/registration_number"): "the same",
    ("addClaimFacts", "/payee/iban"): "the scene's claim has a payee; another is named elsewhere",
    ("addClaimFacts", "/payee/name"): "the same",
}
"""Fields that no scene can take, each with its reason."""


@cache
def scenes() -> dict[str, list[Case]]:
    """The recorded commands and searches that succeed, by operation."""
    found: dict[str, list[Case]] = defaultdict(list)
    for played in all_cases():
        event = played.event
        if event.get("body") and played.expected.get("status", 500) < 300:
            operation = operations().get((event["httpMethod"], event["resource"]), "")
            found[operation].append(played)
    return found


BY_OPERATION: dict[str, list[Field]] = defaultdict(list)
for _field in free_texts():
    BY_OPERATION[_field.operation].append(_field)


@pytest.mark.parametrize("operation", BY_OPERATION)
def test_free_text_is_in_clear_nowhere(source_stage: SourceStage, operation: str) -> None:
    for field in BY_OPERATION[operation]:
        if (operation, field.pointer) in NOT_PLAYED:
            continue
        answers = list(_tried(source_stage, field))

        assert answers[-1:] == [200], (field.pointer, answers)


def _tried(stage: SourceStage, field: Field) -> Iterator[int]:
    """The status of each scene in which the field was filled, until one took it: 200 for any success."""
    for played in scenes()[field.operation]:
        word = marker(field)
        body = marked(field, json.loads(played.event["body"]), word)
        if body is None:
            continue
        stage.begin(*played.expected.get("given", ()))
        before = {_place(item) for item in stage.behind.items("EventsTable")}
        function = stage.function(played.folder)
        answer = function.invoke({**played.event, "body": json.dumps(body)})
        taken = answer["statusCode"] < 300
        said = [function.printed, _urls(answer), "" if taken else answer["body"]]
        said += list(_delivered(stage, before))
        assert _places_of(stage, word, said) == set(), field
        yield 200 if taken else answer["statusCode"]
        if taken:
            return


def _place(item: Json) -> tuple[str, str]:
    return item["stream"]["S"], item["sequence"]["N"]


def _delivered(stage: SourceStage, before: set[tuple[str, str]]) -> Iterator[str]:
    """What the delivery of the new events says: to its log, and to the bus."""
    items = [item for item in stage.behind.items("EventsTable") if _place(item) not in before]
    if items:
        delivery = stage.function("event_delivery")
        delivery.invoke({"Records": inserted(items)})
        yield delivery.printed
        yield stage.behind.bus()


def _urls(answer: Json) -> str:
    """The links in an answer; a form's fields and the rest of it are the caller's to read."""
    texts = readings(json.loads(answer["body"])) if answer.get("body") else ()
    return "\n".join(text for text in texts if text.startswith(("http:", "https:")))


def _places_of(stage: SourceStage, word: str, said: list[str]) -> set[str]:
    """Where a word can be read."""
    key, found = key_of(word), set[str]()
    for table in stage.behind.template.of_type("AWS::DynamoDB::Table"):
        for item in stage.behind.items(table.logical_id):
            for name, value in item.items():
                if key in "\n".join(readings(value)).lower():
                    found.add(f"{table.logical_id}.{name}")
    if key in "\n".join(readings(stage.behind.files())).lower():
        found.add("files")
    if any(key in text.lower() for text in said):
        found.add("log, bus, link or error")
    return found


def test_fifty_fields_and_more_are_filled() -> None:
    assert len(free_texts()) >= 50
    assert set(NOT_PLAYED) <= {(field.operation, field.pointer) for field in free_texts()}


def test_the_search_finds_a_word_that_is_written_in_clear(source_stage: SourceStage) -> None:
    stage = source_stage
    stage.begin("quoting/quote")
    stage.behind.write("QuotesTable", {"id": {"S": "quo_x"}, "text": {"B": b"of QZ0000XW."}})

    assert _places_of(stage, "qz0000xw", []) == {"QuotesTable.text"}
    assert _places_of(stage, "qz0000xw", ["qz0000xw"]) > {"QuotesTable.text"}
