"""What comes back on a paid claim: shared, passed on, posted, or given up."""

from collections import Counter

import pytest

from tests.support.claims import (
    AGAINST,
    HANDLER,
    SUPERVISOR,
    issued,
    loss,
    money,
    pursued,
    reported,
    settled,
)
from tests.support.platform import Platform, platform_in_memory


@pytest.fixture
def paid_claim(platform: Platform) -> str:
    """1,500 claimed, 1,000 paid: a third of the loss is the insured's."""
    facts = {"driver_age": 35, "fault": False}
    claim = settled(platform, loss(issued(platform), "accidental_damage", "1500", facts=facts))
    reported(platform, claim["payments"][0]["id"], "paid")
    claim_id: str = claim["id"]
    return claim_id


def test_what_comes_back_is_shared_as_the_loss_was_borne(platform, paid_claim):
    path = pursued(platform, paid_claim)

    platform.post(f"{path}/receipts", {"amount": money("600")}, by=HANDLER)
    claim = platform.post(f"{path}/receipts", {"amount": money("600")}, by=HANDLER)

    [recovery] = claim["recoveries"]
    assert recovery["status"] == "recovered"
    assert (recovery["received"], recovery["kept"]) == (money("1200"), money("800"))
    shares = [each for each in claim["payments"] if each["cost_type"] == "insured_share"]
    assert [each["amount"] for each in shares] == [money("200"), money("200")]
    assert {each["status"] for each in shares} == {"awaiting_approval"}


def test_the_insureds_share_is_paid_once_a_second_person_agreed(platform, paid_claim):
    path = pursued(platform, paid_claim)
    claim = platform.post(f"{path}/receipts", {"amount": money("1200")}, by=HANDLER)

    payment = claim["payments"][-1]["id"]
    approval = f"/v1/claims/{paid_claim}/payments/{payment}/approval"
    agreed = {"decision": "approve", "reason": "Shared as the policy says."}
    platform.post(approval, agreed, by=SUPERVISOR)
    reported(platform, payment, "paid")

    claim = platform.get(f"/v1/claims/{paid_claim}")
    assert claim["status"] == "closed"
    assert claim["paid"] == money("1000")
    assert claim["payments"][-1]["status"] == "paid"


def test_what_is_left_of_the_object_is_the_insurers(platform, paid_claim):
    path = pursued(platform, paid_claim, "300", kind="salvage", against="Harbour Scrap Metals")

    claim = platform.post(f"{path}/receipts", {"amount": money("300")}, by=HANDLER)

    assert claim["recoveries"][0]["kept"] == money("300")
    assert len(claim["payments"]) == 1


def test_more_than_was_paid_is_never_kept(platform, paid_claim):
    path = pursued(platform, paid_claim, "2000", kind="salvage", against="Harbour Scrap Metals")

    claim = platform.post(f"{path}/receipts", {"amount": money("1300")}, by=HANDLER)

    assert claim["recoveries"][0]["kept"] == money("1000")
    assert claim["payments"][-1]["amount"] == money("300")


def test_a_recovery_is_given_up_and_the_rest_written_off(platform, paid_claim):
    path = pursued(platform, paid_claim)
    platform.post(f"{path}/receipts", {"amount": money("300")}, by=HANDLER)

    claim = platform.post(f"{path}/abandonment", {"reason_code": "not_economic"}, by=HANDLER)

    assert claim["recoveries"][0]["status"] == "abandoned"
    assert claim["recoveries"][0]["written_off"] == money("900")
    assert platform.refused(f"{path}/pursuit", by=HANDLER) == "wrong-state"


def test_nothing_comes_back_on_what_was_not_paid(platform):
    claim = settled(platform, loss(issued(platform), "accidental_damage", "9000", facts={}))
    path = f"/v1/claims/{claim['id']}/recoveries"

    assert platform.refused(path, {**AGAINST, "expected": money("10")}, by=HANDLER) == "wrong-state"
    assert platform.refused(f"{path}/1/pursuit", by=HANDLER) == "recovery-not-found"


def test_every_penny_that_comes_back_is_posted():
    with platform_in_memory() as (platform, memory):
        facts = {"driver_age": 35, "fault": False}
        claim = settled(platform, loss(issued(platform), "accidental_damage", "1500", facts=facts))
        reported(platform, claim["payments"][0]["id"], "paid")
        path = pursued(platform, claim["id"])
        received = platform.post(f"{path}/receipts", {"amount": money("1200")}, by=HANDLER)
        payment = received["payments"][-1]["id"]
        approval = f"/v1/claims/{claim['id']}/payments/{payment}/approval"
        platform.post(approval, {"decision": "approve", "reason": "Agreed."}, by=SUPERVISOR)
        reported(platform, payment, "paid")

        book: Counter[str] = Counter()
        for event in memory.events[claim["id"]]:
            for posting in event.postings:
                book[posting.debit] += posting.amount.amount
                book[posting.credit] -= posting.amount.amount

    assert +book == {"claims_paid": 100_000}
    assert -book == {"cash": 20_000, "recoveries": 80_000}
