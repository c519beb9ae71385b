"""The fraud score: signals of the product that add up and explain themselves; it never denies."""

import pytest

from tests.support.claims import HANDLER, issued, loss, settled
from tests.support.platform import Platform
from tests.support.products import suspicious

BANDS = [
    ("900", True, 400, (0, "pass")),
    ("1000", True, 400, (15, "pass")),
    ("900", False, 400, (30, "refer")),
    ("1000", False, 400, (45, "refer")),
    ("900", False, 3, (60, "hold")),
    ("1000", False, 3, (75, "hold")),
]


def lost_phone(platform: Platform, claimed: str, receipt: bool, owned_days: int):
    platform.offering(suspicious())
    facts = {"receipt": receipt, "owned_days": owned_days}
    return settled(
        platform, loss(issued(platform, "suspicious", {}), "phone", claimed, facts=facts)
    )


@pytest.mark.parametrize(("claimed", "receipt", "owned_days", "expected"), BANDS)
def test_signals_add_up_and_the_band_decides_who_looks(
    platform: Platform, claimed, receipt, owned_days, expected
):
    score, band = expected
    claim = lost_phone(platform, claimed, receipt, owned_days)

    [rule] = [rule for rule in claim["rules"] if rule["code"] == "fraud_score"]
    assert (rule["facts"]["score"], rule["facts"]["band"]) == (score, band)
    assert sum(rule["facts"]["signals"].values()) == score
    assert claim["decision"] == ("approved" if band == "pass" else "pending")
    assert ("on_hold" in claim) == (band == "hold")


def test_a_claim_that_the_score_holds_is_paid_once_a_person_released_and_approved_it(platform):
    claim = lost_phone(platform, "900", receipt=False, owned_days=3)
    path = f"/v1/claims/{claim['id']}"
    approve = {
        "decision": "approve",
        "reason_code": "shop_confirms",
        "reason": "The shop knows it.",
    }
    assert platform.refused(f"{path}/decision", approve, by=HANDLER) == "claim-on-hold"

    platform.post(f"{path}/release", by=HANDLER)
    paid = platform.post(f"{path}/decision", approve, by=HANDLER)

    assert paid["decision"] == "approved"
    assert paid["decisions"][0]["rules"] == ["fraud_score"]
