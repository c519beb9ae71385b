"""A registered customer is found by all that is known of them, and what was merged is listed as one."""

from datetime import timedelta

import pytest

from tests.support.calls import policyholder
from tests.support.driving.http import Json
from tests.support.lists import listed, searched
from tests.support.platform import Platform
from tests.support.search import ADA, PLATES, erase, insured

PARTNER, OTHER, CALL_CENTRE = "harbour-test", "meadow-test", "call-centre-test"
REGISTERED: Json = {
    "kind": "person",
    "name": "Quentin Ashgrove",
    "date_of_birth": "1984-02-29",
    "phone": "+447700900456",
    "email": "Quentin@ashgrove.example",
    "address": {"lines": ["2 Low Road"], "postcode": "CD3 4EF", "country": "GB"},
    "reference": "C-4711",
}


@pytest.mark.parametrize(
    "marks",
    [
        {"phone": "07700 900456"},
        {"email": "quentin@ASHGROVE.example"},
        {"reference": "C-4711"},
        {"name": "ashgrove quentin", "date_of_birth": "1984-02-29"},
        {"name": "ash", "postcode": "cd34ef"},
    ],
)
def test_a_registered_customer_is_found_by_each_mark(platform: Platform, marks: Json):
    party = platform.post("/v1/parties", REGISTERED)
    platform.deliver()

    for by in (CALL_CENTRE, PARTNER):
        assert searched(platform, "/v1/parties/search", by, marks) == [party["id"]]
    assert searched(platform, "/v1/parties/search", OTHER, marks) == []


def test_a_quote_that_names_a_party_makes_no_second_one(platform: Platform):
    party = platform.post("/v1/parties", REGISTERED)
    named = insured(platform, {"party_id": party["id"]})
    platform.deliver()

    assert named["party_id"] == party["id"]
    assert listed(platform, "/v1/parties", PARTNER) == [party["id"]]
    assert listed(platform, "/v1/policies", CALL_CENTRE, party_id=party["id"]) == [named["id"]]


def test_a_corrected_customer_is_found_by_what_is_right_and_by_what_was_right_before(
    platform: Platform,
):
    party = platform.post("/v1/parties", REGISTERED)
    platform.now += timedelta(days=1)
    right: Json = {
        "name": "Quentin Elmgrove",
        "phone": "+447700900789",
        "address": {"lines": ["3 Hill"], "postcode": "EF5 6GH", "country": "GB"},
        "date_of_birth": "1984-03-29",
        "reason": "He married and moved, and his birth date was told wrong.",
    }
    platform.post(f"/v1/parties/{party['id']}/corrections", right)
    platform.deliver()

    for marks in (
        {"phone": "07700 900789"},
        {"phone": "07700 900456"},
        {"name": "elmgrove", "postcode": "EF5 6GH"},
        {"name": "ashgrove", "date_of_birth": "1984-03-29"},
    ):
        assert searched(platform, "/v1/parties/search", CALL_CENTRE, marks) == [party["id"]]
    told_wrong = {"name": "elmgrove", "date_of_birth": "1984-02-29"}
    assert searched(platform, "/v1/parties/search", CALL_CENTRE, told_wrong) == []


def test_parties_that_were_merged_are_listed_as_one_until_they_are_parted(platform: Platform):
    first, second = insured(platform), insured(platform, plate=PLATES[1])
    one, two = first["party_id"], second["party_id"]

    def policies(party_id: str) -> list[str]:
        platform.deliver()
        return sorted(listed(platform, "/v1/policies", PARTNER, party_id=party_id, limit="1"))

    platform.post(f"/v1/parties/{one}/merges", {"party_id": two})
    both = sorted([first["id"], second["id"]])
    assert policies(one) == policies(two) == both

    platform.post(f"/v1/parties/{one}/merge-reversals", {"party_id": two})
    assert (policies(one), policies(two)) == ([first["id"]], [second["id"]])


def test_what_a_policyholder_lists_as_their_own_does_not_grow_by_a_merge(platform: Platform):
    first, second = insured(platform), insured(platform, plate=PLATES[1])
    platform.post(f"/v1/parties/{first['party_id']}/merges", {"party_id": second["party_id"]})
    platform.deliver()

    assert listed(platform, "/v1/me/policies", policyholder(first["id"])) == [first["id"]]


def test_a_joint_holder_finds_the_policy_until_they_go_out(platform: Platform):
    policy = insured(platform)
    platform.now += timedelta(days=60)
    transfers = f"/v1/policies/{policy['id']}/transfers"
    joint = {
        "name": REGISTERED["name"],
        "email": REGISTERED["email"],
        "date_of_birth": "1984-02-29",
    }
    agreed = {"consents": ["holder", "new_holder"]}
    platform.post(transfers, {"reason": "joint_holder_in", "holder": joint, **agreed})
    platform.deliver()

    def found(marks: Json, by: str = CALL_CENTRE) -> list[str]:
        return searched(platform, "/v1/policies/search", by, marks)

    by_name = {"name": "ashgrove", "date_of_birth": "1984-02-29"}
    for marks in ({"email": "quentin@ashgrove.example"}, by_name):
        assert found(marks) == [policy["id"]]
        assert found(marks, by=OTHER) == []

    platform.post(transfers, {"reason": "joint_holder_out", "joint_holder": 1, **agreed})
    platform.deliver()
    assert found(by_name) == []


def test_an_erasure_takes_merged_parties_out_of_every_search(platform: Platform):
    one, two = (insured(platform, plate=plate)["party_id"] for plate in PLATES[:2])
    platform.post(f"/v1/parties/{one}/merges", {"party_id": two})
    platform.deliver()
    erase(platform, one)
    platform.deliver()

    assert searched(platform, "/v1/parties/search", PARTNER, {"email": ADA["email"]}) == []
    for plate in PLATES[:2]:
        marks = {"registration": plate}
        assert searched(platform, "/v1/policies/search", CALL_CENTRE, marks) == []
