"""Claims are listed by how far they have come, by handler, by party, and of the caller's book."""

from datetime import timedelta

import pytest

from tests.support.claims import (
    AT_FAULT,
    HANDLER,
    SUPERVISOR,
    issued,
    loss,
    notified,
    reported,
    settled,
)
from tests.support.driving.http import authorizer as staff
from tests.support.lists import delivered, listed, searched
from tests.support.platform import Platform

PARTNER, OTHER, UNDERWRITER = "harbour-test", "meadow-test", "underwriter-test"
CLAIMS = "/v1/claims"


def referred(platform: Platform, policy: str) -> str:
    """A claim that a person must look at; its id."""
    claim = settled(platform, loss(policy, "accidental_damage", "1000", facts={}, payee=None))
    claim_id: str = claim["id"]
    return claim_id


def subject(name: str) -> str:
    found: str = staff(name)["claims"]["sub"]
    return found


@pytest.mark.parametrize("path", [f"{CLAIMS}?status=notified", f"{CLAIMS}?handler=me"])
def test_claims_of_all_policies_are_for_those_who_work_on_claims(platform, path):
    assert platform.call("GET", path, by=UNDERWRITER).body["code"] == "no-authority"


def test_claims_are_listed_by_how_far_they_have_come(platform):
    policy = issued(platform)
    first = notified(platform, loss(policy, "accidental_damage", "1000", facts=AT_FAULT))
    closed = settled(platform, loss(policy, "windscreen", "400"))
    reported(platform, closed["payments"][0]["id"], "paid")

    assert delivered(platform, CLAIMS, HANDLER, status="notified") == [first["id"]]
    assert listed(platform, CLAIMS, HANDLER, status="closed") == [closed["id"]]
    assert listed(platform, CLAIMS, HANDLER, status="settling") == []
    assert platform.call("GET", f"{CLAIMS}?status=lost", by=HANDLER).status == 422


def test_claims_by_status_and_by_handler_come_page_by_page(platform):
    policy, hana = issued(platform), subject(HANDLER)
    ids = []
    for _ in range(5):
        ids.append(referred(platform, policy))
        platform.post(f"{CLAIMS}/{ids[-1]}/assignment", {"handler": hana}, by=HANDLER)
        platform.now += timedelta(minutes=1)
    platform.deliver()

    for query in (
        {"status": "verifying"},
        {"handler": hana},
        {"handler": hana, "status": "verifying"},
    ):
        pages = [listed(platform, CLAIMS, HANDLER, limit=limit, **query) for limit in ("1", "2")]
        assert pages == [ids] * 2


def test_a_claim_is_in_one_persons_hands_until_another_takes_it_or_it_closes(platform):
    claim_id = referred(platform, issued(platform))
    hana, sven = subject(HANDLER), subject(SUPERVISOR)

    def hands() -> tuple[list[str], list[str]]:
        of_hana = delivered(platform, CLAIMS, HANDLER, handler=hana)
        return of_hana, delivered(platform, CLAIMS, HANDLER, handler=sven)

    platform.post(f"{CLAIMS}/{claim_id}/assignment", {"handler": hana}, by=HANDLER)
    assert hands() == ([claim_id], [])

    platform.post(f"{CLAIMS}/{claim_id}/assignment", {"handler": sven}, by=SUPERVISOR)
    assert hands() == ([], [claim_id])

    platform.post(f"{CLAIMS}/{claim_id}/closure", {"reason": "withdrawn"}, by=HANDLER)
    assert hands() == ([], [])
    assert platform.refused(f"{CLAIMS}/{claim_id}/assignment", {}, by=HANDLER) == "wrong-state"


def test_a_partner_lists_its_own_claims_without_their_handlers(platform):
    claim_id = referred(platform, issued(platform))
    platform.post(f"{CLAIMS}/{claim_id}/assignment", {"handler": subject(HANDLER)}, by=HANDLER)
    platform.deliver()

    [own] = platform.get(CLAIMS, by=PARTNER)["items"]
    [seen_by_staff] = platform.get(CLAIMS, by=HANDLER)["items"]

    assert (own["id"], "handler" in own) == (claim_id, False)
    assert seen_by_staff["handler"] == subject(HANDLER)
    assert listed(platform, CLAIMS, OTHER) == []


def test_the_claims_and_payments_of_a_party_are_found_by_its_id(platform):
    policy, other = issued(platform), issued(platform)
    claim = settled(platform, loss(policy, "windscreen", "400"))
    platform.deliver()
    party = platform.get(f"/v1/policies/{policy}")["party_id"]

    assert listed(platform, CLAIMS, PARTNER, party_id=party) == [claim["id"]]
    assert listed(platform, CLAIMS, OTHER, party_id=party) == []
    assert listed(platform, "/v1/payments", PARTNER, party_id=party) == [claim["payments"][0]["id"]]
    assert listed(platform, "/v1/payments", HANDLER, status="executing") == [
        claim["payments"][0]["id"]
    ]
    assert listed(platform, "/v1/policies", PARTNER, party_id=party) == [policy]
    assert other not in listed(platform, "/v1/policies", HANDLER, party_id=party)


def test_a_claim_is_found_by_the_reference_of_those_who_told_of_it(platform):
    body = loss(issued(platform), "windscreen", "400", reference="POLICE 7/113")
    claim = notified(platform, body)
    platform.deliver()
    search = f"{CLAIMS}/search"

    assert searched(platform, search, HANDLER, {"reference": " POLICE 7/113"}) == [claim["id"]]
    assert searched(platform, search, HANDLER, {"reference": "POLICE 7"}) == []
    assert searched(platform, search, OTHER, {"reference": "POLICE 7/113"}) == []
