"""What a release stored is read, understood whole and written on by today's code."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from insurance.domain.core.event import Event, first_broken_link
from insurance.domain.core.identity import policy_id_for, register_id_for
from insurance.domain.document.document import Document
from insurance.domain.events.catalogue import CATALOGUE
from insurance.dynamodb import codec, kinds
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.kinds import every_kind

from tests.artefact.cases import Case, all_cases, observed, settled
from tests.compatibility.kinds import kind_of
from tests.compatibility.release import Release, released
from tests.compatibility.shapes import RECORDS, changed_columns, columns_of
from tests.compatibility.stages import Openers, ReleasedStage, released_stage
from tests.compatibility.write import MARK, digests, note_what_no_event_leaves

type Json = dict[str, Any]

pytestmark = pytest.mark.xdist_group("compatibility")

FOLDERS = released()
REPLAYED = "Idempotent-Replayed"
NEW_CONSUMERS = frozenset({"feed came", "webhooks came", "audit came"})
"""The release before writes how far a stream was handed on without them, so they are given it again from its first
event on: the feed has a mark of each event, webhooks and the audit a note of the last one, and none takes one twice."""

UPLOADED_BEFORE_SCANS = {
    "0.9.0": frozenset(
        {
            "payment_execution/report_with_malware",
            "payment_execution/statement_uploaded",
            "payment_execution/statement_with_malware",
            "products/check_malware",
            "products/check_uploaded",
            "products/draft_malware",
            "products/draft_uploaded",
        }
    )
}
"""What names a file that was uploaded to a bucket which nobody scanned then. Such a file lives a day, and nobody can
tell later whether its scan is still to come: it is uploaded again."""

WITHOUT_A_LOOK_AT_PAYEES = frozenset({("0.9.0", "scheduler/run_of_a_correction")})
"""Its corrections do not say that money on its way to the customer is to be looked at, so one job fewer is due."""


class Left(NamedTuple):
    """A release, opened."""

    folder: Path
    release: Release
    stage: ReleasedStage
    openers: Openers


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def left(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Left]:
    release = Release.read(request.param)
    with released_stage(release, tmp_path_factory.mktemp("released")) as stage:
        openers = Openers(release, tmp_path_factory.mktemp("openers"))
        yield Left(request.param, release, stage, openers)


@pytest.mark.parametrize("played", all_cases(), ids=lambda played: played.path)
def test_what_follows_is_answered_as_if_today_had_written_it_all(left: Left, played: Case) -> None:
    """Each recorded event, on the tables as the release left them after what is given before it."""
    left.stage.take_over(left.stage.released)
    varies = played.expected.get("varies", [])
    wanted = {
        name: value
        for name, value in played.expected.items()
        if name not in {"given", "sends", "varies"}
    }

    answered = observed(left.stage.play(played), played.expected)

    if played.path in UPLOADED_BEFORE_SCANS.get(left.folder.name, ()):
        assert answered["body"]["code"] == "upload-not-scanned"
        assert "upload it again" in answered["body"]["detail"]
        return
    if (left.folder.name, played.path) in WITHOUT_A_LOOK_AT_PAYEES:
        wanted["body"] = wanted["body"] | {"jobs": wanted["body"]["jobs"] - 1}
    assert settled(answered, varies) == settled(wanted, varies)


def test_a_repeated_call_is_answered_as_the_release_answered_it(left: Left) -> None:
    replayed = 0
    for path, first in left.release.answers.items():
        if not _is_recorded(first):
            continue
        left.stage.begin(*path)
        folder = path[-1].partition("/")[0]

        again = left.stage.function(folder).invoke(first["event"])

        assert _shown(again) == _shown(first["answer"]), path
        assert again["multiValueHeaders"][REPLAYED] == ["true"], path
        replayed += 1
    assert replayed > 100


def test_a_cursor_of_the_release_leads_to_its_second_page(left: Left) -> None:
    assert len(left.release.pages) > 5
    for page in left.release.pages:
        left.stage.begin(*page["played"])
        folder = _folder_of(page["event"])

        answered = left.stage.function(folder).invoke(_as_asked_today(page["event"]))

        assert _shown(answered) == _shown(page["answer"]), page["event"]["path"]


def test_every_event_is_understood_whole_and_has_the_hash_that_it_had(left: Left) -> None:
    for item in _items(left, kinds.EVENT.name):
        event = read_event(item)
        schema = CATALOGUE[event.type].schema
        personal = left.openers.unseal(event.sealed, event.stream) if event.sealed else {}

        assert event.digest() == event.hash, event.type
        assert schema.read(event.facts, personal)[1], (event.type, event.facts)


def test_the_streams_of_every_state_hold_together(left: Left) -> None:
    read: dict[int, Event] = {}
    for path, state in left.release.states.items():
        streams: dict[str, list[Event]] = {}
        for place in state["items"]:
            table, item = left.release.items[place]
            if table == "EventsTable":
                event = read.setdefault(place, read_event(item))
                streams.setdefault(event.stream, []).append(event)
        for events in streams.values():
            events.sort(key=lambda event: event.sequence)
            after = events[0].sequence - 1  # a quote's first event may stand in its item alone
            assert first_broken_link(events, after=after) is None, path


def test_every_aggregate_is_understood_whole(left: Left) -> None:
    seen = set()
    for item in _items(left, kinds.AGGREGATE.name, kinds.DOCUMENT.name):
        if "body" not in item:
            continue
        id = _id(item)
        schema = Document if id.startswith("doc_") else RECORDS[SCHEMAS[id.partition("_")[0]]]
        about = _stream_of(id)
        personal = left.openers.unseal(item["sealed"]["B"], about) if "sealed" in item else {}
        seen.add(schema)

        assert schema.read(codec.unpack(item["body"]["B"]), personal)[1], id
    assert {each.__name__ for each in seen} == {*SCHEMAS.values(), "Document"}


SCHEMAS = {
    "bil": "BillingAccount",
    "calendar": "Calendar",
    "clm": "Claim",
    "cmp": "Complaint",
    "ear": "EarnedPremium",
    "per": "Access",
    "pmf": "PaymentFile",
    "pol": "Policy",
    "pty": "Party",
    "quo": "Quote",
    "scr": "ScreeningCase",
    "sus": "SuspendedPayment",
    "test": "ProductVersion",
}
"""The record of an aggregate, by what its id begins with."""


def test_every_kind_of_item_is_among_them(left: Left) -> None:
    found = [kind_of(table, item) for table, item in left.release.items]
    known = json.loads((left.folder / "shapes.json").read_text("utf-8"))["items"].keys()

    assert {kind.name for kind in found if kind} == known
    assert known <= {kind.name for kind in every_kind()}


def test_what_today_writes_has_the_columns_of_its_version(left: Left) -> None:
    stage, now = left.stage, Release(datetime.now(UTC))
    for played in all_cases():
        stage.take_over(stage.released)
        stage.play(played)
    for path, state in stage.written.items():
        now.add(path, state, stage.behind.template)
    note_what_no_event_leaves(stage.behind)
    now.add(("notes",), stage.behind.state(), stage.behind.template)
    before = json.loads((left.folder / "shapes.json").read_text("utf-8"))["items"]
    known = {table for table, _ in left.release.items}  # a row elsewhere, the release never writes
    columns = columns_of([(table, item) for table, item in now.items if table in known])

    changed = {
        kind.name: changed_columns(before[kind.name], columns[kind], kind)
        for kind in every_kind()
        if kind.name in before
    }

    changed["delivery"] = [each for each in changed["delivery"] if each not in NEW_CONSUMERS]
    assert {name: of for name, of in changed.items() if of} == {}, "docs/releases.md says how"


def test_every_record_is_among_the_events_and_every_type_but_those_that_are_named(
    left: Left,
) -> None:
    types = {item["type"]["S"] for item in _items(left, kinds.EVENT.name)}
    release = tuple(map(int, left.folder.name.split(".")))
    known = {
        name: each
        for name, each in CATALOGUE.items()
        if tuple(map(int, each.since.split("."))) <= release
    }
    missing = known.keys() - types

    assert {known[each].schema for each in types} == {each.schema for each in known.values()}
    assert missing <= NOT_PLAYED, (
        "a new type of event has a scene, or is named here with its reason"
    )


NOT_PLAYED = frozenset(
    {
        # What the bank says of a payment later than `paid`: a status of the same record.
        *(f"billing.refund_{each}" for each in ("failed", "returned", "reversed", "report_kept")),
        *(f"billing.return_{each}" for each in ("failed", "returned", "reversed", "report_kept")),
        *(f"redress.{each}" for each in ("failed", "returned", "reversed", "report_kept")),
        *(f"{each}_report_reviewed" for each in ("billing.refund", "billing.return")),
        *("payment.report_reviewed", "redress.report_reviewed"),
        *("billing.return_paid", "payment.returned", "payment.reversed"),
        # A second person's no, beside the yes that is played: the record loses what was asked for.
        *("billing.refund_refused", "billing.return_refused", "redress.refused", "payment.refused"),
        *("claim.denial_refused", "claim.payee_refused", "quote.referral_declined"),
        *("product.sent_back", "screening.confirmed", "party.restriction_lifted"),
        # Outcomes of a settlement that are played in two steps: the record is the same after one.
        *(
            "claim.notified_and_held",
            "claim.notified_and_incomplete",
            "claim.notified_and_referred",
        ),
        *("claim.notified_and_nothing_payable", "claim.nothing_payable", "claim.referred"),
        "claim.payee_named",
        # Products of the scenes have no arrears, limits and later versions.
        *("policy.lapsed", "policy.lapse_undone", "policy.notice_cured", "policy.notice_overtaken"),
        *("policy.limit_reinstated", "billing.charge_adjusted"),
        *("product.closed", "product.retired"),
    }
)
"""Types of event that no scene leaves. Each stores the whole record of its aggregate, as the types beside it do, and
the record's shape is guarded field by field (test_shapes.py)."""


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_was_released_is_as_it_was(folder: Path) -> None:
    mark = folder / MARK
    if mark.exists():
        assert mark.read_text("utf-8") == digests(folder)
    else:
        assert folder == FOLDERS[-1], "only the newest may still be written"


