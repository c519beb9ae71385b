"""Transfers over HTTP, as they ship: on a real engine, with real REST proxy events."""

import json
from typing import Any

import pytest

from tests.support import loopback
from tests.support.calls import (
    BANK,
    CLAIM,
    CLOCK,
    LOSS_CLOCK,
    NAME,
    PARTNER,
    PRIVACY,
    STRANGER,
    Answer,
    Json,
    policyholder,
    staff,
)
from tests.support.documents import words
from tests.support.partners import register_partners
from tests.support.personal_data import erase, found_in
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams

WHEN = "2027-01-05T09:00:00Z"
LATER = "2027-02-05T09:00:00Z"
HEIR = "Bertram Oystercatcher"
CLERK = staff("staff-clara", "call_centre", "policies:write coverwright/policies:read")
DIVORCE: Json = {
    "reason": "divorce",
    "holder": {"name": HEIR, "email": "bertram@example.com"},
    "consents": ["holder", "new_holder"],
}
DEATH: Json = {
    "reason": "death",
    "holder": {"name": "Estate of the late policyholder"},
    "consents": ["representative"],
    "evidence": "CERT-1",
}


@pytest.fixture
def policy(handlers: Platform) -> Json:
    return handlers.issued()


@pytest.fixture
def path(policy: Json) -> str:
    return f"/v1/policies/{policy['id']}"


def passed(handlers: Platform, path: str, body: Json = DIVORCE, **options: Any) -> Json:
    answer = handlers.call("POST", f"{path}/transfers", body, **{"clock": WHEN, **options})
    assert answer.status == 200, answer.text
    found: Json = answer.body
    return found


NOT_KEPT_AT = "2045-01-01T00:00:00Z"
"""When no rule of retention keeps anything of these policies any more."""


def erase_party(handlers: Platform, party_id: str) -> Answer:
    body = {"reason": "requested"}
    return handlers.call(
        "POST", f"/v1/parties/{party_id}/erasure", body, by=PRIVACY, clock=NOT_KEPT_AT
    )


def test_the_new_holder_has_the_policy_with_its_number_and_its_price(handlers, policy, path):
    made = passed(handlers, path)

    after = handlers.call("GET", path, clock=WHEN).body
    assert after["policyholder"]["name"] == HEIR
    assert after["party_id"] != policy["party_id"]
    assert (after["number"], after["premium"]) == (policy["number"], policy["premium"])
    assert after["former_holders"] == [
        {"party_id": policy["party_id"], "until": "2027-01-05T09:00:00Z"}
    ]
    assert made["difference"]["amount"] == 0
    assert made["transaction"]["transfer"] == {
        "reason": "divorce",
        "from_party": policy["party_id"],
        "to_party": after["party_id"],
        "consents": ["holder", "new_holder"],
    }
    assert_chains_hold(handlers.backend)


def test_a_holder_dies_and_the_estate_takes_over_and_then_an_heir(handlers, path):
    passed(handlers, path, DEATH)
    estate = handlers.call("GET", path, clock=WHEN).body
    again = handlers.call("POST", f"{path}/transfers", DEATH, clock=LATER)
    passed(
        handlers,
        path,
        {
            "reason": "inheritance",
            "holder": {"name": HEIR},
            "consents": ["representative", "new_holder"],
            "evidence": "GRANT-1",
        },
        clock=LATER,
    )

    heir = handlers.call("GET", path, clock=LATER).body

    assert (estate["holding"], heir["holding"]) == ("estate", "holder")
    assert again.code == "wrong-state"
    assert heir["policyholder"]["name"] == HEIR
    assert [former["until"] for former in heir["former_holders"]] == [WHEN, LATER]


def test_a_preview_is_the_transfer_without_its_effect(handlers, policy, path):
    asked = handlers.call("POST", f"{path}/transfers/preview", DIVORCE, key=None, clock=WHEN)
    before = handlers.call("GET", path, clock=WHEN).body
    made = passed(handlers, path)

    assert (asked.status, asked.body["stored"]) == (200, False)
    assert (before["revision"], before["party_id"]) == (1, policy["party_id"])
    for name in ("difference", "charged_after", "policy_status"):
        assert asked.body[name] == made[name]


def test_another_risk_with_the_new_holder_has_another_price(handlers, path):
    young = {"drivers": [{"age": 19, "licence_years": 1, "convictions": 0}]}

    made = passed(handlers, path, DIVORCE | {"answers": young}, by=CLERK)

    after = handlers.call("GET", path, clock=WHEN).body
    assert made["difference"]["amount"] > 0
    assert after["charged"] == made["charged_after"]
    assert [segment["transaction"] for segment in after["segments"]] == [1, 2]


