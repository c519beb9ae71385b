"""Every call leaves one record of who called what, about which object, whose data, and the answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from insurance.api.route import Route
from insurance.domain.core.caller import CallerKind

from tests.support.calls import BANK, CONTEXT, FOLDERS, LOSS_CLOCK, PARTNER, staff
from tests.support.platform import Platform
from tests.support.route_calls import IDS, call, welcome

type Json = dict[str, Any]
HANDLER = staff("staff-hannah", "claims_handler", "claims:read claims:assess")
STRANGER = staff("staff-rita", "receptionist", "claims:read claims:assess")

NOT_LET_IN = {"no-authority", "missing-scope"}


@pytest.fixture
def routes(loaded: Platform) -> list[Route]:
    return [route for folder in FOLDERS for route in loaded.apps[folder].api.routes]


@pytest.fixture
def records(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[Json]]:
    """What the calls since the last look have left."""

    def read() -> list[Json]:
        lines = capsys.readouterr().out.splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [line["access"] for line in found if "access" in line]

    read()
    return read


def test_every_route_leaves_one_record_whoever_calls(
    loaded: Platform, routes: list[Route], records: Any
):
    for route in routes:
        for caller in (welcome(route), STRANGER, BANK):
            answer = call(loaded, route, caller=caller)

            [record] = records()
            assert record["operation"] == route.operation_id
            assert (record["principal"], record["kind"]) == known(caller), route.path
            assert (record["status"], record.get("code", "")) == (answer.status, answer.code)
            assert ("purposes" in record) is (answer.code not in NOT_LET_IN), route.path
            named = [IDS[name] for name in route.path_names if name.endswith("_id")]
            assert [one for one in named if one not in record.get("objects", [])] == []


def test_staff_are_named_with_their_roles_and_whose_data_they_read(
    handlers: Platform, records: Any
):
    claim = handlers.notified()
    party = claim_party(handlers, claim["id"])
    records()

    handlers.call("GET", f"/v1/claims/{claim['id']}/internal", by=HANDLER)
    handlers.call("GET", f"/v1/claims/{claim['id']}/internal", by=STRANGER)

    read, refused = records()
    assert (read["principal"], read["kind"]) == ("staff-hannah", CallerKind.STAFF)
    assert read["roles"] == ["claims_handler"]
    assert (read["objects"], read["parties"], read["status"]) == ([claim["id"]], [party], 200)
    assert (refused["principal"], refused["code"]) == ("staff-rita", "no-authority")
    assert "parties" not in refused


@pytest.mark.parametrize(
    ("role", "purpose"),
    [
        ("claims_handler", "claim_handling"),
        ("complaints_handler", "complaint_handling"),
        ("call_centre", "claim_handling"),
        ("auditor", "audit"),
    ],
)
def test_a_read_says_what_for(handlers: Platform, records: Any, role: str, purpose: str):
    claim = handlers.notified()
    records()

    reader = staff("staff-rhea", role, "claims:read claims:assess")
    handlers.call("GET", f"/v1/claims/{claim['id']}/internal", by=reader)
    handlers.call("GET", f"/v1/claims/{claim['id']}/internal", by=STRANGER)

    read, refused = records()
    assert (read["objects"], read["purposes"]) == ([claim["id"]], [purpose])
    assert "purposes" not in refused


def test_a_customer_who_is_read_is_named(handlers: Platform, records: Any):
    party = claim_party(handlers, handlers.notified()["id"])
    records()

    officer = staff("staff-olga", "privacy_officer", "parties:read")
    assert handlers.call("GET", f"/v1/parties/{party}", by=officer).status == 200

    [record] = records()
    assert (record["parties"], record["purposes"]) == ([party], ["privacy"])


def test_a_list_says_whose_data_it_showed(handlers: Platform, records: Any):
    claim = handlers.notified()
    party = claim_party(handlers, claim["id"])
    records()

    handlers.call("GET", f"/v1/policies/{claim['policy_id']}/claims", by=PARTNER)

    [record] = records()
    assert (record["objects"], record["parties"]) == ([claim["policy_id"]], [party])


def test_a_record_holds_ids_and_nothing_that_was_sent(handlers: Platform, records: Any):
    handlers.call("GET", "/v1/claims/ada@example.com/internal", by=HANDLER)
    handlers.call(
        "POST", "/v1/quotes/preview", {"policyholder": {"name": "Ada Merton"}}, by=PARTNER
    )

    text = json.dumps(records())
    assert "ada" not in text.casefold()


def known(caller: Json) -> tuple[str, str]:
    """Who a caller is, as the authorizer tells: its own machines sign in by claims, as staff do."""
    claims = caller.get("claims")
    if claims is None:
        return caller["principal"], caller["kind"]
    return claims["sub"], "staff" if "cognito:groups" in claims else "machine"


def claim_party(handlers: Platform, claim_id: str) -> str:
    """The party of the policy that a claim is on."""
    policy = handlers.call("GET", f"/v1/claims/{claim_id}", by=PARTNER).body["policy_id"]
    party: str = handlers.call("GET", f"/v1/policies/{policy}", by=PARTNER).body["party_id"]
    return party


def test_a_replay_names_whose_data_are_answered_again(handlers: Platform, records: Any):
    claim = handlers.notified()
    party = claim_party(handlers, claim["id"])
    path = f"/v1/claims/{claim['id']}/settlement"
    first = handlers.call("POST", path, {}, key="once", clock=LOSS_CLOCK)
    records()

    again = handlers.call("POST", path, {}, key="once", clock=LOSS_CLOCK)

    assert again.replayed
    assert again.body == first.body
    [record] = records()
    assert (record["operation"], record["objects"]) == ("settleClaim", [claim["id"]])
    assert record["parties"] == [party]


@pytest.mark.parametrize(
    ("named", "principal"),
    [({"by": "staff-otto"}, "staff-otto"), ({}, "unnamed"), ({"by": "Otto <o@x>"}, "unnamed")],
)
def test_what_an_operator_releases_by_hand_leaves_a_record(
    handlers: Platform, records: Any, named: Json, principal: str
):
    sent = {"kinds": [], "release_parked": True, **named}
    with handlers.surroundings():
        handlers.apps["scheduler"].handler(sent, CONTEXT)

    [record] = records()
    assert record == {
        "operation": "releaseParkedJobs",
        "principal": principal,
        "kind": "operator",
    }
