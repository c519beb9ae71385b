"""A policy and its renewals are of one party: seen by one person, and erased together."""

from tests.support.backend import Backend
from tests.support.calls import Json, policyholder
from tests.support.personal_data import erase, found_in
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams

RENEWAL_CLOCK = "2027-11-20T09:00:00Z"


def renewed(handlers: Platform, policy: Json) -> Json:
    """The policy of the next term."""
    quote = step(handlers, f"/v1/policies/{policy['id']}/renewals", {})
    step(handlers, f"/v1/quotes/{quote['id']}/acceptance", {})
    return step(handlers, "/v1/policies", {"quote_id": quote["id"]})


def step(handlers: Platform, path: str, body: Json) -> Json:
    answer = handlers.call("POST", path, body, clock=RENEWAL_CLOCK)
    assert answer.status < 300, answer.text
    found: Json = answer.body
    return found


def test_a_renewal_has_the_party_of_the_policy_that_ends(handlers: Platform):
    first = handlers.issued()

    second = renewed(handlers, first)

    assert second["id"] != first["id"]
    assert second["party_id"] == first["party_id"]


def test_a_policyholder_sees_the_renewal_of_their_policy(handlers: Platform):
    first = handlers.issued()
    second = renewed(handlers, first)
    path = f"/v1/policies/{second['id']}"

    assert handlers.call("GET", path, by=policyholder(first["id"])).status == 200
    strangers = policyholder("pol_test_0000000000000000")
    assert handlers.call("GET", path, by=strangers).code == "policy-not-found"


def test_erasing_the_party_leaves_no_key_and_no_name_of_either_term(
    handlers: Platform, backend: Backend
):
    first = handlers.issued()
    second = renewed(handlers, first)

    erase(handlers, first["id"])

    for policy in (first, second):
        read = handlers.call("GET", f"/v1/policies/{policy['id']}", clock=RENEWAL_CLOCK).body
        quote = handlers.call("GET", f"/v1/quotes/{policy['quote_id']}", clock=RENEWAL_CLOCK).body
        assert not found_in([read, quote]), policy["id"]
    carriers = [*backend.items("quotes"), *backend.items("parties")]
    assert [item["id"] for item in carriers if "key" in item] == []
    assert_chains_hold(backend)


def test_terms_of_one_party_keep_streams_of_their_own(handlers: Platform, backend: Backend):
    first = handlers.issued()
    second = renewed(handlers, first)

    types = {
        stream: [event.type for event in events] for stream, events in streams(backend).items()
    }

    assert types[second["id"]] == ["policy.issued"]
    assert types[second["quote_id"]] == ["quote.made", "quote.accepted", "quote.bound"]