def _items(left: Left, *names: str) -> list[Json]:
    found = [(kind_of(table, item), item) for table, item in left.release.items]
    return [item for kind, item in found if kind and kind.name in names]


def _id(item: Json) -> str:
    names = ("id", "account", "mode")
    return str(next(item[name]["S"] for name in names if name in item)).replace("#", "_")


def _stream_of(id: str) -> str:
    """What the sealed facts of an item are sealed about: a document's are those of its register."""
    if not id.startswith("doc_"):
        return id
    return register_id_for(policy_id_for(id))


def _is_recorded(first: Json) -> bool:
    """Whether the call was a command that was carried out."""
    event, answer = first["event"], first["answer"]
    return (
        event.get("httpMethod") == "POST"
        and "Idempotency-Key" in event.get("headers", {})
        and answer["statusCode"] < 300
    )


def _shown(answer: Json) -> Json:
    headers = answer["multiValueHeaders"]
    return {
        "status": answer["statusCode"],
        "etag": headers.get("ETag"),
        "body": json.loads(answer["body"]) if answer.get("body") else None,
    }


def _as_asked_today(event: Json) -> Json:
    """The call with the names that parameters have since: before 1.0 an earlier one is refused."""
    query = event["queryStringParameters"]
    now = {RENAMED.get((event["path"], name), name): value for name, value in query.items()}
    several = {name: [value] for name, value in now.items()}
    return event | {"queryStringParameters": now, "multiValueQueryStringParameters": several}


RENAMED = {("/v1/policies", "status"): "standing"}


def _folder_of(event: Json) -> str:
    """The function that answers such an event."""
    routes = {
        (each.event.get("resource"), each.event.get("httpMethod")): each.folder
        for each in all_cases()
        if each.folder != "authorizer"
    }
    return routes[event["resource"], event["httpMethod"]]
