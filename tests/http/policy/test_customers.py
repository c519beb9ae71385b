"""Customers over HTTP: registered, named by quotes, read with their contracts, merged, and erased as one."""

from typing import Any

import pytest
from insurance.domain.party import record

from tests.support.backend import Backend
from tests.support.calls import (
    EMAIL,
    NAME,
    PARTNER,
    PRIVACY,
    QUOTE,
    STRANGER,
    Answer,
    Json,
    policyholder,
    staff,
)
from tests.support.personal_data import found_in
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams

KEEPER = staff("staff-carla", "call_centre", "parties:read coverwright/parties:write")
PARTY: Json = {
    "name": NAME,
    "date_of_birth": "1991-03-14",
    "email": EMAIL,
    "phone": "+441632960001",
    "address": {"lines": ["17 Thistledown Row"], "postcode": "ZE1 0QQ", "country": "GB"},
    "account": {"holder": NAME, "iban": "GB33BUKB20201555555555"},
    "language": "en-GB",
}
RISK = {name: value for name, value in QUOTE.items() if name != "policyholder"}

NOT_KEPT_AT = "2045-01-01T00:00:00Z"
"""When no rule of retention keeps anything of these policies any more."""


def made(answer: Answer) -> Json:
    assert answer.status < 300, answer.text
    body: Json = answer.body
    return body


def registered(handlers: Platform, **changes: Any) -> Json:
    return made(handlers.call("POST", "/v1/parties", PARTY | changes))


def insured(handlers: Platform, **named: Any) -> Json:
    """A policy of the party that the quote names."""
    quote = made(handlers.call("POST", "/v1/quotes", RISK | named))
    made(handlers.call("POST", f"/v1/quotes/{quote['id']}/acceptance", {}))
    return made(handlers.call("POST", "/v1/policies", {"quote_id": quote["id"]}))


def read(handlers: Platform, party_id: str, **options: Any) -> Json:
    return made(handlers.call("GET", f"/v1/parties/{party_id}", **options))


def step(handlers: Platform, party_id: str, route: str, body: Json, **options: Any) -> Answer:
    return handlers.call("POST", f"/v1/parties/{party_id}/{route}", body, **options)


def merged(handlers: Platform, into: str, other: str) -> Json:
    return made(step(handlers, into, "merges", {"party_id": other}))


def erased(handlers: Platform, party_id: str) -> Json:
    reason = {"reason": "requested"}
    return made(step(handlers, party_id, "erasure", reason, by=PRIVACY, clock=NOT_KEPT_AT))


def contracts(party: Json) -> set[str]:
    return {contract["policy_id"] for contract in party["contracts"]}


def keys_left(backend: Backend) -> list[str]:
    carriers = [*backend.items("quotes"), *backend.items("parties")]
    return [
        item["id"]["S"] if isinstance(item["id"], dict) else item["id"]
        for item in carriers
        if "key" in item and "index_key" not in str(item["id"])
    ]


def test_a_registered_customer_has_every_policy_that_names_them(handlers: Platform):
    party = registered(handlers)

    first, second = (insured(handlers, party_id=party["id"]) for _ in range(2))

    assert {first["party_id"], second["party_id"]} == {party["id"]}
    assert first["policyholder"]["name"] == NAME
    customer = read(handlers, party["id"])
    assert contracts(customer) == {first["id"], second["id"]}
    assert customer["contacts"][1]["value"] == "+441632960001"
    assert customer["accounts"][0]["ending"] == "5555"


def test_a_reference_of_the_partner_names_the_same_party_each_time(handlers: Platform):
    known = {"policyholder": QUOTE["policyholder"] | {"reference": "C-4711"}}
    bare = {"policyholder": {"reference": "C-4711"}}

    first, second = insured(handlers, **known), insured(handlers, **bare)

    assert first["party_id"] == second["party_id"]
    assert second["policyholder"]["email"] == EMAIL
    theirs = made(handlers.call("POST", "/v1/quotes", RISK | known, by=STRANGER))
    assert theirs["party_id"] != first["party_id"]


def test_a_reference_stands_in_no_table_in_clear(handlers: Platform, backend: Backend):
    insured(handlers, policyholder=QUOTE["policyholder"] | {"reference": "CUSTOMER-OF-OURS-4711"})

    assert "4711" not in str(backend.everything())


def test_an_unknown_reference_needs_the_policyholders_details(handlers: Platform):
    answer = handlers.call("POST", "/v1/quotes", RISK | {"policyholder": {"reference": "C-0"}})

    assert answer.code == "party-not-found"


