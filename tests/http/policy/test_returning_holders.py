"""Who held a policy before takes it back under their own id, and each holder is erased by themselves."""

from typing import Any

import pytest

from tests.support.calls import CLOCK, NAME, PRIVACY, QUOTE, Answer, Json
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold

TIMES = [f"2027-0{month}-05T09:00:00Z" for month in range(1, 6)]
HEIR = "Bertram Oystercatcher"
NOT_KEPT_AT = "2045-01-01T00:00:00Z"
DIVORCE: Json = {"reason": "divorce", "consents": ["holder", "new_holder"]}


def ok(answer: Answer) -> Json:
    assert answer.status in {200, 201}, answer.text
    made: Json = answer.body
    return made


def read(handlers: Platform, policy: Json, clock: str = TIMES[-1], **query: str) -> Json:
    return ok(handlers.call("GET", f"/v1/policies/{policy['id']}", clock=clock, query=query))


def pass_on(handlers: Platform, policy: Json, clock: str, **to: Any) -> str:
    path = f"/v1/policies/{policy['id']}/transfers"
    ok(handlers.call("POST", path, DIVORCE | to, clock=clock))
    party_id: str = read(handlers, policy, clock)["party_id"]
    return party_id


def erase(handlers: Platform, party_id: str) -> None:
    path, body = f"/v1/parties/{party_id}/erasure", {"reason": "requested"}
    ok(handlers.call("POST", path, body, by=PRIVACY, clock=NOT_KEPT_AT))


def quoted_for(handlers: Platform, party_id: str) -> Answer:
    body = {key: value for key, value in QUOTE.items() if key != "policyholder"}
    return handlers.call("POST", "/v1/quotes", body | {"party_id": party_id}, clock=CLOCK)


@pytest.fixture(params=["of its quote", "registered"])
def policy(request: pytest.FixtureRequest, handlers: Platform) -> Json:
    """Of a party that its quote made, and of one that was registered before."""
    if request.param == "of its quote":
        return handlers.issued()
    ada = ok(handlers.call("POST", "/v1/parties", {"name": NAME}, clock=CLOCK))
    quote = ok(quoted_for(handlers, ada["id"]))
    ok(handlers.call("POST", f"/v1/quotes/{quote['id']}/acceptance", {}, clock=CLOCK))
    return ok(handlers.call("POST", "/v1/policies", {"quote_id": quote["id"]}, clock=CLOCK))


@pytest.fixture
def heir(handlers: Platform, policy: Json) -> str:
    """Who held it in between: the first holder has it again."""
    heir = pass_on(handlers, policy, TIMES[0], holder={"name": HEIR})
    assert heir != policy["party_id"]
    assert pass_on(handlers, policy, TIMES[1], party_id=policy["party_id"]) == policy["party_id"]
    return heir


def test_the_first_holder_has_it_again_and_every_time_is_read_as_it_was(handlers, policy, heir):
    assert read(handlers, policy)["policyholder"]["name"] == NAME
    between = read(handlers, policy, known_at="2027-01-20T00:00:00Z")
    assert (between["party_id"], between["policyholder"]["name"]) == (heir, HEIR)
    assert read(handlers, policy, known_at=CLOCK)["policyholder"]["name"] == NAME
    held = read(handlers, policy)["former_holders"]
    assert [one["party_id"] for one in held] == [policy["party_id"], heir]
    assert_chains_hold(handlers.backend)


def test_it_goes_to_and_fro_as_often_as_they_like(handlers, policy, heir):
    assert pass_on(handlers, policy, TIMES[2], party_id=heir) == heir
    again = pass_on(handlers, policy, TIMES[3], party_id=policy["party_id"])

    assert again == policy["party_id"]
    change = {"effective_on": "2027-06-01", "answers": {"annual_mileage": 9_000}}
    path = f"/v1/policies/{policy['id']}/endorsements"
    ok(handlers.call("POST", path, change, clock=TIMES[4]))
    assert read(handlers, policy)["policyholder"]["name"] == NAME
    assert_chains_hold(handlers.backend)


def test_they_are_a_customer_like_any_other(handlers, policy, heir):
    for party_id in (policy["party_id"], heir):
        assert quoted_for(handlers, party_id).status == 201
    contracts = ok(handlers.call("GET", f"/v1/parties/{policy['party_id']}", clock=TIMES[-1]))
    assert policy["id"] in {one.get("policy_id") for one in contracts["contracts"]}


def test_erasing_who_held_it_in_between_leaves_the_holder_readable(handlers, policy, heir):
    erase(handlers, heir)

    assert read(handlers, policy)["policyholder"]["name"] == NAME
    between = read(handlers, policy, known_at="2027-01-20T00:00:00Z")
    assert between.get("policyholder") is None
    assert read(handlers, policy, known_at=CLOCK)["policyholder"]["name"] == NAME


def test_erasing_the_holder_leaves_who_held_it_in_between_readable(handlers, policy, heir):
    erase(handlers, policy["party_id"])

    assert read(handlers, policy).get("policyholder") is None
    assert read(handlers, policy, known_at=CLOCK).get("policyholder") is None
    between = read(handlers, policy, known_at="2027-01-20T00:00:00Z")
    assert between["policyholder"]["name"] == HEIR


def test_who_was_erased_takes_nothing_back(handlers: Platform, policy: Json):
    pass_on(handlers, policy, TIMES[0], holder={"name": HEIR})
    erase(handlers, policy["party_id"])

    path, back = f"/v1/policies/{policy['id']}/transfers", {"party_id": policy["party_id"]}
    refused = handlers.call("POST", path, DIVORCE | back, clock=TIMES[1])

    assert refused.code == "already-erased"
