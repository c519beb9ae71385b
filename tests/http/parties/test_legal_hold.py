"""An erasure is refused while the law keeps the data, and done when the last hold has ended."""

from datetime import datetime
from typing import Any

import pytest
from insurance.domain.core.identity import party_id_for
from insurance.domain.schedule.plan import SWEPT_AFTER
from insurance.domain.schedule.scheduled_job import JobKind

from tests.support.backend import Backend, environment
from tests.support.calls import BANK, LOSS_CLOCK, PRIVACY, Answer, Json, staff
from tests.support.personal_data import KIM, found_in, open_words
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams

CLOCK = "2027-03-01T09:00:00Z"
RENEWAL_CLOCK = "2027-11-20T09:00:00Z"
LONG_AFTER = "2045-01-01T00:00:00Z"
"""When no rule of retention keeps anything of these policies: they end in 2027 and 2028."""


def hold(handlers: Platform, party_id: str, clock: str = CLOCK) -> Json:
    answer = handlers.call("GET", f"/v1/parties/{party_id}/legal-hold", by=PRIVACY, clock=clock)
    assert answer.status == 200, answer.text
    found: Json = answer.body
    return found


def codes(found: Json) -> set[str]:
    return {str(one["code"]) for one in found["holds"]}


def erasure(handlers: Platform, party_id: str, clock: str = CLOCK, **options: Any) -> Answer:
    path = f"/v1/parties/{party_id}/erasure"
    return handlers.call("POST", path, {"reason": "requested"}, by=PRIVACY, clock=clock, **options)


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


def test_a_policy_on_risk_holds_its_party_and_the_refusal_says_why_and_until_when(
    handlers: Platform, backend: Backend
):
    policy = handlers.issued()
    shown = hold(handlers, policy["party_id"])

    refused = erasure(handlers, policy["party_id"])

    assert (refused.status, refused.code) == (409, "legal-hold")
    assert codes(shown) == {"on_risk", "premium_owed", "policy_records", "ledger_records"}
    assert refused.body["holds"] == shown["holds"]
    assert refused.body["possible_from"] == shown["possible_from"] == "2034-01-01T00:00:00Z"
    assert not streams(backend).get(policy["party_id"]), "a refusal leaves no event"
    assert found_in(handlers.call("GET", f"/v1/quotes/{policy['quote_id']}").body), (
        "nothing was erased"
    )


def test_on_the_first_day_that_the_refusal_names_the_party_is_erased(
    handlers: Platform, backend: Backend
):
    policy = handlers.issued()
    free = erasure(handlers, policy["party_id"]).body["possible_from"]

    erased = erasure(handlers, policy["party_id"], clock=free)

    assert erased.status == 200, erased.text
    again = handlers.call(
        "GET", f"/v1/parties/{policy['party_id']}/legal-hold", by=PRIVACY, clock=free
    )
    assert (again.status, again.code) == (409, "already-erased")
    assert not found_in(handlers.call("GET", f"/v1/policies/{policy['id']}", clock=free).body)
    assert open_words(backend) == {}
    assert_chains_hold(backend)


def test_a_refused_erasure_may_be_repeated_with_its_key_when_it_is_possible(handlers: Platform):
    party_id = handlers.issued()["party_id"]

    first = erasure(handlers, party_id, key="k")
    second = erasure(handlers, party_id, key="k", clock=LONG_AFTER)
    third = erasure(handlers, party_id, key="k", clock=LONG_AFTER)

    assert (first.code, second.status, third.status) == ("legal-hold", 200, 200)
    assert (third.replayed, third.text) == (True, second.text)


def test_a_quote_that_became_no_policy_is_erased_at_once(handlers: Platform):
    party_id = party_id_for(handlers.quoted()["id"])

    assert hold(handlers, party_id) == {"holds": []}
    assert erasure(handlers, party_id).status == 200


