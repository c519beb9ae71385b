"""Notices: told twice, told under a name, judged on what was in force."""

from tests.support.claims import AT_FAULT, HANDLER, issued, loss, notified, settled


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


def test_a_loss_told_twice_is_linked_not_lost(platform):
    body = loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT)
    first = notified(platform, body)

    second = settled(platform, body)

    assert second["same_loss_as"] == [first["id"]]
    assert second["status"] == "assessing"
    closed = platform.post(
        f"/v1/claims/{second['id']}/closure", {"reason": "duplicate"}, by=HANDLER
    )
    assert closed["closed_as"] == "duplicate"


def test_one_outside_reference_is_one_loss_whatever_the_day(platform):
    policy = issued(platform)
    told = {"reference": "HB-2027-0113"}
    crash = loss(policy, "accidental_damage", "1000", occurred_at=at(3), facts=AT_FAULT)
    first = notified(platform, crash | told)

    second = notified(platform, loss(policy, "windscreen", "400", occurred_at=at(14), **told))
    third = notified(platform, loss(policy, "windscreen", "400", occurred_at=at(8)))

    assert first["reference"] == "HB-2027-0113"
    assert second["same_loss_as"] == [first["id"]]
    assert third["same_loss_as"] == []


def test_the_claim_says_on_which_terms_it_was_judged(platform):
    claim = settled(platform, loss(issued(platform), "windscreen", "400"))

    assert claim["judged_on"] == 1
    assert claim["segment"] == segment_of(claim["policy_id"])


def test_a_coverage_check_says_on_which_terms_it_judged(platform):
    asked = loss(issued(platform), "windscreen", "400")
    told = {name: asked[name] for name in ("policy_id", "cover", "occurred_at", "claimed")}

    checked = platform.post("/v1/coverage-checks", told)

    assert checked["judged_on"] == 1
    assert checked["segment"] == segment_of(told["policy_id"])


def test_what_is_told_has_an_end(platform):
    body = loss(issued(platform), "accidental_damage", "1000", facts={}, narrative="n" * 20_000)
    path = f"/v1/claims/{notified(platform, body)['id']}/facts"
    platform.post(path, {"narrative": "m" * 15_000})

    answered = platform.call("POST", path, {"narrative": "o" * 15_000})

    assert answered.status == 422
    assert answered.body["errors"][0]["pointer"] == "/narrative"


def test_evidence_that_no_item_could_hold_is_refused(platform):
    theft = loss(issued(platform), "fire_and_theft", "1000")
    path = f"/v1/claims/{notified(platform, theft)['id']}/facts"

    answered = platform.call("POST", path, {"facts": {"crime_reference": "c" * 200_000}})

    assert answered.status == 422
    assert answered.body["errors"][0]["pointer"] == "/facts"
