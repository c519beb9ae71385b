"""Every way in which money leaves counts to running totals: of the person, of who asked, of the partner, of the account."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from insurance.domain.core import house_authority
from insurance.domain.core.house_authority import Outlay, RunningTotal
from insurance.domain.core.identity import Mode, suspense_id_for

from tests.support.claims import AT_FAULT, HANDLER, issued, loss, money, pursued, reported, settled
from tests.support.complaints import KIM, opened
from tests.support.platform import Platform, platform_in_memory

type Json = dict[str, Any]
type Way = Callable[[Platform, int], tuple[str, Json, str]]
"""Make one thing ready; the step that lets it go, its body, and who takes it."""

FINANCE, CONTROLLER, SUPERVISOR, COMPLIANCE = (
    "finance-test",
    "controller-test",
    "supervisor-test",
    "compliance-test",
)
BANK = "bank-test"
PAYEE = {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"}
APPROVE = {"decision": "approve", "reason": "Seen."}
CLEAR = {"decision": "clear", "reason": "Asked for in writing."}
NOBODYS = "pol_test_0000000000000000"
BOUGHT = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOON = datetime(2026, 12, 20, 9, tzinfo=UTC)


@pytest.fixture
def platform() -> Iterator[Platform]:
    with platform_in_memory() as (opened_platform, _):
        yield opened_platform


def new_policy(platform: Platform) -> str:
    """A policy that was bought before the day of the test."""
    platform.now = BOUGHT
    policy_id = issued(platform)
    platform.now = NOON
    return policy_id


def paid_in(
    platform: Platform, amount: str, reference: str, policy_id: str, payer: Json = PAYEE
) -> None:
    body = {
        "policy_id": policy_id,
        "reference": reference,
        "amount": money(amount),
        "received_on": "2026-12-20",
        "payer": payer,
    }
    platform.post("/v1/payments", body, by=BANK)


def refund(platform: Platform, number: int) -> tuple[str, Json, str]:
    policy_id = new_policy(platform)
    paid_in(platform, "400", f"REF-{number}", policy_id)
    body = {"amount": money("100"), "payee": PAYEE, "reason": "Paid twice."}
    made = platform.post(f"/v1/policies/{policy_id}/refunds", body)["refunds"][0]["id"]
    return f"/v1/policies/{policy_id}/refunds/{made}/approval", APPROVE, FINANCE


def redress(platform: Platform, number: int) -> tuple[str, Json, str]:
    at = opened(platform, new_policy(platform))
    platform.post(f"{at}/acknowledgement", by=KIM)
    platform.post(f"{at}/investigation", by=KIM)
    offer = PAYEE | {"amount": money("100"), "reason": "We were late."}
    made = platform.post(f"{at}/redress", offer, by=KIM)["redress"][0]["id"]
    return f"{at}/redress/{made}/approval", APPROVE, SUPERVISOR


def return_of_suspense(platform: Platform, number: int) -> tuple[str, Json, str]:
    paid_in(platform, "100", f"REF-{number}", NOBODYS)
    at = f"/v1/suspense/{suspense_id_for(Mode.TEST, f'REF-{number}')}/return"
    platform.post(at, {"reason_code": "payer_unknown"}, by=CONTROLLER)
    return f"{at}/approval", {"decision": "approve", "reason_code": "checked"}, FINANCE


def claim_to_recover(platform: Platform) -> str:
    facts = {"driver_age": 35, "fault": False}
    claim = settled(platform, loss(new_policy(platform), "accidental_damage", "1500", facts=facts))
    platform.now = NOON + timedelta(days=30)
    reported(platform, claim["payments"][0]["id"], "paid")
    return pursued(platform, claim["id"], "100")


def write_off(platform: Platform, number: int) -> tuple[str, Json, str]:
    at = claim_to_recover(platform)
    return f"{at}/abandonment", {"reason_code": "not_economic"}, HANDLER


def unexpected(platform: Platform, number: int) -> tuple[str, Json, str]:
    at = claim_to_recover(platform)
    return f"{at}/receipts", {"amount": money("200")}, HANDLER


WAYS: dict[Outlay, Way] = {
    Outlay.REFUND: refund,
    Outlay.REDRESS: redress,
    Outlay.RETURN: return_of_suspense,
    Outlay.WRITE_OFF: write_off,
    Outlay.UNEXPECTED_RECEIPT: unexpected,
}


@pytest.mark.parametrize("outlay", Outlay)
def test_one_person_lets_so_much_go_in_a_day_and_not_a_penny_more(
    platform: Platform, outlay: Outlay, monkeypatch: pytest.MonkeyPatch
):
    """Each thing is 100, within the limit of 100; a day has room for two."""
    limits = {
        key: 100 if key[1] is outlay else limit for key, limit in house_authority.LIMITS.items()
    }
    monkeypatch.setattr(house_authority, "LIMITS", limits)
    monkeypatch.setattr(house_authority, "APPROVALS_A_DAY", 2)
    first, second, third = (WAYS[outlay](platform, number) for number in range(3))
    for path, body, by in (first, second):
        platform.post(path, body, by=by)

    path, body, by = third
    answered = platform.call("POST", path, body, by=by)

    assert (answered.status, answered.body.get("code")) == (403, "no-authority")
    assert "in one day" in answered.body["detail"]
    platform.now += timedelta(days=1)
    platform.post(path, body, by=by)


TWO_PEOPLE = {(total, outlay) for total, outlay in house_authority.APPROVED_LIMITS}


def last_payment(answered: Json) -> Json:
    payment: Json = (answered.get("refunds") or answered["redress"])[-1]
    return payment


@pytest.mark.parametrize(("total", "outlay"), sorted(TWO_PEOPLE))
def test_what_two_people_let_go_waits_for_a_third_beyond_a_total(
    platform: Platform, total: RunningTotal, outlay: Outlay, monkeypatch: pytest.MonkeyPatch
):
    limits = {**house_authority.APPROVED_LIMITS, (total, outlay): 199}
    monkeypatch.setattr(house_authority, "APPROVED_LIMITS", limits)
    first, second = (WAYS[outlay](platform, number) for number in range(2))
    path, body, _ = first
    assert last_payment(platform.post(path, body, by=SUPERVISOR))["status"] == "executing"

    path, body, _ = second
    waiting = last_payment(platform.post(path, body, by=SUPERVISOR))

    assert waiting["status"] == "screening"
    assert "above its limit" in waiting["referred_because"]
    at = path.replace("/approval", "/screening")
    assert platform.refused(at, CLEAR, by=SUPERVISOR) == "same-person"
    assert last_payment(platform.post(at, CLEAR, by=COMPLIANCE))["status"] == "executing"


def test_what_a_third_person_cleared_counts_to_the_account_too(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    """The account was paid before then, so the next payment to it is looked at for its total alone."""
    limits = {
        **house_authority.APPROVED_LIMITS,
        (RunningTotal.PAYEE_ACCOUNT, Outlay.REFUND): 199,
    }
    monkeypatch.setattr(house_authority, "APPROVED_LIMITS", limits)
    policy_id = new_policy(platform)
    paid_in(platform, "400", "REF-1", policy_id)
    stranger = {"amount": money("100"), "payee": PAYEE | {"name": "Mallory Quick"}}
    path = f"/v1/policies/{policy_id}/refunds"
    for cleared in (True, False):
        made = platform.post(path, stranger | {"reason": "Paid twice."})["refunds"][-1]["id"]
        waiting = platform.post(f"{path}/{made}/approval", APPROVE, by=SUPERVISOR)["refunds"][-1]
        assert waiting["status"] == "screening"
        if cleared:
            platform.post(f"{path}/{made}/screening", CLEAR, by=COMPLIANCE)

    assert "above its limit" in waiting["referred_because"]


def test_an_accounts_month_has_refunds_redress_and_claims_together(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    account = RunningTotal.PAYEE_ACCOUNT
    limits = {
        key: 250 if key[0] is account else limit
        for key, limit in house_authority.APPROVED_LIMITS.items()
    }
    monkeypatch.setattr(house_authority, "APPROVED_LIMITS", limits)
    monkeypatch.setattr(house_authority, "HOLDERS_ACCOUNT", 1250)
    for way in (refund, redress):
        path, body, by = way(platform, 1)
        assert last_payment(platform.post(path, body, by=by))["status"] == "executing"
    policy_id = new_policy(platform)
    body = loss(policy_id, "accidental_damage", "1550", facts=AT_FAULT, payee=PAYEE)

    claim = settled(platform, body | {"occurred_at": "2026-12-10T08:00:00Z"})

    assert claim["payments"][0]["amount"] == money("1050")
    assert claim["payments"][0]["status"] == "executing"
    path, body, by = redress(platform, 2)
    assert last_payment(platform.post(path, body, by=by))["status"] == "screening"


def settled_after_premium(platform: Platform, number: int, payer: Json) -> Json:
    """A claim of 1,050 whose payee holds the policy, after the premium came from this account."""
    policy_id = new_policy(platform)
    paid_in(platform, "169.26", f"REF-{number}", policy_id, payer)
    return settled(
        platform, loss(policy_id, "accidental_damage", "1550", facts=AT_FAULT, payee=PAYEE)
    )


ANOTHERS = {"name": "Ada Merton", "iban": "DE89370400440532013000"}


@pytest.mark.parametrize(
    ("payer", "second"), [(PAYEE, "executing"), (ANOTHERS, "awaiting_approval")]
)
def test_an_account_that_the_premium_did_not_come_from_has_a_strangers_limit(
    platform: Platform, payer: Json, second: str, monkeypatch: pytest.MonkeyPatch
):
    limits = {**house_authority.TOTAL_LIMITS, RunningTotal.PAYEE_ACCOUNT: 2_000}
    monkeypatch.setattr(house_authority, "TOTAL_LIMITS", limits)

    claims = [settled_after_premium(platform, number, payer) for number in range(2)]

    assert [claim["payments"][0]["status"] for claim in claims] == ["executing", second]
    signs = platform.get(f"/v1/claims/{claims[1]['id']}", by=HANDLER).get("payee_signs")
    assert (signs or {}).get("is_known_account", False) is (second == "executing")


def test_redress_to_an_account_that_nobody_cleared_has_a_strangers_limit(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    limits = {**house_authority.TOTAL_LIMITS, RunningTotal.PAYEE_ACCOUNT: 199}
    monkeypatch.setattr(house_authority, "TOTAL_LIMITS", limits)
    answers = []
    for number in range(2):
        path, body, by = redress(platform, number)
        answers.append(last_payment(platform.post(path, body, by=by)))

    assert [each["status"] for each in answers] == ["executing", "screening"]
    seen = answers[1]
    assert (seen["payee_name_of"], seen["payee_account_of"]) == ("complainant", "nobody")
    assert "above its limit" in seen["referred_because"]
    screening = path.replace("/approval", "/screening")
    assert last_payment(platform.post(screening, CLEAR, by=COMPLIANCE))["status"] == "executing"


def test_the_account_of_who_holds_the_policy_is_paid_so_much_in_a_month(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(house_authority, "HOLDERS_ACCOUNT", 2_000)
    claims = [settled_after_premium(platform, number, PAYEE) for number in range(2)]

    first, second = (claim["payments"][0]["status"] for claim in claims)

    assert (first, second) == ("executing", "awaiting_approval")
    reason = claims[1]["task"]["reason"]
    assert "the payee's account is paid in a month to 2100.00 GBP: more than 2000.00 GBP" in reason


def test_a_part_of_a_partners_policies_is_paid_so_much_in_a_day_whoever_is_paid(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    limits = {**house_authority.TOTAL_LIMITS, RunningTotal.PARTNER_ALL: 2_000}
    monkeypatch.setattr(house_authority, "TOTAL_LIMITS", limits)
    monkeypatch.setattr(house_authority, "PARTS", 1)
    monkeypatch.setattr("insurance.domain.claim.totals.PARTS", 1)
    claims = [
        settled(platform, loss(new_policy(platform), "accidental_damage", "1550", facts=AT_FAULT))
        for _ in range(2)
    ]

    assert [claim["payments"][0]["status"] for claim in claims] == [
        "executing",
        "awaiting_approval",
    ]
    assert "a part of the partner's policies is paid in a day" in claims[1]["task"]["reason"]
