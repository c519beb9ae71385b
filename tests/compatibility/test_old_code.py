"""A canary: the code of the release before and today's work on one set of tables, and neither spoils the other's."""

import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from insurance.domain.core.delivery import Consumer
from insurance.domain.core.packing import pack, unpack
from insurance.dynamodb.aggregates import event_item, read_event
from insurance.dynamodb.delivery.deliveries import DynamoDBDeliveries
from insurance.dynamodb.tables import Tables

from tests.artefact.backend import backend
from tests.artefact.cases import Case, all_cases, case, observed, settled
from tests.artefact.conftest import SourceStage
from tests.artefact.stream_events import inserted
from tests.compatibility.release import HERE, released
from tests.compatibility.write import CODE, logical_id
from tests.support.waiting import ENDED_SECONDS

type Json = dict[str, Any]

with tarfile.open(released()[-1] / CODE) as _archive:
    OLD_FUNCTIONS = {
        Path(each).parent.name for each in _archive.getnames() if each.endswith("/app.py")
    }

pytestmark = pytest.mark.xdist_group("canary")

OF_A_FUNCTION = 3
"""Cases of each function that the old code plays: those that stand on most."""
NO_SCENES = frozenset({"authorizer", "event_delivery", "event_register", "webhook_delivery"})
"""What they are given is no call of the API: tokens of the moment, and records of a stream."""
SETTLED = (
    *("quoting/quote", "quoting/accept", "policy_issuance/issue"),
    *("claim_intake/notify", "settlement/settle"),
)
"""A claim whose second event has a payment for the bank."""
SHOWN_SINCE = frozenset(
    {
        "payers",
        "payee_name_of",
        "payee_account_of",
        "contracts_as_of",
        "interested_parties",
        "other_policies",
    }
)
"""Fields of today's answers that the release does not have."""
FLAGS = frozenset({"cancel_pending", "delinquent", "do_not_renew"})
"""What 0.9.0 shows among a policy's statuses, and today beside the status."""
RENAMED = {
    **{f"policy_{name}": name for name in ("status", "flags")},
    **dict.fromkeys(("payment_status", "period_status", "subject_status"), "status"),
    "files": "items",
}
"""Names of today's answers that have another name in those of 0.9.0."""
SAID_OTHERWISE = frozenset({"referred_because"})
"""Sentences for people that say more today."""
DECIDED_OTHERWISE = {
    **dict.fromkeys(
        ("quoting/upload", "quoting/upload_of_changes", "quoting/upload_malware"),
        "0.9.0 takes no answers by an upload (ADR 52)",
    ),
    **dict.fromkeys(
        ("scheduler/run_of_a_correction", "scheduler/run_of_a_corrected_payee"),
        "0.9.0 has nobody look at whom money goes to after a correction",
    ),
    "reporting/journal": "the chart of 0.9.0 lacks the account of balances that came along (ADR 59)",
    "billing/approve_refund": "0.9.0 lets a refund in the policyholder's name go to any account (ADR 44)",
}
SINCE = frozenset({Consumer.FEED, Consumer.WEBHOOKS, Consumer.AUDIT})
"""Consumers that the release does not have: it brought them nothing."""
LEFT_TO_NEWER = frozenset({"billing/payment_that_names_its_payer", "policy_servicing/renew"})
"""What stands on these has a field that the release does not have: it leaves the account, or the offer, as it is."""

SURROUNDINGS = {"AWS_DATA_PATH": "", "NO_PROXY": "*"}


class OldCode:
    """The functions of a release, each in a process that has nothing of today's code on its path."""

    def __init__(self, folder: Path, stage: SourceStage) -> None:
        with tarfile.open(HERE / folder.name / CODE) as archive:
            archive.extractall(folder, filter="data")
        self._folder, self._stage = folder, stage
        self._process = self._started()

    def play(self, played: Case) -> Any:
        process = self._process
        environment = self._stage.environment_of(played.folder) | SURROUNDINGS
        call = {"function": played.folder, "environment": environment, "event": played.event}
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(call) + "\n")
        process.stdin.flush()
        said = json.loads(process.stdout.readline())
        assert said["from"].startswith(str(self._folder)), "this is today's code"
        return said["answer"]

    def close(self) -> None:
        self._process.communicate(timeout=ENDED_SECONDS)

    def _started(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-P", str(HERE / "old_code.py"), str(self._folder)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=self._folder)  # noqa: S603 - our own script


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SourceStage]:
    """Today's functions."""
    with backend(tmp_path_factory.mktemp("canary")) as behind:
        yield SourceStage(behind)