def test_the_renewal_of_a_policy_holds_the_party_longer(handlers: Platform, backend: Backend):
    first = handlers.issued()
    alone = hold(handlers, first["party_id"])["possible_from"]
    second = renewed(handlers, first)

    both = hold(handlers, first["party_id"])
    refused = erasure(handlers, first["party_id"], clock=alone)

    assert {one["about"] for one in both["holds"]} == {first["id"], second["id"]}
    assert both["possible_from"] > alone
    assert refused.code == "legal-hold"
    assert {one["about"] for one in refused.body["holds"]} == {second["id"]}
    assert erasure(handlers, first["party_id"], clock=both["possible_from"]).status == 200
    for policy in (first, second):
        assert not found_in(
            handlers.call("GET", f"/v1/policies/{policy['id']}", clock=LONG_AFTER).body
        )
    assert_chains_hold(backend)


def test_an_open_claim_has_no_end_and_a_paid_one_is_kept(handlers: Platform):
    claim = handlers.settled()
    party_id = party_id_for(claim["policy_id"])
    open_claim = hold(handlers, party_id, clock=LONG_AFTER)
    report = {
        "instruction_id": claim["payments"][0]["instruction_id"],
        "outcome": "paid",
        "bank_reference": "BK-1",
        "executed_at": "2027-01-11T10:00:00Z",
    }
    assert (
        handlers.call("POST", "/v1/bank-reports", report, by=BANK, clock=LOSS_CLOCK).status == 200
    )
    paid = hold(handlers, party_id, clock=LOSS_CLOCK)

    assert codes(open_claim) == {"claim_open", "claim_payment_open"}
    assert "possible_from" not in open_claim
    assert erasure(handlers, party_id, clock=LOSS_CLOCK).code == "legal-hold"
    assert "claim_records" in codes(paid)
    assert "claim_open" not in codes(paid)


def test_a_complaint_holds_the_party_of_a_mere_quote(handlers: Platform):
    quote_id = handlers.quoted()["id"]
    complaint = {
        "about": quote_id,
        "category": "delay",
        "complainant": "Ada",
        "text": "Nobody rang back.",
    }
    opened = handlers.call("POST", "/v1/complaints", complaint, by=KIM)
    assert opened.status == 201, opened.text

    found = hold(handlers, party_id_for(quote_id))

    assert codes(found) == {"complaint_open", "complaint_records"}
    assert {one["about"] for one in found["holds"]} == {opened.body["id"]}
    assert erasure(handlers, party_id_for(quote_id)).code == "legal-hold"


@pytest.mark.parametrize("folder", ["claim_intake", "complaints", "policy_issuance"])
def test_what_comes_between_the_look_and_the_erasure_is_seen(folder: str, handlers: Platform):
    """The erasure decides again when a contract moved after it was read."""
    quote_id = handlers.accepted()["id"]
    party_id = party_id_for(quote_id)
    policy_id = quote_id.replace("quo_", "pol_")
    if folder == "claim_intake":
        handlers.call("POST", "/v1/policies", {"quote_id": quote_id})
    waiting = [folder]

    def interfere(**_: Any) -> None:
        if not waiting:
            return
        step = waiting.pop()
        if step == "policy_issuance":
            answer = handlers.call("POST", "/v1/policies", {"quote_id": quote_id})
        elif step == "complaints":
            body = {"about": quote_id, "category": "delay", "complainant": "A", "text": "So late."}
            answer = handlers.call("POST", "/v1/complaints", body, by=KIM)
        else:
            loss = {
                "policy_id": policy_id,
                "cover": "accidental_damage",
                "occurred_at": "2027-01-10T10:00:00Z",
                "claimed": {"amount": 100_000, "currency": "GBP"},
                "facts": {},
                "claimant": {"name": "Ada"},
            }
            answer = handlers.call("POST", "/v1/claims", loss, clock=LOSS_CLOCK)
        assert answer.status == 201, answer.text

    events = handlers.apps["customers"].erasing.parties._client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", interfere)
    try:
        clock = LONG_AFTER if folder == "claim_intake" else "2026-11-22T11:00:00Z"
        refused = erasure(handlers, party_id, clock=clock)
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", interfere)

    assert not waiting, "nothing came between"
    assert refused.code == "legal-hold", refused.text
    assert "key" in {name for item in handlers.backend.items("quotes") for name in item}


