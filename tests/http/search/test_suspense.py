"""Finance lists the payments that could not be matched with a policy, and what became of them."""

from insurance.domain.core.identity import Mode, suspense_id_for

from tests.support.claims import issued
from tests.support.lists import delivered, listed
from tests.support.platform import Platform

SUSPENSE, FINANCE = "/v1/suspense", "finance-test"
NOBODYS = "pol_test_0000000000000000"


def test_finance_lists_what_waits_in_suspense_and_what_became_of_the_rest(platform: Platform):
    policy = issued(platform)
    for reference in ("REF-1", "REF-2"):
        amount = {"amount": 50_00, "currency": "GBP"}
        payment = {"policy_id": NOBODYS, "reference": reference, "received_on": "2026-12-04"}
        platform.post("/v1/payments", payment | {"amount": amount}, by="bank-test")
    first, second = (suspense_id_for(Mode.TEST, each) for each in ("REF-1", "REF-2"))
    assert sorted(delivered(platform, SUSPENSE, FINANCE, status="waiting")) == sorted(
        [first, second]
    )

    platform.post(f"{SUSPENSE}/{first}/allocation", {"policy_id": policy}, by=FINANCE)

    assert delivered(platform, SUSPENSE, FINANCE, status="waiting") == [second]
    assert listed(platform, SUSPENSE, FINANCE, status="allocated") == [first]
    assert sorted(listed(platform, SUSPENSE, FINANCE)) == sorted([first, second])
    [row] = platform.get(SUSPENSE, by=FINANCE, query={"status": "waiting"})["items"]
    assert (row["reference"], row["amount"]["amount"], row["named"]) == ("REF-2", 50_00, NOBODYS)


def test_suspense_is_for_finance_alone(platform: Platform):
    for by in ("call-centre-test", "harbour-test"):
        assert platform.call("GET", SUSPENSE, by=by).body["code"] == "missing-scope"
