"""The fraud score: signals of the product that add up and explain themselves; it never denies."""

import pytest

from tests.claims.office import Office
from tests.claims.policies import issued, loss, settled
from tests.claims.products import suspicious
from tests.claims.test_decisions import HANDLER

BANDS = [
    ("900", True, 400, (0, "pass")),
    ("1000", True, 400, (15, "pass")),
    ("900", False, 400, (30, "refer")),
    ("1000", False, 400, (45, "refer")),
    ("900", False, 3, (60, "hold")),
    ("1000", False, 3, (75, "hold")),
]


def lost_phone(office: Office, claimed: str, receipt: bool, owned_days: int):
    office.offering(suspicious())
    facts = {"receipt": receipt, "owned_days": owned_days}
    return settled(office, loss(issued(office, "suspicious", {}), "phone", claimed, facts=facts))


@pytest.mark.parametrize(("claimed", "receipt", "owned_days", "expected"), BANDS)
def test_signals_add_up_and_the_band_decides_who_looks(
    office: Office, claimed, receipt, owned_days, expected
):
    score, band = expected
    claim = lost_phone(office, claimed, receipt, owned_days)

    [rule] = [rule for rule in claim["rules"] if rule["code"] == "fraud_score"]
    assert (rule["facts"]["score"], rule["facts"]["band"]) == (score, band)
    assert sum(rule["facts"]["signals"].values()) == score
    assert claim["decision"] == ("approved" if band == "pass" else "pending")
    assert ("on_hold" in claim) == (band == "hold")


def test_a_claim_that_the_score_holds_is_paid_once_a_person_released_and_approved_it(office):
    claim = lost_phone(office, "900", receipt=False, owned_days=3)
    path = f"/v1/claims/{claim['id']}"
    approve = {
        "decision": "approve",
        "reason_code": "shop_confirms",
        "reason": "The shop knows it.",
    }
    assert office.refused(f"{path}/decision", approve, by=HANDLER) == "claim-on-hold"

    office.post(f"{path}/release", by=HANDLER)
    paid = office.post(f"{path}/decision", approve, by=HANDLER)

    assert paid["decision"] == "approved"
    assert paid["decisions"][0]["rules"] == ["fraud_score"]