def test_only_a_privacy_officer_reads_the_hold_and_each_in_their_mode(handlers: Platform):
    path = f"/v1/parties/{handlers.issued()['party_id']}/legal-hold"
    live = staff("staff-p", "privacy_officer", "parties:erase", mode="live")
    unknown = f"/v1/parties/{party_id_for('quo_test_' + '0' * 16)}/legal-hold"

    assert handlers.call("GET", path).status == 403
    assert handlers.call("GET", path, by=KIM).status == 403
    assert handlers.call("GET", path, by=live, clock=None).code == "party-not-found"
    assert handlers.call("GET", unknown, by=PRIVACY).code == "party-not-found"


def test_a_request_that_may_wait_is_answered_with_its_day_and_carried_out_by_the_scheduler(
    handlers: Platform, backend: Backend
):
    policy = handlers.issued()
    path = f"/v1/parties/{policy['party_id']}"
    free = erasure(handlers, policy["party_id"]).body["possible_from"]

    asked = {"reason": "requested", "when_permitted": True}
    waiting = handlers.call("POST", f"{path}/erasure", asked, by=PRIVACY, clock=CLOCK, key="k")
    replay = handlers.call("POST", f"{path}/erasure", asked, by=PRIVACY, clock=CLOCK, key="k")

    assert (waiting.status, waiting.body["check_at"]) == (200, free)
    assert "erased_at" not in waiting.body
    assert (replay.replayed, replay.text) == (True, waiting.text)
    assert handlers.call("GET", path, clock=CLOCK).body["erasure_check_at"] == free
    assert found_in(handlers.call("GET", f"/v1/quotes/{policy['quote_id']}").body), (
        "nothing was erased"
    )

    with environment(backend.environment()):
        job = handlers.apps["scheduler"].JOBS[JobKind.ERASURE]
        early = job(policy["party_id"], datetime.fromisoformat(CLOCK))
        done = job(policy["party_id"], datetime.fromisoformat(free))
        assert done is not None
        swept = job(policy["party_id"], done)

    assert (early, swept) == (datetime.fromisoformat(free), None)
    assert done == datetime.fromisoformat(free) + SWEPT_AFTER
    assert not found_in(handlers.call("GET", f"/v1/policies/{policy['id']}", clock=free).body)
    assert open_words(backend) == {}
    assert_chains_hold(backend)


def test_a_request_that_waits_can_be_withdrawn_once(handlers: Platform):
    path = f"/v1/parties/{handlers.issued()['party_id']}"
    asked = {"reason": "requested", "when_permitted": True}
    handlers.call("POST", f"{path}/erasure", asked, by=PRIVACY, clock=CLOCK)

    first = handlers.call("POST", f"{path}/erasure-withdrawal", {}, by=PRIVACY, clock=CLOCK)
    second = handlers.call("POST", f"{path}/erasure-withdrawal", {}, by=PRIVACY, clock=CLOCK)

    assert first.status == 200, first.text
    assert "erasure_check_at" not in first.body
    assert second.code == "wrong-state"


def test_one_request_waits_and_none_of_a_party_that_was_erased(handlers: Platform):
    path = f"/v1/parties/{handlers.issued()['party_id']}"
    asked = {"reason": "requested", "when_permitted": True}
    assert handlers.call("POST", f"{path}/erasure", asked, by=PRIVACY, clock=CLOCK).status == 200

    again = handlers.call("POST", f"{path}/erasure", asked, by=PRIVACY, clock=CLOCK)
    erased = handlers.call(
        "POST", f"{path}/erasure", {"reason": "requested"}, by=PRIVACY, clock=LONG_AFTER
    )
    late = handlers.call("POST", f"{path}/erasure-withdrawal", {}, by=PRIVACY, clock=LONG_AFTER)

    assert (again.status, again.code) == (409, "wrong-state")
    assert erased.status == 200, erased.text
    assert (late.status, late.code) == (409, "already-erased")


def test_an_erasure_takes_no_words_that_would_stay(handlers: Platform):
    party_id = handlers.quoted()["id"].replace("quo_", "pty_")
    body = {"reason": "Ada asked on the telephone."}

    refused = handlers.call("POST", f"/v1/parties/{party_id}/erasure", body, by=PRIVACY)

    assert refused.body["errors"][0]["pointer"] == "/reason"
