"""What every step of a complaint refuses: an unknown complaint, a stale revision, a reused key."""

from typing import Any

import pytest
from insurance.domain.complaint import complaint

from tests.support.claims import money
from tests.support.complaints import KIM, SVEN, opened
from tests.support.platform import Platform

type Json = dict[str, Any]

UNKNOWN = "cmp_test_0000000000000000000000"
REDRESS: Json = {
    "amount": {"amount": 5_000, "currency": "GBP"},
    "reason": "For the trouble.",
    "name": "Ada Merton",
    "iban": "GB33BUKB20201555555555",
}
ANSWER: Json = {"text": "We are sorry.", "outcome": "upheld", "root_cause": "process"}
APPROVE, CLEAR = ({"decision": each, "reason": "Fair."} for each in ("approve", "clear"))

STEPS: list[tuple[str, Json]] = [
    ("acknowledgement", {}),
    ("investigation", {}),
    ("final-response", ANSWER),
    ("ombudsman-referral", {"reference": "FOS-1"}),
    ("closure", {"reason": "withdrawn"}),
    ("reopening", {"reason": "There is more."}),
    ("assignment", {"handler": "staff-kim"}),
    ("notes", {"text": "Rang."}),
    ("redress", REDRESS),
]
DECISIONS: list[tuple[str, Json]] = [("approval", APPROVE), ("screening", CLEAR)]


def redress_offered(platform: Platform, path: str, **changes: Any) -> str:
    """The path of a redress that a handler has offered."""
    platform.post(f"{path}/acknowledgement", by=KIM)
    platform.post(f"{path}/investigation", by=KIM)
    offered = platform.post(f"{path}/redress", REDRESS | changes, by=KIM)["redress"][-1]
    return f"{path}/redress/{offered['id']}"


@pytest.mark.parametrize(("step", "body"), STEPS)
def test_a_step_of_an_unknown_complaint_is_refused(platform, step, body):
    refused = platform.refused(f"/v1/complaints/{UNKNOWN}/{step}", body, by=KIM)

    assert refused == "complaint-not-found"


@pytest.mark.parametrize(("step", "body"), STEPS)
def test_a_step_from_a_stale_revision_is_refused(platform, step, body):
    path = opened(platform)

    answered = platform.call(
        "POST", f"{path}/{step}", body, by=KIM, headers={"If-Match": '"9-complaint"'}
    )

    assert (answered.status, answered.body["code"]) == (412, "stale-revision")


@pytest.mark.parametrize("step", ["acknowledgement", "notes"])
def test_a_key_of_another_request_is_refused(platform, step):
    first, second = opened(platform), opened(platform)
    body = dict(STEPS)[step]
    platform.call("POST", f"{first}/{step}", body, by=KIM, key="once")

    assert platform.refused(f"{second}/{step}", body, by=KIM, key="once") == "key-reused"


@pytest.mark.parametrize(("step", "body"), DECISIONS)
def test_a_decision_about_an_unknown_redress_is_refused(platform, step, body):
    path = opened(platform)
    unknown = f"{path}/redress/rdr_test_0000000000000000000000_1/{step}"
    elsewhere = f"/v1/complaints/{UNKNOWN}/redress/rdr_test_0000000000000000000000_1/{step}"

    assert platform.refused(unknown, body, by=SVEN) == "redress-not-found"
    assert platform.refused(elsewhere, body, by=SVEN) == "complaint-not-found"


@pytest.mark.parametrize(("step", "body"), DECISIONS)
def test_a_decision_from_a_stale_revision_is_refused(platform, step, body):
    redress = redress_offered(platform, opened(platform))

    answered = platform.call(
        "POST", f"{redress}/{step}", body, by=SVEN, headers={"If-Match": '"9-complaint"'}
    )

    assert (answered.status, answered.body["code"]) == (412, "stale-revision")


def test_a_redress_is_decided_once_and_cleared_only_while_it_is_screened(platform):
    redress = redress_offered(platform, opened(platform))

    assert platform.refused(f"{redress}/screening", CLEAR, by=SVEN) == "wrong-state"
    platform.post(f"{redress}/approval", APPROVE, by=SVEN)
    assert platform.refused(f"{redress}/approval", APPROVE, by=SVEN) == "wrong-state"


def test_the_person_who_offers_redress_clears_no_payee(platform):
    """A supervisor may handle a complaint, and then another one approves and clears."""
    path = opened(platform)
    platform.post(f"{path}/acknowledgement", by=SVEN)
    platform.post(f"{path}/investigation", by=SVEN)
    listed = REDRESS | {"name": "Drago, Viktor MALENKOV"}
    offered = platform.post(f"{path}/redress", listed, by=SVEN)["redress"][0]["id"]

    assert platform.refused(f"{path}/redress/{offered}/approval", APPROVE, by=SVEN) == "same-person"


def test_redress_above_the_limits_of_a_role_is_not_approved_in_parts_either(platform):
    first = redress_offered(platform, opened(platform), amount=money("24999"))
    path = first.rpartition("/redress/")[0]
    platform.post(f"{first}/approval", APPROVE, by=SVEN)

    for amount in ("1.01", "50000000"):
        offer = REDRESS | {"amount": money(amount)}
        offered = platform.post(f"{path}/redress", offer, by=KIM)["redress"][-1]["id"]
        at = f"{path}/redress/{offered}/approval"
        assert platform.refused(at, APPROVE, by=SVEN) == "no-authority"


def test_who_approves_redress_does_not_clear_its_payee(platform):
    redress = redress_offered(platform, opened(platform), name="Drago, Viktor MALENKOV")
    platform.post(f"{redress}/approval", APPROVE, by=SVEN)

    assert platform.refused(f"{redress}/screening", CLEAR, by=SVEN) == "same-person"


def test_redress_is_offered_in_the_products_currency(platform):
    path = opened(platform)
    platform.post(f"{path}/acknowledgement", by=KIM)
    platform.post(f"{path}/investigation", by=KIM)
    euros = REDRESS | {"amount": {"amount": 5_000, "currency": "EUR"}}

    assert platform.refused(f"{path}/redress", euros, by=KIM) == "currency-mismatch"


def test_a_complaint_is_not_closed_over_redress_that_waits(platform):
    path = opened(platform)
    redress_offered(platform, path)
    platform.post(f"{path}/final-response", ANSWER, by=KIM)

    refused = platform.refused(f"{path}/closure", {"reason": "accepted"}, by=KIM)

    assert refused == "complaint-still-open"


def test_only_staff_of_the_area_read_what_is_internal(platform):
    path = opened(platform)

    assert platform.call("GET", f"{path}/internal", by="handler-test").status == 403
    assert platform.call("GET", f"/v1/complaints/{UNKNOWN}/internal", by=KIM).status == 404


@pytest.mark.parametrize(
    ("bound", "step", "body"),
    [("NOTES_MAX", "notes", {"text": "Rang."}), ("REDRESS_MAX", "redress", REDRESS)],
)
def test_a_complaint_that_is_full_takes_no_more(platform, monkeypatch, bound, step, body):
    path = opened(platform)
    platform.post(f"{path}/acknowledgement", by=KIM)
    platform.post(f"{path}/investigation", by=KIM)
    monkeypatch.setattr(complaint, bound, 0)

    assert platform.refused(f"{path}/{step}", body, by=KIM) == "complaint-full"
