"""A policyholder signs in through a partner's portal and sees what is theirs, and nothing else."""

from demo.samples import CALLERS, Person
from local.stack import Stack
from tests.end_to_end.conftest import CallAs, Caller, Json, assert_problem


def given_policy(stack: Stack, harbour: Caller, risk: Json, person: str) -> str:
    """A policy that this person was given access to."""
    signed_in = CALLERS[person]
    assert isinstance(signed_in, Person)
    quote_id = harbour.post("/v1/quotes", risk).json()["id"]
    assert harbour.post(f"/v1/quotes/{quote_id}/acceptance", {}).status_code == 200
    policy_id = str(harbour.post("/v1/policies", {"quote_id": quote_id}).json()["id"])
    who = {"issuer": stack.services_url, "subject": signed_in.subject}
    assert harbour.post(f"/v1/policies/{policy_id}/access", who).status_code == 200
    return policy_id


def test_who_signed_in_sees_their_own_policy_and_gives_notice_of_their_own_loss(
    stack: Stack, call_as: CallAs, harbour: Caller, risk: Json, journey: Json
) -> None:
    assert call_as("ada-test").get("/v1/claims/x").status_code == 403  # nobody gave her anything
    mine = given_policy(stack, harbour, risk, "ada-test")
    theirs = given_policy(stack, harbour, risk, "ben-test")
    ada = call_as("ada-test", clock="2027-01-16T09:00:00Z", jti="signed-in-again")

    assert ada.get(f"/v1/policies/{mine}").json()["id"] == mine
    assert_problem(ada.get(f"/v1/policies/{theirs}"), 404, "policy-not-found")
    noticed = ada.post("/v1/claims", {**journey["claim"], "policy_id": mine})
    assert noticed.status_code == 201, noticed.text
    assert ada.get(f"/v1/claims/{noticed.json()['id']}").status_code == 200
    loss = {**journey["claim"], "policy_id": theirs}
    assert_problem(ada.post("/v1/claims", loss), 404, "policy-not-found")
    settle = f"/v1/claims/{noticed.json()['id']}/settlement"
    assert_problem(ada.post(settle, {}), 403, "missing-scope")
    assert ada.post("/v1/quotes", risk).status_code == 403
