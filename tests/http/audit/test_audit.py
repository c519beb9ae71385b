"""The audit over HTTP: roots, the proof of one event as an outsider checks it, and broken links."""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from insurance.operations.audit.mark_moved import MovedStreams

from tests.fakes.audit import MemorySigner
from tests.support.calls import CONTEXT, application, staff
from tests.support.claims import issued
from tests.support.platform import Platform

type Json = dict[str, Any]

PAGE = Path(__file__).parents[3] / "docs" / "audit.md"
HARBOUR = application("app_test_one", "harbour", scopes="events:read")
MEADOW = application("app_test_two", "meadow", scopes="events:read")
AUDITOR = staff("ada", "auditor", "audit:read coverwright/events:read")


def night(platform: Platform) -> Json:
    """Delivery has brought the events, and the schedule's run closes the day."""
    moved = MovedStreams(platform.stores.audit_records)
    for event in platform.events():
        moved.take(event)
    assert moved.flush() == {}
    run: Json = platform.apps["audit"].handler({"roots": ["test"], "today": True}, CONTEXT)
    return run


@pytest.fixture
def policy_id(platform: Platform) -> str:
    policy_id = issued(platform)
    night(platform)
    return policy_id


def proof_of(platform: Platform, policy_id: str, **by: Any) -> Json:
    found: Json = platform.get(f"/v1/events/{policy_id}/1/proof", **{"by": HARBOUR, **by})
    return found


