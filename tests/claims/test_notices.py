"""Notices: told twice, told under a name, judged on what was in force."""

from tests.claims.policies import issued, loss, notified, settled
from tests.claims.test_decisions import AT_FAULT, HANDLER


def at(day: int) -> str:
    return f"2027-01-{day:02d}T08:20:00Z"


def segment_of(policy_id: str) -> dict[str, str | int]:
    """A whole term as it was issued: nothing has been changed since."""
    return {
        "policy_id": policy_id,
        "transaction": 1,
        "start": "2026-12-01T00:00:00Z",
        "end": "2027-12-01T00:00:00Z",
        "product": "personal_motor",
        "version": "2026.1",
    }


def test_a_loss_told_twice_is_linked_not_lost(office):
    body = loss(issued(office), "accidental_damage", "1000", facts=AT_FAULT)
    first = notified(office, body)

    second = settled(office, body)

    assert second["same_loss_as"] == [first["id"]]
    assert second["status"] == "assessing"
    closed = office.post(f"/v1/claims/{second['id']}/closure", {"reason": "duplicate"}, by=HANDLER)
    assert closed["closed_as"] == "duplicate"


def test_one_outside_reference_is_one_loss_whatever_the_day(office):
    policy = issued(office)
    told = {"reference": "HB-2027-0113"}
    crash = loss(policy, "accidental_damage", "1000", occurred_at=at(3), facts=AT_FAULT)
    first = notified(office, crash | told)

    second = notified(office, loss(policy, "windscreen", "400", occurred_at=at(14), **told))
    third = notified(office, loss(policy, "windscreen", "400", occurred_at=at(8)))

    assert first["reference"] == "HB-2027-0113"
    assert second["same_loss_as"] == [first["id"]]
    assert third["same_loss_as"] == []


def test_the_claim_says_on_which_terms_it_was_judged(office):
    claim = settled(office, loss(issued(office), "windscreen", "400"))

    assert claim["judged_on"] == 1
    assert claim["segment"] == segment_of(claim["policy_id"])


def test_a_coverage_check_says_on_which_terms_it_judged(office):
    asked = loss(issued(office), "windscreen", "400")
    told = {name: asked[name] for name in ("policy_id", "cover", "occurred_at", "claimed")}

    checked = office.post("/v1/coverage-checks", told)

    assert checked["judged_on"] == 1
    assert checked["segment"] == segment_of(told["policy_id"])


def test_what_is_told_has_an_end(office):
    body = loss(issued(office), "accidental_damage", "1000", facts={}, narrative="n" * 20_000)
    path = f"/v1/claims/{notified(office, body)['id']}/facts"
    office.post(path, {"narrative": "m" * 15_000})

    answered = office.call("POST", path, {"narrative": "o" * 15_000})

    assert answered.status == 422
    assert answered.body["errors"][0]["pointer"] == "/narrative"


def test_evidence_that_no_item_could_hold_is_refused(office):
    theft = loss(issued(office), "fire_and_theft", "1000")
    path = f"/v1/claims/{notified(office, theft)['id']}/facts"

    answered = office.call("POST", path, {"facts": {"crime_reference": "c" * 200_000}})

    assert answered.status == 422
    assert answered.body["errors"][0]["pointer"] == "/facts"
