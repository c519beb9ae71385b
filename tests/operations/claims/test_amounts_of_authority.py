"""What a role may do with a product's claims, and up to what amount: each step by itself."""

from typing import Any

import pytest

from tests.support.claims import HANDLER, SUPERVISOR, bill, issued, loss, money, notified
from tests.support.platform import Platform
from tests.support.products import published_claims

type Json = dict[str, Any]

APPROVE = {"decision": "approve", "reason": "Seen."}
DECISION = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
DENIAL = {"decision": "deny", "reason_code": "not_covered", "reason": "Not covered."}
OTHER = {"name": "Other Payee", "iban": "GB33BUKB20201555555555"}
LIMITED: list[Json] = [{"role": "claims_handler", "limit": 300}, {"role": "supervisor"}]


def usd(major: str) -> Json:
    return money(major, "USD")


def claim(platform: Platform, authority: list[Json], claimed: str = "800") -> str:
    """The path of a claim on a roof, of which nothing is held back."""
    platform.offering(published_claims(authority=authority, straight_through_limit=700))
    body = loss(issued(platform, "published_claims", {}), "roof", usd(claimed))
    return f"/v1/claims/{notified(platform, body | {'facts': {'age_years': 0}})['id']}"


def reserve(outstanding: str, cost_type: str = "indemnity") -> Json:
    return {"cost_type": cost_type, "outstanding": usd(outstanding), "reason": "new_information"}


def waits(answered: Json) -> bool:
    return bool(answered["payments"][-1]["status"] == "awaiting_approval")


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("decision", DECISION),
        ("payee/approval", {"decision": "approve"}),
        ("payee/approval", {"decision": "refuse"}),
        ("hold", {"reason": "Fraud is suspected."}),
        ("notes", {"text": "Rang back."}),
    ],
    ids=str,
)
def test_a_role_without_a_profile_has_no_say_in_the_products_claims(
    platform: Platform, step: str, body: Json
):
    path = claim(platform, [{"role": "supervisor"}])
    if step == "payee/approval":
        platform.post(f"{path}/payee", OTHER, by=SUPERVISOR)

    answered = platform.call("POST", f"{path}/{step}", body, by=HANDLER)

    assert (answered.status, answered.body["code"]) == (403, "no-authority")
    assert "claims of this product" in answered.body["detail"]


@pytest.mark.parametrize(("outstanding", "refused"), [("300", False), ("300.01", True)])
def test_a_reserve_is_within_the_limit_of_who_sets_it(
    platform: Platform, outstanding: str, refused: bool
):
    path = claim(platform, LIMITED)

    answered = platform.call("POST", f"{path}/reserves", reserve(outstanding), by=HANDLER)

    assert (answered.body.get("code") == "no-authority") is refused


@pytest.mark.parametrize(("again", "refused"), [("300", False), ("300.01", True)])
def test_a_claim_is_reopened_within_the_limit_of_who_reopens_it(
    platform: Platform, again: str, refused: bool
):
    path = claim(platform, LIMITED)
    platform.post(f"{path}/closure", {"reason": "withdrawn"}, by=HANDLER)

    body = {"reason": "New facts.", "reserve": usd(again)}
    answered = platform.call("POST", f"{path}/reopening", body, by=HANDLER)

    assert (answered.body.get("code") == "no-authority") is refused


def test_a_denial_is_confirmed_within_the_limit_of_who_confirms_it(platform: Platform):
    path = claim(platform, LIMITED)
    platform.post(f"{path}/decision", DENIAL, by=SUPERVISOR)

    body = {"decision": "confirm", "reason": "Seen."}

    assert platform.refused(f"{path}/decision/confirmation", body, by=HANDLER) == "no-authority"


def test_a_payment_is_approved_within_the_limit_of_who_approves_it(platform: Platform):
    path = claim(platform, LIMITED)
    [payment] = platform.post(f"{path}/decision", DECISION, by=SUPERVISOR)["payments"]

    at = f"{path}/payments/{payment['id']}/approval"

    assert platform.refused(at, APPROVE, by=HANDLER) == "no-authority"


def test_what_a_person_decides_beyond_their_limit_waits_for_another(platform: Platform):
    path = claim(platform, LIMITED, claimed="600")

    decided = platform.post(f"{path}/decision", DECISION, by=HANDLER)

    assert waits(decided)


def test_a_bill_beyond_a_persons_limit_waits_for_another(platform: Platform):
    path = claim(platform, LIMITED)
    platform.post(f"{path}/reserves", reserve("600", "expense"), by=SUPERVISOR)
    first = bill("10") | {"amount": usd("10")}
    known = platform.post(f"{path}/payments", first, by=HANDLER)["payments"][-1]["id"]
    platform.post(f"{path}/payments/{known}/approval", APPROVE, by=SUPERVISOR)

    fits = platform.post(f"{path}/payments", first | {"amount": usd("290")}, by=HANDLER)
    passes = platform.post(f"{path}/payments", first | {"amount": usd("0.01")}, by=HANDLER)

    assert not waits(fits)
    assert waits(passes)