@pytest.fixture
def outsider(tmp_path: Path) -> Any:
    """Somebody with the script of the docs and three files, who asks nobody."""
    [script] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    assert script.count("\n") <= 60
    (tmp_path / "verify.py").write_text(script, "utf-8")

    def check(proof: Json, root: Json, key: str) -> "subprocess.CompletedProcess[str]":
        (tmp_path / "proof.json").write_text(json.dumps(proof), "utf-8")
        (tmp_path / "root.json").write_text(json.dumps(root), "utf-8")
        (tmp_path / "key.txt").write_text(key, "utf-8")
        return subprocess.run(
            [sys.executable, "-I", "verify.py", "proof.json", "root.json", "key.txt"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={},
        )

    return check


def b64_of_another_key() -> str:
    return base64.b64encode(MemorySigner().public_key).decode()


def test_an_outsider_checks_an_event_with_proof_root_and_key(
    platform: Platform, policy_id: str, outsider: Any
):
    proof = proof_of(platform, policy_id)
    roots = platform.get("/v1/audit/roots", by=HARBOUR)["items"]
    [root] = [
        each for each in roots if each["document"]["number"] == proof["root"]["document"]["number"]
    ]
    del proof["root"]

    another = b64_of_another_key()
    checked = outsider(proof, root, f"{another}\n{root['public_key']}\n")

    assert (checked.returncode, checked.stderr) == (0, "")
    assert f"{policy_id}-1 was recorded by {root['document']['day']}" in checked.stdout


def altered(proof: Json, *place: str, to: Any) -> Json:
    changed: Json = json.loads(json.dumps(proof))
    part = changed
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = to
    return changed


def test_an_outsider_refuses_whatever_was_altered(
    platform: Platform, policy_id: str, outsider: Any
):
    proof = proof_of(platform, policy_id)
    root, key = proof["root"], proof["root"]["public_key"]
    other = base64.b64encode(
        platform.apps["audit"].wiring.root_signer.__wrapped__().public_key
    ).decode()
    flipped = f"{int(proof['hash'][0], 16) ^ 1:x}{proof['hash'][1:]}"
    alterations = [
        (altered(proof, "content", "actor", to="somebody"), root, key),
        (altered(altered(proof, "content", to=None), "hash", to=flipped), root, key),
        (altered(proof, "content", "sequence", to=2), root, key),
        (altered(proof, "sequence", to=2), root, key),
        (altered(proof, "stream", to="pol_test_0000000000000000"), root, key),
        (altered(proof, "leaf", "last", to=9), root, key),
        (altered(proof, "leaf", "head", to=flipped), root, key),
        (altered(proof, "leaf_index", to=proof["leaf_index"] + 1), root, key),
        (altered(proof, "leaf_index", to=proof["leaf_index"] + 2**20), root, key),
        (altered(proof, "leaf_index", to=proof["leaf_index"] - 2**20), root, key),
        (altered(proof, "path", to=proof["path"][:-1]), root, key),
        (altered(proof, "path", to=[*proof["path"], flipped]), root, key),
        (altered(proof, "event_path", to=[flipped]), root, key),
        (proof, altered(root, "document", "root", to=flipped), key),
        (proof, altered(root, "document", "day", to="2020-01-01"), key),
        (proof, root, other),
    ]

    assert [
        number for number, each in enumerate(alterations) if outsider(*each).returncode == 0
    ] == []


def test_a_proof_holds_nothing_of_another_event_and_nothing_personal(
    platform: Platform, policy_id: str
):
    text = json.dumps(proof_of(platform, policy_id))

    others = {event.stream for event in platform.events()} - {policy_id}
    assert others
    said = text.replace(policy_id, "")
    quoted = {"quo_" + policy_id.removeprefix("pol_"), "pty_" + policy_id.removeprefix("pol_")}
    assert not [stream for stream in others - quoted if stream in said]
    assert "Merton" not in text


def test_a_partner_proves_its_own_book_alone_and_another_learns_nothing(
    platform: Platform, policy_id: str
):
    foreign = platform.call("GET", f"/v1/events/{policy_id}/1/proof", by=MEADOW)
    missing = platform.call("GET", f"/v1/events/{policy_id}/99/proof", by=HARBOUR)
    no_number = platform.call("GET", f"/v1/events/{policy_id}/first/proof", by=HARBOUR)
    no_stream = platform.call("GET", "/v1/events/nothing/1/proof", by=HARBOUR)

    assert {each.status for each in (foreign, missing, no_number, no_stream)} == {404}
    assert {each.code for each in (foreign, missing, no_number, no_stream)} == {"event-not-found"}
    same = [
        {**each.body, "detail": each.body["detail"].replace("-99.", "-1."), "request_id": ""}
        for each in (foreign, missing)
    ]
    assert same[0] == same[1]


def test_an_auditor_proves_any_event(platform: Platform, policy_id: str):
    assert proof_of(platform, policy_id, by=AUDITOR)["content"]["stream"] == policy_id


def test_an_event_of_today_has_no_root_yet(platform: Platform):
    policy_id = issued(platform)

    answer = platform.call("GET", f"/v1/events/{policy_id}/1/proof", by=HARBOUR)

    assert (answer.status, answer.code) == (409, "no-root-yet")


def test_roots_are_chained_page_by_page(platform: Platform, policy_id: str):
    night(platform)
    first = platform.get("/v1/audit/roots", by=HARBOUR, query={"limit": "1"})
    second = platform.get(
        "/v1/audit/roots", by=HARBOUR, query={"limit": "9", "after": first["next"]}
    )

    numbers = [each["document"]["number"] for each in first["items"] + second["items"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 2


def test_what_nobody_touched_is_verified(platform: Platform, policy_id: str):
    one = platform.get("/v1/audit/verification", by=AUDITOR, query={"stream": policy_id})
    calls = [platform.get("/v1/audit/verification", by=AUDITOR)]
    while "next" in calls[-1]:
        query = {"after": calls[-1]["next"]}
        calls.append(platform.get("/v1/audit/verification", by=AUDITOR, query=query))

    assert (one["verified"], one["items"], one["events"]) == (True, [], 1)
    assert all(call["verified"] for call in calls)
    assert sum(call["streams"] for call in calls) == len({e.stream for e in platform.events()})


def test_the_first_broken_link_is_named(platform: Platform, policy_id: str):
    stores = platform.stores
    stores.client.update_item(
        TableName=stores._tables.events,
        Key={"stream": {"S": policy_id}, "sequence": {"N": "1"}},
        UpdateExpression="SET actor = :actor",
        ExpressionAttributeValues={":actor": {"S": "somebody"}},
    )

    answer = platform.get("/v1/audit/verification", by=AUDITOR, query={"stream": policy_id})

    assert answer["verified"] is False
    assert answer["items"] == [{"stream": policy_id, "sequence": 1, "fault": "changed"}]


@pytest.mark.parametrize(
    "query", [{"stream": "nothing"}, {"after": "x"}, {"stream": "pol_test_a", "after": "x"}]
)
def test_what_cannot_be_checked_is_refused(platform: Platform, query: Json):
    answer = platform.call("GET", "/v1/audit/verification", by=AUDITOR, query=query)

    assert (answer.status, answer.code) == (422, "invalid-fields")


def test_a_stream_that_there_is_not_is_unknown(platform: Platform):
    query = {"stream": "pol_test_0000000000000000"}
    answer = platform.call("GET", "/v1/audit/verification", by=AUDITOR, query=query)

    assert (answer.status, answer.code) == (404, "event-not-found")
