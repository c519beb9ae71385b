"""What callers say in free text stands nowhere in clear, whatever field they say it in.

The fields are those of the definition, the states those of the recorded scenes. Each field is filled with a
word that stands nowhere else; then tables, files, bus, logs, metrics and links are searched for it.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import product
from typing import Any, get_args

import pytest
from insurance import wiring
from insurance.api.path import PATH_IDS
from insurance.domain.core.errors import AlreadyErased, PartyNotFound
from insurance.operations.files.issue_download_link import take_back_copies

from tests.artefact.cases import Case, all_cases
from tests.artefact.conftest import SourceStage
from tests.artefact.stream_events import inserted
from tests.support.backend import environment
from tests.support.driving.functions import forget_wiring
from tests.support.free_text import Field, free_texts, key_of, marked, marker, operations
from tests.support.patience import limits_stretched
from tests.support.personal_data import readings
from tests.support.stores import erase

type Json = dict[str, Any]

pytestmark = pytest.mark.xdist_group("artefact")


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


SHOWN_TO_NOBODY = {
    "answerDataRequest",
    "approveClaimPayee",
    "approveClaimPayment",
    "approveRedress",
    "confirmClaimDecision",
    "recordBankReport",
    "recordDataRequest",
    "decideQuoteReferral",
    "screenRedress",
    "approveRefund",
    "decideScreening",
    "exportPartyData",
    "grantPolicyAccess",
    "offerRedress",
    "previewCorrection",
    "previewOwnCorrection",
    "previewQuote",
    "previewTransfer",
    "recordPayment",
    "requestRefund",
    "screenClaimPayment",
    "screenRefund",
    "withdrawPolicyAccess",
}
"""Operations whose words no reading shows: reasons that the event keeps, payees and payers of whom the name is masked or
not in these scenes, proofs, and what previews and accesses do not store."""

NAMES_WHO_IS_THERE = {("recordInterestedParties", "/interested_parties/-/party_reference")}
"""By operation and place: what a partner calls a customer who is there already. Any other word is looked for and kept nowhere."""

BY_OPERATION: dict[str, list[Field]] = defaultdict(list)
for _field in free_texts():
    BY_OPERATION[_field.operation].append(_field)


@pytest.mark.parametrize("operation", BY_OPERATION)
def test_free_text_is_in_clear_nowhere(source_stage: SourceStage, operation: str) -> None:
    for field in BY_OPERATION[operation]:
        answers = list(_tried(source_stage, field))

        wanted = 404 if field[:2] in NAMES_WHO_IS_THERE else 200
        assert answers[-1:] == [wanted], (field.pointer, answers)


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
        assert _places_of(word, [*_readable(stage), *_told(said)]) == set(), field
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


type Texts = list[tuple[str, str]]
"""What can be read, in lower case, with where it stands."""


def _readable(stage: SourceStage) -> Texts:
    """What stands in tables and files."""
    texts = [("files", "\n".join(readings(stage.behind.files())).lower())]
    for table in stage.behind.template.of_type("AWS::DynamoDB::Table"):
        texts += [
            (f"{table.logical_id}.{name}", "\n".join(readings(value)).lower())
            for item in stage.behind.items(table.logical_id)
            for name, value in item.items()
        ]
    return texts


def _told(said: list[str]) -> Texts:
    return [("log, bus, link or error", text.lower()) for text in said]


def _places_of(word: str, texts: Texts) -> set[str]:
    """Where a word can be read."""
    return {place for place, text in texts if key_of(word) in text}


WRITING = sorted(
    {field.operation for field in free_texts() if not field.operation.startswith("search")}
)


@pytest.mark.parametrize("operation", WRITING)
def test_no_route_shows_it_once_its_people_were_erased(
    source_stage: SourceStage, operation: str
) -> None:
    """Every field of the operation is filled, the keys of all parties are destroyed, and everything is read."""
    stage = source_stage
    words = _said_at_once(stage, BY_OPERATION[operation])
    assert words, operation
    seen = _seen_by_reading(stage)
    shown = any(key_of(word) in seen for word in words.values())
    assert shown is (operation not in SHOWN_TO_NOBODY)

    _erase_everybody(stage)

    after = _seen_by_reading(stage)
    assert {field: word for field, word in words.items() if key_of(word) in after} == {}
    readable = _readable(stage)
    assert {word for word in words.values() if _places_of(word, readable)} == set()


def _said_at_once(stage: SourceStage, fields: list[Field]) -> dict[Field, str]:
    """The words of as many fields as one scene of the operation takes; the stage stands behind it."""
    best: dict[Field, str] = {}
    for played in scenes()[fields[0].operation]:
        body, words = json.loads(played.event["body"]), {}
        for field in fields:
            word = marker(field)
            marked_too = marked(field, body, word)
            if marked_too is not None:
                body, words[field] = marked_too, word
        while words:
            stage.begin(*played.expected.get("given", ()))
            event = {**played.event, "body": json.dumps(body)}
            answer = stage.function(played.folder).invoke(event)
            if answer["statusCode"] < 300:
                break
            field = next(reversed(words))  # what the scene does not take together with the others
            del words[field]
            body = json.loads(played.event["body"])
            for kept, word in words.items():
                body = marked(kept, body, word) or body
        if len(words) > len(best):
            best = words
        if len(best) == len(fields):
            return best
    return best


READS: dict[tuple[str, str], Case] = {
    (played.event["resource"], json.dumps(played.event["requestContext"]["authorizer"])): played
    for played in all_cases()
    if played.event.get("httpMethod") == "GET" and played.expected.get("status") == 200
}
"""One recorded reading for each route and each caller that has one."""
ID = re.compile(r"\b[a-z]{3}_test_[0-9a-z]{16,}(?:_[0-9]+)*")
PREFIXES = {name: str(get_args(form)[1].pattern)[1:4] for name, (form, _) in PATH_IDS.items()}


def _ids(stage: SourceStage) -> dict[str, list[str]]:
    """Every id that stands anywhere in the tables, by its prefix."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in stage.behind.template.of_type("AWS::DynamoDB::Table"):
        for item in stage.behind.items(table.logical_id):
            for text in readings(item):
                for id in ID.findall(text):
                    found[id[:3]].add(id)
    return {prefix: sorted(ids) for prefix, ids in found.items()}


