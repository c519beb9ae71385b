"""What policyholders see of complaints: those they made themselves, and nothing of our own of them."""

from typing import Any

import pytest

from tests.support.calls import LOSS_CLOCK, NAME, PARTNER, STRANGER, policyholder
from tests.support.personal_data import KIM, SUE, step
from tests.support.platform import Platform

type Json = dict[str, Any]

THEIRS = frozenset(
    {
        *("id", "about", "status", "since", "revision", "channel", "category", "received_at"),
        *("complainant", "text", "jurisdiction", "deadlines", "outcome", "response", "closed_as"),
        *("ombudsman_reference", "reopened_because", "redress"),
    }
)
"""What a policyholder sees of their own complaint."""
BROKER = PARTNER | {"scopes": "complaints:write complaints:read"}
STEPS = (
    "acknowledgement",
    "investigation",
    "final-response",
    "ombudsman-referral",
    "closure",
    "reopening",
)


def words(about: str) -> Json:
    return {"about": about, "category": "delay", "complainant": NAME, "text": "Nobody rang."}


def complained(handlers: Platform, about: str, caller: Json) -> str:
    """The path of a complaint that this caller made."""
    made = handlers.call("POST", "/v1/complaints", words(about), by=caller, clock=LOSS_CLOCK)
    assert made.status == 201, made.text
    return f"/v1/complaints/{made.body['id']}"


def worked_on(handlers: Platform, path: str) -> None:
    """With all that our people write beside a complaint, and redress in every state of theirs."""
    step(handlers, f"{path}/acknowledgement", {})
    step(handlers, f"{path}/investigation", {})
    step(handlers, f"{path}/notes", {"text": "She is difficult."})
    step(handlers, f"{path}/assignment", {"handler": "staff-kim"})
    redress = {
        "amount": {"amount": 5_000, "currency": "GBP"},
        "reason": "To keep her quiet.",
        "iban": "GB33BUKB20201555555555",
    }
    for name, decision in (
        (NAME, "approve"),
        (NAME, "refuse"),
        ("Viktor Drago Malenkov", "approve"),
    ):
        offered = step(handlers, f"{path}/redress", redress | {"name": name})["redress"][-1]["id"]
        body = {"decision": decision, "reason": "I do not like it."}
        step(handlers, f"{path}/redress/{offered}/approval", body, SUE)
    step(handlers, f"{path}/redress", redress | {"name": NAME})
    answer = {"text": "We are sorry.", "outcome": "upheld", "root_cause": "people"}
    step(handlers, f"{path}/final-response", answer)


def test_a_policyholder_complains_and_reads_what_became_of_it_and_no_more(handlers: Platform):
    claim = handlers.notified()
    me = policyholder(claim["policy_id"])
    path = complained(handlers, claim["id"], me)
    worked_on(handlers, path)

    seen = handlers.call("GET", path, by=me, clock=LOSS_CLOCK)

    assert seen.status == 200, seen.text
    assert seen.body["channel"] == "portal"
    assert seen.body.keys() <= THEIRS
    assert [each["status"] for each in seen.body["redress"]] == ["executing"]
    for ours in ("difficult", "quiet", "I do not like it", "staff-kim", "people", "screening"):
        assert ours not in seen.text
    whole = handlers.call("GET", path, by=KIM, clock=LOSS_CLOCK)
    assert [each["status"] for each in whole.body["redress"]] == [
        *("executing", "cancelled", "screening", "awaiting_approval"),
    ]
    assert seen.headers["ETag"] != whole.headers["ETag"]


@pytest.mark.parametrize("kind", ["quo", "pol", "clm"])
def test_a_policyholder_complains_of_their_own_things_alone(handlers: Platform, kind: str):
    mine, others = handlers.notified(), handlers.notified()
    me = policyholder(mine["policy_id"])

    def about(claim: Json) -> str:
        policy: str = claim["policy_id"]
        return claim["id"] if kind == "clm" else policy.replace("pol_", f"{kind}_")

    complained(handlers, about(mine), me)
    left = handlers.backend.everything()
    refused = handlers.call("POST", "/v1/complaints", words(about(others)), by=me, clock=LOSS_CLOCK)

    what = {"quo": "quote", "pol": "policy", "clm": "claim"}[kind]
    assert (refused.status, refused.code) == (404, f"{what}-not-found")
    assert handlers.backend.everything() == left


def test_what_others_said_is_unknown_even_of_ones_own_policy(handlers: Platform):
    """A broker's or another person's complaint may tell of people who are not the policyholder's."""
    policy_id = handlers.issued()["id"]
    me = policyholder(policy_id)
    another = policyholder(policy_id) | {"principal": "per_test_" + "0" * 32}

    for caller in (BROKER, KIM, another):
        path = complained(handlers, policy_id, caller)
        assert handlers.call("GET", path, by=me, clock=LOSS_CLOCK).code == "complaint-not-found"


def test_theirs_is_unknown_to_other_policyholders_and_to_other_partners(handlers: Platform):
    mine, others = handlers.issued()["id"], handlers.issued()["id"]
    path = complained(handlers, mine, policyholder(mine))

    for caller in (
        policyholder(others),
        policyholder(mine, partner="meadow"),
        STRANGER | {"scopes": BROKER["scopes"]},
    ):
        answer = handlers.call("GET", path, by=caller, clock=LOSS_CLOCK)
        assert (answer.status, answer.code) == (404, "complaint-not-found")
    assert handlers.call("GET", path, by=BROKER, clock=LOSS_CLOCK).status == 200


def test_a_policyholder_handles_no_complaint_and_sees_no_desk(handlers: Platform):
    policy_id = handlers.issued()["id"]
    me = policyholder(policy_id)
    me["scopes"] += " complaints:handle"
    path = complained(handlers, policy_id, me)

    answers = [
        *(handlers.call("POST", f"{path}/{each}", {}, by=me, clock=LOSS_CLOCK) for each in STEPS),
        handlers.call("GET", f"{path}/internal", by=me, clock=LOSS_CLOCK),
        handlers.call(
            "GET", "/v1/complaint-register", query={"month": "2027-01"}, by=me, clock=LOSS_CLOCK
        ),
    ]

    assert {answer.status for answer in answers} == {403}
