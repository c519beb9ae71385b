"""Automated decisions offer a person; adverse ones name their reason and where the facts come from."""

from tests.claims.office import Office
from tests.claims.policies import issued, loss, settled
from tests.claims.test_decisions import AT_FAULT, DENIAL, HANDLER, crash, reported

WHY = {"reason": "The excess was waived on the telephone."}


def paid(office: Office) -> str:
    """The path of a claim that rules alone have decided, paid and closed."""
    body = loss(issued(office), "accidental_damage", "1000", facts=AT_FAULT)
    claim = settled(office, body)
    reported(office, claim["payments"][0]["id"], "paid")
    return f"/v1/claims/{claim['id']}"


def test_an_automated_decision_says_how_a_person_can_be_asked(office: Office):
    [decision] = office.get(paid(office))["decisions"]

    assert decision["automated"]
    assert "/review" in decision["review"]


def test_a_person_is_asked_and_what_was_paid_stays_paid(office: Office):
    path = paid(office)
    before = office.get(path)

    asked = office.post(f"{path}/review", WHY)

    assert (asked["status"], asked["decision"]) == ("reopened", "pending")
    assert (asked["task"]["code"], asked["task"]["reason"]) == ("review_asked", WHY["reason"])
    assert asked["paid"] == before["paid"]
    again = {"decision": "approve", "reason_code": "as_reported", "reason": "It was not waived."}
    confirmed = office.post(f"{path}/decision", again, by=HANDLER)
    assert confirmed["paid"] == before["paid"]
    assert not confirmed["decisions"][-1]["automated"]
    assert "review" not in confirmed["decisions"][-1]


def test_a_claim_on_its_way_to_be_paid_can_be_reviewed(office: Office):
    body = loss(issued(office), "accidental_damage", "1000", facts=AT_FAULT)
    claim = settled(office, body)

    asked = office.post(f"/v1/claims/{claim['id']}/review", WHY)

    assert (asked["status"], asked["task"]["code"]) == ("settling", "review_asked")
    assert asked["payments"][0]["status"] == "executing"


def test_rules_do_not_decide_again_what_a_person_was_asked_to_look_at(office: Office):
    path = paid(office)
    office.post(f"{path}/review", WHY)

    assert office.refused(f"{path}/settlement") == "wrong-state"
    assert office.get(path)["task"]["code"] == "review_asked"


def test_what_the_bank_reports_does_not_end_a_review(office: Office):
    claim = settled(office, loss(issued(office), "accidental_damage", "1000", facts=AT_FAULT))
    path = f"/v1/claims/{claim['id']}"
    office.post(f"{path}/review", WHY)

    reported(office, claim["payments"][0]["id"], "paid")

    left = office.get(path)
    assert (left["status"], left["task"]["code"]) == ("settling", "review_asked")
    closed = office.post(f"{path}/closure", {"reason": "settled"}, by=HANDLER)
    assert closed["status"] == "closed"


def test_what_a_person_decided_is_appealed_not_reviewed(office: Office):
    claim = crash(office, "1000")
    path = f"/v1/claims/{claim['id']}"
    assert office.refused(f"{path}/review", WHY) == "wrong-state"

    denied = office.post(f"{path}/decision", DENIAL, by=HANDLER)

    assert office.refused(f"{path}/review", WHY) == "wrong-state"
    [decision] = denied["decisions"]
    assert decision["appeal"]
    assert decision["sources"] == ["what was told about the loss, and the policy's terms"]