def _readings_of(played: Case, ids: dict[str, list[str]]) -> Iterator[Json]:
    """The recorded reading of a route, of every object that there is; none, if there is none of its kind."""
    parameters = played.event.get("pathParameters") or {}
    known = [name for name in parameters if name in PREFIXES]
    choices = [ids.get(PREFIXES[name], []) for name in known]
    for chosen in product(*choices):
        values = {**parameters, **dict(zip(known, chosen, strict=True))}
        path = played.event["resource"]
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", value)
        yield {**played.event, "path": path, "pathParameters": values or None}


def _seen_by_reading(stage: SourceStage) -> str:
    """What the routes show of all that there is, what is said in the log meanwhile, and what was given out."""
    items = stage.behind.items("EventsTable")
    images = [each["dynamodb"]["NewImage"] for each in inserted(items)]
    stage.function("event_delivery").invoke({"Index": images})
    ids, said = _ids(stage), list(readings(stage.behind.files()))
    for played in READS.values():
        function = stage.function(played.folder)
        for event in _readings_of(played, ids):
            answer = function.invoke(event)
            said += [*readings(answer.get("body") or ""), function.printed]
    return "\n".join(said).lower()


def _erase_everybody(stage: SourceStage) -> None:
    """Destroy the key of every party, whatever holds it, and take back what was given out."""
    behind = stage.behind
    with environment(stage.environment_of("customers")), limits_stretched():
        forget_wiring()
        stores, files = wiring.stores(), [wiring.objects("documents"), wiring.objects("evidence")]
        parties = {item["id"]["S"] for item in behind.items("PartiesTable") if _is_party(item)}
        for party_id in sorted(parties):
            with suppress(AlreadyErased, PartyNotFound):
                erase(stores, party_id, key=f"erase {party_id}")
        take_back_copies(sorted(parties), files)
        forget_wiring()


def _is_party(item: Json) -> bool:
    return str(item["id"]["S"]).startswith("pty_")


def test_fifty_fields_and_more_are_filled() -> None:
    assert len(free_texts()) >= 50


def test_the_search_finds_a_word_that_is_written_in_clear(source_stage: SourceStage) -> None:
    stage = source_stage
    stage.begin("quoting/quote")
    stage.behind.write("QuotesTable", {"id": {"S": "quo_x"}, "text": {"B": b"of QZ0000XW."}})

    readable = _readable(stage)
    assert _places_of("qz0000xw", readable) == {"QuotesTable.text"}
    assert _places_of("qz0000xw", [*readable, *_told(["qz0000xw"])]) > {"QuotesTable.text"}