def test_a_repeated_transfer_is_made_once_and_answered_as_at_first(handlers, path):
    first = handlers.call("POST", f"{path}/transfers", DIVORCE, key="again", clock=WHEN)
    again = handlers.call("POST", f"{path}/transfers", DIVORCE, key="again", clock=WHEN)
    other = handlers.call("POST", f"{path}/transfers", DEATH, key="again", clock=WHEN)

    assert again.replayed
    assert again.text == first.text
    assert other.code == "key-reused"
    assert handlers.call("GET", path, clock=WHEN).body["revision"] == 2


def test_what_was_known_before_the_transfer_is_answered_as_then(handlers, path):
    before = handlers.call("GET", path, clock=CLOCK, query={"known_at": CLOCK}).body
    passed(handlers, path)

    then = handlers.call("GET", path, clock=CLOCK, query={"known_at": CLOCK}).body

    assert then == before
    assert then["policyholder"]["name"] == NAME


def test_erasing_the_former_holder_leaves_the_new_holder_s_policy_readable(handlers, policy, path):
    passed(handlers, path)

    erase(handlers, policy["id"])

    after = handlers.call("GET", path, clock=WHEN).body
    then = handlers.call("GET", path, clock=CLOCK, query={"known_at": CLOCK}).body
    quote = handlers.call("GET", f"/v1/quotes/{policy['quote_id']}", clock=CLOCK).body
    assert after["policyholder"]["name"] == HEIR
    assert then.get("policyholder") is None
    assert not found_in([after["policyholder"], then, quote])
    change = {"effective_on": "2027-03-01", "by": "policyholder"}
    assert handlers.call("POST", f"{path}/cancellations", change, clock=WHEN).status == 200
    assert erase_party(handlers, policy["party_id"]).code == "already-erased"


def test_erasing_the_new_holder_leaves_the_former_holder_s_records_readable(handlers, policy, path):
    passed(handlers, path)
    party = handlers.call("GET", path, clock=WHEN).body["party_id"]

    erased = erase_party(handlers, party)

    assert erased.status == 200
    assert handlers.call("GET", path, clock=WHEN).body.get("policyholder") is None
    then = handlers.call("GET", path, clock=CLOCK, query={"known_at": CLOCK}).body
    assert then["policyholder"]["name"] == NAME


def test_erasing_a_holder_between_two_others_leaves_both_readable(handlers, path):
    passed(handlers, path)
    middle = handlers.call("GET", path, clock=WHEN).body["party_id"]
    passed(handlers, path, DIVORCE | {"holder": {"name": "Cora Plover"}}, clock=LATER)

    assert erase_party(handlers, middle).status == 200

    assert handlers.call("GET", path, clock=LATER).body["policyholder"]["name"] == "Cora Plover"
    between = handlers.call(
        "GET", path, clock=LATER, query={"known_at": "2027-01-06T00:00:00Z"}
    ).body
    assert between.get("policyholder") is None
    first = handlers.call("GET", path, clock=CLOCK, query={"known_at": CLOCK}).body
    assert first["policyholder"]["name"] == NAME


def test_the_former_holder_sees_the_policy_no_more_and_the_new_one_does(handlers, policy, path):
    passed(handlers, path)
    party = handlers.call("GET", path, clock=WHEN).body["party_id"]

    former = policyholder(policy["id"])
    new = former | {"parties": party}

    assert handlers.call("GET", path, by=former, clock=WHEN).code == "policy-not-found"
    assert handlers.call("GET", path, by=new, clock=WHEN).status == 200


def test_claims_from_before_and_after_the_transfer_are_handled(handlers, policy, path):
    body = CLAIM | {"policy_id": policy["id"]}
    before = handlers.call("POST", "/v1/claims", body, clock=LOSS_CLOCK).body
    passed(handlers, path, clock=LATER)

    settled = handlers.call("POST", f"/v1/claims/{before['id']}/settlement", {}, clock=LATER)
    later = handlers.call(
        "POST", "/v1/claims", body | {"occurred_at": "2027-02-05T08:00:00Z"}, clock=LATER
    )

    assert settled.status == 200, settled.text
    assert settled.body["claimant"]["name"] == NAME
    assert later.status == 201
    erase(handlers, policy["id"])
    old = handlers.call("GET", f"/v1/claims/{before['id']}", clock=LATER).body
    new = handlers.call("GET", f"/v1/claims/{later.body['id']}", clock=LATER).body
    assert old.get("claimant") is None
    assert new["claimant"]["name"] == NAME
    assert_chains_hold(handlers.backend)