def test_a_second_party_of_one_reference_is_refused(handlers: Platform):
    first = registered(handlers, reference="C-4711")

    answer = handlers.call("POST", "/v1/parties", PARTY | {"reference": "C-4711"})

    assert answer.code == "reference-taken"
    assert first["id"] in answer.body["detail"]


def test_a_party_that_no_command_has_written_is_its_first_quotes_policyholder(
    handlers: Platform,
):
    policy = handlers.issued()
    party = read(handlers, policy["party_id"])
    assert (party["revision"], party["name"]) == (0, NAME)

    second = insured(handlers, party_id=policy["party_id"])

    party = read(handlers, policy["party_id"])
    assert party["revision"] == 1
    assert contracts(party) == {policy["id"], second["id"]}


def test_a_quote_that_states_other_details_than_are_stored_is_refused(handlers: Platform):
    party = registered(handlers)
    stated = QUOTE["policyholder"] | {"email": "other@example.com"}

    answer = handlers.call(
        "POST", "/v1/quotes", RISK | {"party_id": party["id"], "policyholder": stated}
    )

    assert answer.code == "party-differs"
    assert "email" in answer.body["detail"]
    assert EMAIL not in answer.text


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"policyholder": {"email": EMAIL}},
        {"party_id": "pty_test_0000000000000000", "policyholder": {"reference": "C-1"}},
    ],
)
def test_a_quote_names_one_party_in_one_way(handlers: Platform, named: Json):
    assert handlers.call("POST", "/v1/quotes", RISK | named).code == "invalid-fields"


def test_another_partner_never_sees_the_party(handlers: Platform):
    party = registered(handlers)
    path = f"/v1/parties/{party['id']}"

    assert handlers.call("GET", path, by=STRANGER).code == "party-not-found"
    named = RISK | {"party_id": party["id"]}
    assert handlers.call("POST", "/v1/quotes", named, by=STRANGER).code == "party-not-found"
    theirs = made(handlers.call("POST", "/v1/parties", PARTY, by=STRANGER))
    taken = step(handlers, theirs["id"], "merges", {"party_id": party["id"]}, by=STRANGER)
    assert taken.code == "party-not-found"
    across = step(handlers, party["id"], "merges", {"party_id": theirs["id"]}, by=KEEPER)
    assert across.code == "wrong-state"


def test_a_registration_is_answered_once(handlers: Platform):
    first = handlers.call("POST", "/v1/parties", PARTY, key="party-1")
    again = handlers.call("POST", "/v1/parties", PARTY, key="party-1")
    other = handlers.call("POST", "/v1/parties", PARTY | {"name": "Bea"}, key="party-1")

    assert again.replayed
    assert again.body == first.body
    assert other.code == "key-reused"


def test_consents_and_restrictions_are_recorded(handlers: Platform):
    id = registered(handlers)["id"]
    made(step(handlers, id, "consents", {"purpose": "email_marketing", "given": True}))
    made(step(handlers, id, "consents", {"purpose": "email_marketing", "given": False}))
    demand = {"kind": "restriction", "in_force": True, "reason": "The data are disputed."}
    party = made(step(handlers, id, "restrictions", demand))

    assert [each["given"] for each in party["consents"]] == [True, False]
    assert party["restrictions"][0]["reason"] == "The data are disputed."
    refused = handlers.call("POST", "/v1/quotes", RISK | {"party_id": id})
    assert refused.code == "processing-restricted"
    assert step(handlers, id, "restrictions", demand).code == "wrong-state"
    lifted = demand | {"in_force": False, "reason": "The data were right."}
    party = made(step(handlers, id, "restrictions", lifted))
    [restriction] = party["restrictions"]
    assert restriction["lifted_because"] == "The data were right."
    assert step(handlers, id, "restrictions", lifted).code == "wrong-state"
    insured(handlers, party_id=id)


def test_a_party_demands_so_often(handlers: Platform, monkeypatch: pytest.MonkeyPatch):
    id = registered(handlers)["id"]
    monkeypatch.setattr(record, "HISTORY_MAX", 1)
    demand = {"kind": "restriction", "in_force": True, "reason": "The data are disputed."}
    made(step(handlers, id, "restrictions", demand))

    refused = step(handlers, id, "restrictions", demand | {"kind": "objection"})

    assert (refused.status, refused.code) == (409, "party-full")


def test_a_party_consents_so_often(handlers: Platform, monkeypatch: pytest.MonkeyPatch):
    id = registered(handlers)["id"]
    monkeypatch.setattr(record, "HISTORY_MAX", 1)
    made(step(handlers, id, "consents", {"purpose": "email_marketing", "given": True}))

    refused = step(handlers, id, "consents", {"purpose": "email_marketing", "given": False})

    assert (refused.status, refused.code) == (409, "party-full")


