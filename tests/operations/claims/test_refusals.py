"""What a claim refuses because it is full, on hold, or has no such part."""

from datetime import datetime
from types import ModuleType
from typing import Any

import pytest
from insurance.domain.claim import attention, notice, recoveries
from insurance.domain.claim import claim as claims

from tests.support.claims import (
    AGAINST,
    AT_FAULT,
    DENIAL,
    HANDLER,
    SUPERVISOR,
    bill,
    crash,
    issued,
    loss,
    money,
    pursued,
    reported,
    settled,
)
from tests.support.platform import Platform

type Json = dict[str, Any]

APPROVAL = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
CLEAR = {"decision": "clear", "reason": "Another person."}
NOTE = {"text": "Rang."}
DIARY = {"on": "2027-02-01T09:00:00Z", "about": "Ring again."}
RECOVERY = {**AGAINST, "expected": money("100")}


@pytest.mark.parametrize(
    ("module", "bound", "step", "body"),
    [
        (attention, "NOTES_MAX", "notes", NOTE),
        (attention, "DIARY_MAX", "diary-entries", DIARY),
        (claims, "DECISIONS_MAX", "decision", DENIAL),
        (claims, "DECISIONS_MAX", "settlement", None),
        (claims, "PAYMENTS_MAX", "payments", bill("10")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_claim_that_is_full_of_something_takes_no_more_of_it(
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    bound: str,
    step: str,
    body: Json | None,
):
    path = f"/v1/claims/{crash(platform)['id']}"
    reserve = {
        "cost_type": "expense",
        "outstanding": money("100"),
        "reason": "new_information",
    }
    platform.post(f"{path}/reserves", reserve, by=HANDLER)
    monkeypatch.setattr(module, bound, 0)

    assert platform.refused(f"{path}/{step}", body, by=HANDLER) == "claim-full"


def test_a_claim_full_of_payments_or_recoveries_takes_nothing_back(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    facts = {"driver_age": 35, "fault": False}
    claim = settled(platform, loss(issued(platform), "accidental_damage", "1500", facts=facts))
    reported(platform, claim["payments"][0]["id"], "paid")
    path = pursued(platform, claim["id"])
    monkeypatch.setattr(claims, "PAYMENTS_MAX", 1)
    monkeypatch.setattr(recoveries, "RECOVERIES_MAX", 1)

    receipt, more = {"amount": money("600")}, f"/v1/claims/{claim['id']}/recoveries"

    assert platform.refused(f"{path}/receipts", receipt, by=HANDLER) == "claim-full"
    assert platform.refused(more, RECOVERY, by=HANDLER) == "claim-full"


def test_a_recovery_that_there_is_not_is_neither_received_nor_given_up(platform: Platform):
    path = f"/v1/claims/{crash(platform)['id']}/recoveries/9"

    receipt = {"amount": money("600")}
    assert platform.refused(f"{path}/receipts", receipt, by=HANDLER) == "recovery-not-found"
    given_up = {"reason_code": "not_economic"}
    assert platform.refused(f"{path}/abandonment", given_up, by=HANDLER) == "recovery-not-found"


def test_a_policy_holds_so_many_claims(platform: Platform, monkeypatch: pytest.MonkeyPatch):
    policy_id = issued(platform)
    platform.now = datetime.fromisoformat("2027-01-16T09:30:00Z")
    monkeypatch.setattr(notice, "CLAIMS_PER_POLICY_MAX", 0)
    body = loss(policy_id, "accidental_damage", "1500", facts=AT_FAULT)

    assert platform.refused("/v1/claims", body) == "too-many-claims"


def test_on_hold_a_proposed_denial_does_not_come_to_stand(platform: Platform):
    path = f"/v1/claims/{crash(platform, '9000')['id']}"
    platform.post(f"{path}/decision", DENIAL, by=HANDLER)
    platform.post(f"{path}/hold", {"reason": "The police ask us to wait."}, by=HANDLER)

    word = {"decision": "confirm", "reason": "The policy names one driver."}
    code = platform.refused(f"{path}/decision/confirmation", word, by=SUPERVISOR)

    assert code == "claim-on-hold"


def test_on_hold_no_payment_is_approved(platform: Platform):
    path = f"/v1/claims/{crash(platform, '9000')['id']}"
    [payment] = platform.post(f"{path}/decision", APPROVAL, by=HANDLER)["payments"]
    platform.post(f"{path}/hold", {"reason": "The police ask us to wait."}, by=HANDLER)

    approval = {"decision": "approve", "reason": "Seen."}
    at = f"{path}/payments/{payment['id']}/approval"

    assert platform.refused(at, approval, by=SUPERVISOR) == "claim-on-hold"


def test_a_reserve_covers_what_is_on_its_way_to_be_paid(platform: Platform):
    path = f"/v1/claims/{crash(platform, '9000')['id']}"
    platform.post(f"{path}/decision", APPROVAL, by=HANDLER)
    nothing = {"cost_type": "indemnity", "outstanding": money("0"), "reason": "legal_advice"}

    assert platform.refused(f"{path}/reserves", nothing, by=SUPERVISOR) == "reserve-too-low"


def test_on_hold_no_payee_is_cleared(platform: Platform):
    listed = {"name": "Drago, Viktor MALENKOV", "iban": "GB33BUKB20201555555555"}
    claim = crash(platform, payee=listed)
    path = f"/v1/claims/{claim['id']}"
    [payment] = platform.post(f"{path}/decision", APPROVAL, by=HANDLER)["payments"]
    at = f"{path}/payments/{payment['id']}"
    platform.post(f"{at}/approval", {"decision": "approve", "reason": "Seen."}, by=SUPERVISOR)
    platform.post(f"{path}/hold", {"reason": "The police ask us to wait."}, by=HANDLER)

    code = platform.refused(f"{at}/screening", CLEAR, by=SUPERVISOR)

    assert code == "claim-on-hold"