@pytest.fixture(scope="module")
def old(stage: SourceStage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OldCode]:
    """The newest release's."""
    folder = tmp_path_factory.mktemp("old") / released()[-1].name
    folder.mkdir()
    code = OldCode(folder, stage)
    yield code
    code.close()


@cache
def _old_functions() -> frozenset[str]:
    """The folders of the functions that the newest release has."""
    with tarfile.open(released()[-1] / CODE) as archive:
        names = [name.split("/") for name in archive.getnames()]
    return frozenset(parts[1] for parts in names if parts[0] == "functions" and len(parts) > 2)


def _given(played: Case) -> tuple[str, ...]:
    return tuple(played.expected.get("given", ()))


def _chosen() -> list[Case]:
    """Of each function those that stand on most."""
    cases = [each for each in all_cases() if each.folder not in NO_SCENES and _is_call(each)]
    cases = [each for each in cases if not _differs((*_given(each), each.path))]
    return [
        each
        for _, own in groupby(cases, key=lambda each: each.folder)
        for each in sorted(own, key=lambda each: -len(_given(each)))[:OF_A_FUNCTION]
    ]


def _is_call(played: Case) -> bool:
    known = all(
        path.partition("/")[0] in _old_functions() for path in (played.path, *_given(played))
    )
    return known and "httpMethod" in played.event and played.expected.get("status", 500) < 300


def _relays() -> list[tuple[str, ...]]:
    """The longest chains, each function at the end of one at most."""
    chains = {(*_given(each), each.path) for each in all_cases() if _is_call(each)}
    calls = [
        chain for chain in chains if not any(path.partition("/")[0] in NO_SCENES for path in chain)
    ]
    calls = [chain for chain in calls if not _differs(chain)]
    by_end = sorted(calls, key=lambda chain: (chain[-1].partition("/")[0], -len(chain), chain))
    return [next(own) for _, own in groupby(by_end, key=lambda chain: chain[-1].partition("/")[0])]


def _differs(chain: tuple[str, ...]) -> bool:
    later = any(path.partition("/")[0] not in OLD_FUNCTIONS for path in chain)
    return later or not {*LEFT_TO_NEWER, *DECIDED_OTHERWISE}.isdisjoint(chain)


def _check(played: Case, answer: Any, *, by_the_old: bool) -> None:
    varies = played.expected.get("varies", [])
    wanted = {
        name: value
        for name, value in played.expected.items()
        if name not in {"given", "sends", "varies"}
    }
    shown = observed(answer, played.expected)
    if by_the_old:
        shown, wanted = _without(shown, SAID_OTHERWISE), _without(wanted, SAID_OTHERWISE)
        wanted = _without(wanted, SHOWN_SINCE)
        shown, wanted = _as_today(shown), _as_today(wanted)
        varies = ["/".join(RENAMED.get(step, step) for step in each.split("/")) for each in varies]
    assert settled(shown, varies) == settled(wanted, varies)