def test_so_many_parties_are_merged_into_one(handlers: Platform, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(record, "MEMBERS_MAX", 1)
    first, second, third = (handlers.issued()["party_id"] for _ in range(3))
    merged(handlers, first, second)

    refused = step(handlers, first, "merges", {"party_id": third})

    assert (refused.status, refused.code) == (409, "party-full")


def test_a_merged_party_is_read_as_the_one_that_stands_for_it(handlers: Platform):
    first, second = handlers.issued(), handlers.issued()

    merged(handlers, first["party_id"], second["party_id"])

    for party_id in (first["party_id"], second["party_id"]):
        customer = read(handlers, party_id)
        assert customer["id"] == first["party_id"]
        assert customer["members"] == [second["party_id"]]
        assert contracts(customer) == {first["id"], second["id"]}
    third = insured(handlers, party_id=second["party_id"])
    assert third["party_id"] == first["party_id"]


def test_a_merge_is_undone_and_both_are_as_before(handlers: Platform, backend: Backend):
    first, second = handlers.issued(), handlers.issued()
    merged(handlers, first["party_id"], second["party_id"])

    undo = {"party_id": second["party_id"]}
    made(step(handlers, first["party_id"], "merge-reversals", undo))

    assert contracts(read(handlers, first["party_id"])) == {first["id"]}
    assert contracts(read(handlers, second["party_id"])) == {second["id"]}
    assert step(handlers, first["party_id"], "merge-reversals", undo).code == "wrong-state"
    types = {
        stream: [event.type for event in events] for stream, events in streams(backend).items()
    }
    assert types[first["party_id"]] == ["party.joined", "party.left"]
    assert types[second["party_id"]] == ["party.merged", "party.parted"]
    assert_chains_hold(backend)


def test_merged_parties_do_not_merge_further(handlers: Platform):
    first, second, third = (registered(handlers)["id"] for _ in range(3))
    merged(handlers, first, second)

    for into, other in ((second, third), (third, second), (third, first), (first, first)):
        answer = step(handlers, into, "merges", {"party_id": other})
        assert answer.code == "wrong-state", (into, other)


def test_a_merge_of_a_stale_revision_is_refused(handlers: Platform):
    first, second = (registered(handlers) for _ in range(2))
    held = {"If-Match": handlers.call("GET", f"/v1/parties/{first['id']}").headers["ETag"]}
    made(step(handlers, first["id"], "consents", {"purpose": "post", "given": True}))

    answer = step(handlers, first["id"], "merges", {"party_id": second["id"]}, headers=held)

    assert answer.code == "stale-revision"


def test_erasing_a_customer_covers_the_parties_merged_into_them(
    handlers: Platform, backend: Backend
):
    first, second = handlers.issued(), handlers.issued()
    third = insured(handlers, party_id=second["party_id"])
    merged(handlers, first["party_id"], second["party_id"])

    answer = erased(handlers, second["party_id"])

    assert answer["party_id"] == first["party_id"]
    for policy in (first, second, third):
        assert not found_in(made(handlers.call("GET", f"/v1/policies/{policy['id']}"))), policy[
            "id"
        ]
        assert not found_in(made(handlers.call("GET", f"/v1/quotes/{policy['quote_id']}")))
        assert handlers.call("GET", f"/v1/parties/{policy['party_id']}").code == "already-erased"
    assert keys_left(backend) == []
    assert_chains_hold(backend)
    again = step(handlers, first["party_id"], "erasure", {"reason": "requested"}, by=PRIVACY)
    assert again.code == "already-erased"


def test_an_erased_party_gets_no_new_contract(handlers: Platform):
    party = registered(handlers, reference="C-4711")
    erased(handlers, party["id"])

    for named in (
        {"party_id": party["id"]},
        {"policyholder": QUOTE["policyholder"] | {"reference": "C-4711"}},
    ):
        assert handlers.call("POST", "/v1/quotes", RISK | named).code == "already-erased"


def test_a_policyholder_sees_each_policy_of_their_party(handlers: Platform):
    party = registered(handlers)
    policies = [insured(handlers, party_id=party["id"]) for _ in range(2)]
    me = policyholder(party["id"].replace("pty_", "pol_"))

    for policy in policies:
        path = f"/v1/policies/{policy['id']}"
        assert handlers.call("GET", path, by=me).status == 200
        assert handlers.call("GET", path, by=policyholder(policy["id"])).code == "policy-not-found"
    assert handlers.call("GET", f"/v1/policies/{policies[0]['id']}", by=PARTNER).status == 200