def test_the_account_goes_with_the_policy(handlers: Platform, policy: Json, path: str):
    def pay(reference: str, clock: str) -> Answer:
        body = {
            "policy_id": policy["id"],
            "reference": reference,
            "amount": {"amount": 100, "currency": "GBP"},
            "received_on": clock[:10],
        }
        answer: Answer = handlers.call("POST", "/v1/payments", body, by=BANK, clock=clock)
        return answer

    assert pay("REF-1", WHEN).status == 200
    passed(handlers, path)
    assert pay("REF-2", LATER).status == 200
    erase(handlers, policy["id"])

    assert pay("REF-3", LATER).status == 200
    assert handlers.call("GET", f"{path}/billing", clock=LATER).body["received"]["amount"] == 300


def test_the_letter_about_a_transfer_is_to_the_new_holder_and_does_not_name_the_former(
    handlers, path
):
    passed(handlers, path)

    made = handlers.call("POST", f"{path}/documents", {"kind": "endorsement_letter"}, clock=WHEN)

    said = words(loopback.get(made.body["link"]["url"]).content)
    assert HEIR in said
    assert "Quillfeather" not in said


def test_the_letter_about_another_broker_names_both_and_no_other_holder(handlers, path):
    register_partners(handlers.backend.dynamodb)
    broker = {"reason": "broker", "to_partner": "meadow", "consents": ["holder"]}
    passed(handlers, path, broker | {"evidence": "LETTER-1"}, by=CLERK)

    request = {"kind": "endorsement_letter"}
    made = handlers.call("POST", f"{path}/documents", request, by=STRANGER, clock=WHEN)
    refused = handlers.call("POST", f"{path}/documents", request, clock=WHEN)

    said = words(loopback.get(made.body["link"]["url"]).content)
    for word in ("broker", "harbour", "meadow", NAME.split()[0]):
        assert word in said
    assert "former" not in said
    assert refused.code == "policy-not-found"


def test_a_new_holder_whose_name_is_on_the_sanctions_list_waits_for_a_person(handlers, path):
    listed = DIVORCE | {"holder": {"name": "Drago, Viktor MALENKOV"}}

    refused = handlers.call("POST", f"{path}/transfers", listed, clock=WHEN)

    assert refused.code == "screening-open"
    assert handlers.call("GET", path, clock=WHEN).body["revision"] == 1


def test_a_sale_needs_the_insurer_so_a_partner_cannot_make_it_alone(handlers, path):
    sale = DIVORCE | {"reason": "sale"}

    refused = handlers.call("POST", f"{path}/transfers", sale, clock=WHEN)
    made = handlers.call("POST", f"{path}/transfers", sale, by=CLERK, clock=WHEN)

    assert (refused.status, refused.code) == (422, "consent-missing")
    assert made.status == 200
    assert "insurer" in made.body["transaction"]["transfer"]["consents"]


def test_a_joint_holder_comes_in_and_goes_out(handlers, policy, path):
    passed(handlers, path, DIVORCE | {"reason": "joint_holder_in"})
    both = handlers.call("GET", path, clock=WHEN).body
    leave = {"reason": "joint_holder_out", "joint_holder": 1, "consents": ["holder"]}
    passed(handlers, path, leave, clock=LATER)

    alone = handlers.call("GET", path, clock=LATER).body

    assert [joint["name"] for joint in both["joint_holders"]] == [HEIR]
    assert alone["joint_holders"] == []
    assert {both["party_id"], alone["party_id"]} == {policy["party_id"]}


OTHERS: Json = {"kind": "person", "name": HEIR, "email": "bertram@example.com"}


def registered(handlers: Platform, **options: Any) -> str:
    answer = handlers.call("POST", "/v1/parties", OTHERS, **{"clock": CLOCK, **options})
    assert answer.status == 201, answer.text
    party_id: str = answer.body["id"]
    return party_id


def test_a_policy_passes_on_to_a_customer_who_is_known_already(handlers, policy, path):
    known = registered(handlers)
    second = handlers.issued()
    divorce = {"reason": "divorce", "consents": ["holder", "new_holder"]}

    passed(handlers, path, divorce | {"party_id": known})
    passed(handlers, f"/v1/policies/{second['id']}", divorce | {"party_id": known})

    for each in (policy, second):
        held = handlers.call("GET", f"/v1/policies/{each['id']}", clock=WHEN).body
        assert (held["party_id"], held["policyholder"]["name"]) == (known, HEIR)
    customer = handlers.call("GET", f"/v1/parties/{known}", clock=WHEN).body
    assert {each["policy_id"] for each in customer["contracts"]} == {policy["id"], second["id"]}
    assert_chains_hold(handlers.backend)


