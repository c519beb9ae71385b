"""Who approves redress sees to whom it goes, and redress to somebody else than complained is looked at again."""

from typing import Any

import pytest

from tests.support.complaints import COMPLIANCE, KIM, SVEN, opened
from tests.support.platform import Platform

type Json = dict[str, Any]

OFFER = {
    "amount": {"amount": 5_000, "currency": "GBP"},
    "name": "Ada Merton",
    "iban": "GB33BUKB20201555555555",
    "reason": "We were late.",
}
APPROVE = {"decision": "approve", "reason": "Seen."}


def investigated(platform: Platform) -> str:
    at = opened(platform)
    platform.post(f"{at}/acknowledgement", by=KIM)
    platform.post(f"{at}/investigation", by=KIM)
    return at


def offered(platform: Platform, at: str, **changes: object) -> str:
    complaint = platform.post(f"{at}/redress", OFFER | changes, by=KIM)
    return f"{at}/redress/{complaint['redress'][-1]['id']}"


def test_who_approves_redress_reads_the_payee_who_named_them_and_the_total(platform: Platform):
    at = investigated(platform)
    platform.post(f"{offered(platform, at)}/approval", APPROVE, by=SVEN)
    offered(platform, at, name="Mallory Quick")

    seen = platform.get(at, by=SVEN)

    assert seen["redress_agreed"] == {"amount": 5_000, "currency": "GBP"}
    payment = seen["redress"][-1]
    assert payment["payee"] == {
        "name": "Mallory Quick",
        "is_policyholder": False,
        "account_ending": "5555",
    }
    assert payment["requested_by"]
    assert payment["referred_because"].startswith("The payee is not who complained")
    assert "referred_because" not in seen["redress"][0]
    partner = platform.get(at)
    assert "Quick" not in str(partner)
    assert "redress_agreed" not in partner


@pytest.mark.parametrize("name", ["Ada Merton", "MERTON, Ada", "Áda  Merton"])
def test_redress_to_who_complained_is_paid_once_it_is_approved(platform: Platform, name: str):
    at = investigated(platform)

    approved = platform.post(f"{offered(platform, at, name=name)}/approval", APPROVE, by=SVEN)

    assert approved["redress"][0]["status"] == "executing"


def test_redress_to_somebody_else_waits_for_a_third_person(platform: Platform):
    at = offered(platform, investigated(platform), name="Mallory Quick")

    approved = platform.post(f"{at}/approval", APPROVE, by=SVEN)

    assert approved["redress"][0]["status"] == "screening"
    clear = {"decision": "clear", "reason": "Her daughter, as she asked in writing."}
    assert platform.refused(f"{at}/screening", clear, by=SVEN) == "same-person"
    cleared = platform.post(f"{at}/screening", clear, by=COMPLIANCE)
    assert cleared["redress"][0]["status"] == "executing"