def _as_today(value: Any) -> Any:
    """An answer of either release with the names that do not tell them apart."""
    if isinstance(value, list):
        return [_as_today(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    found = {RENAMED.get(name, name): _as_today(inner) for name, inner in value.items()}
    if isinstance(found.get("status"), list):
        codes = found["status"]
        found["status"] = next(code for code in codes if code not in FLAGS)
        found["flags"] = [code for code in codes if code in FLAGS]
    if found.get("kind") == "party":  # in a work list: 0.9.0 says `open`, today says nothing
        found.pop("status", None)
    return found


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(inner, names) for name, inner in value.items() if name not in names}
    return [_without(inner, names) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("played", _chosen(), ids=lambda played: played.path)
def test_the_old_code_goes_on_from_what_today_wrote(
    old: OldCode, stage: SourceStage, played: Case
) -> None:
    stage.begin(*_given(played))

    _check(played, old.play(played), by_the_old=True)


def test_the_old_code_leaves_an_account_whose_payer_it_does_not_know(
    old: OldCode, stage: SourceStage
) -> None:
    played = case("billing/approve_refund_to_who_paid")
    stage.begin(*_given(played))
    before = stage.behind.state()

    refused = old.play(played)

    assert refused["statusCode"] == 503
    assert "newer release" in refused["body"]
    assert stage.behind.state() == before


@pytest.mark.parametrize("first", ["old", "today"])
@pytest.mark.parametrize("chain", _relays(), ids=lambda chain: chain[-1])
def test_both_take_turns_on_one_set_of_tables(
    old: OldCode, stage: SourceStage, chain: tuple[str, ...], first: str
) -> None:
    stage.begin()
    for place, path in enumerate(chain):
        played = case(path)
        by_the_old = (place % 2 == 0) is (first == "old") and "sends" not in played.expected
        answer = old.play(played) if by_the_old else stage.go_on(played)
        _check(played, answer, by_the_old=by_the_old)


def test_the_old_code_shows_what_it_does_not_know_and_writes_nothing_in_its_place(
    old: OldCode, stage: SourceStage
) -> None:
    """Today's code, a release later: it stores a field that the old code does not have."""
    stage.begin("quoting/quote")
    [quote] = stage.behind.items("QuotesTable")
    facts = unpack(quote["body"]["B"]) | {"carbon_budget": 12}
    stage.behind.write("QuotesTable", quote | {"body": {"B": pack(facts)}})
    before = stage.behind.state()

    _check(case("quoting/read"), old.play(case("quoting/read")), by_the_old=True)
    refused = old.play(case("quoting/accept"))

    assert refused["statusCode"] == 503
    assert "newer release" in refused["body"]
    assert stage.behind.state() == before


@pytest.mark.parametrize("says", [{"held": True}, {"status": "held"}], ids=["field", "value"])
def test_the_old_code_delivers_no_event_that_it_does_not_know_whole(
    old: OldCode, stage: SourceStage, says: Json
) -> None:
    """A newer release holds a payment: the old code neither pays it nor lets any consumer pass it."""
    stage.begin(*SETTLED)
    notified, settled = sorted(
        (each for each in stage.behind.items("EventsTable") if "clm_" in each["stream"]["S"]),
        key=lambda each: int(each["sequence"]["N"]),
    )
    event = read_event(settled)
    [payment] = event.facts["payments"]
    newer = event.replace(facts={**event.facts, "payments": [{**payment, **says}]})
    written = event_item(newer.replace(hash=newer.digest()))
    stage.behind.write("EventsTable", written)

    answer = old.play(_delivery_of({"Records": inserted([notified, written])}))

    assert answer == {"batchItemFailures": []}
    assert _lacking(stage, event.stream) == dict.fromkeys(Consumer, 1) | dict.fromkeys(SINCE, 0)
    assert stage.behind.items("PaymentsTable") == []
    stage.behind.write("EventsTable", settled)  # as a release that knows it reads it
    stage.go_on(_delivery_of({"CatchUp": {"immediately": True}}))
    assert _lacking(stage, event.stream) == {}
    assert len(stage.behind.items("PaymentsTable")) == 1


def test_the_old_code_lists_the_work_of_those_who_decide_matches_without_them(
    old: OldCode, stage: SourceStage
) -> None:
    stage.begin("customers/register", "customers/register_company")
    company = case("customers/register_company").expected["body"]["id"]
    run = case("data_steward/run")
    named = run.event | {"body": json.dumps({"party_id": company})}
    [match] = json.loads(stage.go_on(Case(run.path, named, {}))["body"])["matches"]
    listed = case("work_list/requests_about_data").event
    role = {"queryStringParameters": {"role": "call_centre"}, "multiValueQueryStringParameters": {"role": ["call_centre"]}}  # fmt: skip
    claims = {"sub": "carol", "scope": "coverwright/work:read", "cognito:groups": "call_centre,test"}  # fmt: skip
    context = listed["requestContext"] | {"authorizer": {"claims": claims}}
    work = Case("work_list/call_centre", listed | role | {"requestContext": context}, {})

    of_today, of_the_old = stage.go_on(work), old.play(work)

    assert [each["id"] for each in json.loads(of_today["body"])["items"]] == [match["id"]]
    assert of_the_old["statusCode"] == 200
    assert json.loads(of_the_old["body"])["items"] == []


def _delivery_of(event: Json) -> Case:
    return Case("event_delivery/newer", event, {})


def _lacking(stage: SourceStage, stream: str) -> dict[Consumer, int]:
    template = stage.behind.template
    tables = Tables(lambda name: template.resources[logical_id(name)].name)
    [standing] = DynamoDBDeliveries(stage.behind.dynamodb, tables).read([stream])
    assert standing.set_aside == ()
    return dict(standing.lacking)