def test_a_policy_passes_on_to_the_holder_of_another_one(handlers, policy, path):
    second = handlers.issued()
    moved = {"reason": "divorce", "consents": ["holder", "new_holder"]}

    passed(handlers, path, moved | {"party_id": second["party_id"]})

    assert handlers.call("GET", path, clock=WHEN).body["party_id"] == second["party_id"]
    erase(handlers, second["party_id"])
    assert "policyholder" not in handlers.call("GET", path, clock=WHEN).body


def test_a_customer_is_a_joint_holder_under_their_own_id(handlers, path):
    known = registered(handlers)
    join = {"reason": "joint_holder_in", "consents": ["holder", "new_holder"]}

    passed(handlers, path, join | {"party_id": known})

    [joint] = handlers.call("GET", path, clock=WHEN).body["joint_holders"]
    assert (joint["party_id"], joint["name"]) == (known, HEIR)


@pytest.mark.parametrize("route", ["transfers", "transfers/preview"])
def test_a_named_customer_is_one_of_the_same_partner_as_they_are_stored(handlers, path, route):
    known = registered(handlers)
    strangers = registered(handlers, by=STRANGER)
    divorce = DIVORCE | {"party_id": known}
    stated = divorce | {"holder": {"name": "Somebody Else"}}
    refusals = [
        handlers.call("POST", f"{path}/{route}", body, by=caller, clock=WHEN).code
        for body, caller in (
            (divorce | {"party_id": strangers}, PARTNER),
            (divorce | {"party_id": strangers}, CLERK),
            (stated, PARTNER),
        )
    ]
    assert refusals == ["party-not-found", "party-not-found", "party-differs"]

    demand = {"kind": "restriction", "in_force": True, "reason": "asked to"}
    made = handlers.call("POST", f"/v1/parties/{known}/restrictions", demand, clock=CLOCK)
    assert made.status < 300, made.text
    assert (
        handlers.call("POST", f"{path}/{route}", divorce, clock=WHEN).code
        == "processing-restricted"
    )


def test_a_transfer_is_one_event_that_names_nobody(handlers, policy, path):
    passed(handlers, path)

    [_, transferred] = streams(handlers.backend)[policy["id"]]

    assert transferred.type == "policy.transferred"
    assert not {HEIR, NAME} & set(json.dumps(transferred.facts).split('"'))
    number = handlers.call("GET", f"{path}/events").body["items"][1]["sequence"]
    assert number == 2


def test_a_transfer_cannot_be_reversed_and_a_stranger_cannot_make_one(handlers, path):
    passed(handlers, path)

    undone = handlers.call(
        "POST", f"{path}/transactions/2/reversal", {"reason": "mistake"}, by=CLERK, clock=LATER
    )
    strange = handlers.call("POST", f"{path}/transfers", DIVORCE, by=STRANGER, clock=LATER)

    assert undone.code == "wrong-state"
    assert strange.code == "policy-not-found"


def test_a_policy_that_was_passed_on_holds_its_former_and_its_new_holder(handlers, policy, path):
    passed(handlers, path)
    party = handlers.call("GET", path, clock=WHEN).body["party_id"]

    for holder in (policy["party_id"], party):
        hold = f"/v1/parties/{holder}/legal-hold"
        found = handlers.call("GET", hold, by=PRIVACY, clock=WHEN).body["holds"]
        assert "on_risk" in {each["code"] for each in found}
        assert {each["about"] for each in found} == {policy["id"]}


def test_an_export_has_nothing_of_another_holder(handlers, policy, path):
    passed(handlers, path)
    party = handlers.call("GET", path, clock=WHEN).body["party_id"]

    for holder, own, other in ((policy["party_id"], NAME, HEIR), (party, HEIR, NAME)):
        asking = f"/v1/parties/{holder}/data-requests"
        assert handlers.call("POST", asking, {"kind": "access"}, clock=WHEN).status == 201
        asked = {"request": 1, "proof": "portal_sign_in"}
        exports = f"/v1/parties/{holder}/data-exports"
        made = handlers.call("POST", exports, asked, by=PRIVACY, clock=WHEN)
        assert made.status == 201, made.text
        text = loopback.get(made.body["files"][0]["url"]).text
        assert own in text
        assert other not in text
