"""Every two duties that need two people, as a story: who had the one is refused the other, or waits for another person.

The table is read here by what it does, not by what it says: a pair that is taken out of it turns its story red.
"""

from collections.abc import Callable
from typing import Any

import pytest
from insurance.domain.core.identity import Mode, suspense_id_for
from insurance.domain.core.segregation import INCOMPATIBLE, Duty, OfficeDuty

from demo.samples import CALLERS, Staff
from tests.support.claims import AFTER_THE_LOSS, AT_FAULT, issued, loss, money
from tests.support.complaints import opened
from tests.support.platform import Platform

type Json = dict[str, Any]

ANN, BEN, CAT = "ann", "ben", "cat"
NOBODYS = "pol_test_0000000000000000"
ROLES = ("claims_handler", "supervisor", "compliance", "finance", "complaints_handler", "test")
DECISION = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
DENIAL = {"decision": "deny", "reason_code": "not_our_driver", "reason": "Not named."}
APPROVE = {"decision": "approve", "reason": "Seen."}
CLEAR = {"decision": "clear", "reason": "Born in another year."}
CONFIRM = {"decision": "confirm", "reason": "Seen."}
OTHER = {"name": "Other Payee", "iban": "GB33BUKB20201555555555"}
LISTED = {"name": "Drago, Viktor MALENKOV", "iban": "GB33BUKB20201555555555"}


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three people who may do everything: what one of them is refused, a duty refuses."""
    scopes = tuple({scope for each in CALLERS.values() for scope in each.scopes})
    for name in (ANN, BEN, CAT):
        monkeypatch.setitem(CALLERS, name, Staff(name, ROLES, scopes))


def claim(platform: Platform, *, by: str = BEN, claimed: str = "9000", **changes: Any) -> str:
    """The path of a claim whose notice this person took."""
    body = loss(issued(platform), "accidental_damage", claimed, facts=AT_FAULT)
    platform.now = AFTER_THE_LOSS
    return f"/v1/claims/{platform.post('/v1/claims', body | changes, by=by)['id']}"


def payment_on(platform: Platform, path: str, *, by: str) -> str:
    """The path of the claim's payment after this person's decision: it waits for approval."""
    [payment] = platform.post(f"{path}/decision", DECISION, by=by)["payments"]
    assert payment["status"] == "awaiting_approval"
    return f"{path}/payments/{payment['id']}"


def screened(platform: Platform, path: str, *, by: str = BEN, approver: str = CAT) -> str:
    """The path of a payment that was approved to a name on the sanctions list."""
    at = payment_on(platform, path, by=by)
    platform.post(f"{at}/approval", APPROVE, by=approver)
    return at


def taken_and_decided(platform: Platform) -> str:
    payment_on(platform, claim(platform, by=ANN, claimed="1000"), by=ANN)
    return "waits"


def taken_and_payee_approved(platform: Platform) -> str:
    path = claim(platform, by=ANN)
    platform.post(f"{path}/payee", OTHER, by=BEN)
    return platform.refused(f"{path}/payee/approval", {"decision": "approve"}, by=ANN)


def taken_and_cleared(platform: Platform) -> str:
    path = claim(platform, by=ANN, payee=None)
    platform.post(f"{path}/payee", LISTED, by=BEN)
    return platform.refused(f"{screened(platform, path)}/screening", CLEAR, by=ANN)


def taken_and_approved(platform: Platform) -> str:
    at = payment_on(platform, claim(platform, by=ANN), by=BEN)
    return platform.refused(f"{at}/approval", APPROVE, by=ANN)


def proposed_and_confirmed(platform: Platform) -> str:
    path = claim(platform)
    platform.post(f"{path}/decision", DENIAL, by=ANN)
    return platform.refused(f"{path}/decision/confirmation", CONFIRM, by=ANN)


def named_and_decided(platform: Platform) -> str:
    path = claim(platform, claimed="1000", payee=None)
    platform.post(f"{path}/payee", OTHER, by=ANN)
    payment_on(platform, path, by=ANN)
    return "waits"


def named_and_payee_approved(platform: Platform) -> str:
    path = claim(platform)
    platform.post(f"{path}/payee", OTHER, by=ANN)
    return platform.refused(f"{path}/payee/approval", {"decision": "approve"}, by=ANN)


def named_and_cleared(platform: Platform) -> str:
    path = claim(platform, payee=None)
    platform.post(f"{path}/payee", LISTED, by=ANN)
    return platform.refused(f"{screened(platform, path)}/screening", CLEAR, by=ANN)


def named_and_approved(platform: Platform) -> str:
    path = claim(platform, payee=None)
    platform.post(f"{path}/payee", OTHER, by=ANN)
    return platform.refused(f"{payment_on(platform, path, by=BEN)}/approval", APPROVE, by=ANN)


def requested_and_approved(platform: Platform) -> str:
    at = payment_on(platform, claim(platform), by=ANN)
    return platform.refused(f"{at}/approval", APPROVE, by=ANN)


def requested_and_cleared(platform: Platform) -> str:
    at = screened(platform, claim(platform, payee=LISTED, by="harbour-test"), by=ANN)
    return platform.refused(f"{at}/screening", CLEAR, by=ANN)


def approved_and_cleared(platform: Platform) -> str:
    at = screened(platform, claim(platform, payee=LISTED, by="harbour-test"), approver=ANN)
    return platform.refused(f"{at}/screening", CLEAR, by=ANN)


def redress(platform: Platform, *, name: str) -> str:
    """The path of a redress that Ben offers on a complaint that Ann opened."""
    path = opened(platform, by=ANN)
    platform.post(f"{path}/acknowledgement", by=BEN)
    platform.post(f"{path}/investigation", by=BEN)
    offer = {"amount": money("50"), "name": name, "iban": OTHER["iban"], "reason": "Late."}
    offered = platform.post(f"{path}/redress", offer, by=BEN)["redress"][0]
    return f"{path}/redress/{offered['id']}"


def opened_and_approved(platform: Platform) -> str:
    return platform.refused(f"{redress(platform, name='Ada Merton')}/approval", APPROVE, by=ANN)


def opened_and_cleared(platform: Platform) -> str:
    at = redress(platform, name="Mallory Quick")
    platform.post(f"{at}/approval", APPROVE, by=CAT)
    return platform.refused(f"{at}/screening", CLEAR, by=ANN)


def refund(platform: Platform, *, name: str) -> str:
    """The path of a refund that Ben asks for, of a payment that Ann recorded."""
    policy_id = issued(platform)
    receipt = {"policy_id": policy_id, "reference": "REF-1", "amount": money("900")}
    platform.post("/v1/payments", receipt | {"received_on": "2026-11-20"}, by=ANN)
    asked = {"amount": money("10"), "payee": OTHER | {"name": name}, "reason": "Too much."}
    made = platform.post(f"/v1/policies/{policy_id}/refunds", asked)["refunds"][0]
    return f"/v1/policies/{policy_id}/refunds/{made['id']}"


def recorded_and_approved(platform: Platform) -> str:
    return platform.refused(f"{refund(platform, name='Ada Merton')}/approval", APPROVE, by=ANN)


def recorded_and_cleared(platform: Platform) -> str:
    at = refund(platform, name="Mallory Quick")
    platform.post(f"{at}/approval", APPROVE, by=CAT)
    return platform.refused(f"{at}/screening", CLEAR, by=ANN)


STORIES: dict[frozenset[Duty], Callable[[Platform], str]] = {
    frozenset({Duty.NOTICE_TAKEN, Duty.CLAIM_DECIDED}): taken_and_decided,
    frozenset({Duty.NOTICE_TAKEN, Duty.PAYEE_APPROVED}): taken_and_payee_approved,
    frozenset({Duty.NOTICE_TAKEN, Duty.PAYEE_CLEARED}): taken_and_cleared,
    frozenset({Duty.NOTICE_TAKEN, Duty.PAYMENT_APPROVED}): taken_and_approved,
    frozenset({Duty.DECISION_PROPOSED, Duty.DECISION_CONFIRMED}): proposed_and_confirmed,
    frozenset({Duty.PAYEE_NAMED, Duty.CLAIM_DECIDED}): named_and_decided,
    frozenset({Duty.PAYEE_NAMED, Duty.PAYEE_APPROVED}): named_and_payee_approved,
    frozenset({Duty.PAYEE_NAMED, Duty.PAYEE_CLEARED}): named_and_cleared,
    frozenset({Duty.PAYEE_NAMED, Duty.PAYMENT_APPROVED}): named_and_approved,
    frozenset({Duty.PAYMENT_REQUESTED, Duty.PAYMENT_APPROVED}): requested_and_approved,
    frozenset({Duty.PAYMENT_REQUESTED, Duty.PAYEE_CLEARED}): requested_and_cleared,
    frozenset({Duty.PAYMENT_APPROVED, Duty.PAYEE_CLEARED}): approved_and_cleared,
    frozenset({Duty.COMPLAINT_OPENED, Duty.PAYMENT_APPROVED}): opened_and_approved,
    frozenset({Duty.COMPLAINT_OPENED, Duty.PAYEE_CLEARED}): opened_and_cleared,
    frozenset({Duty.RECEIPT_RECORDED, Duty.PAYMENT_APPROVED}): recorded_and_approved,
    frozenset({Duty.RECEIPT_RECORDED, Duty.PAYEE_CLEARED}): recorded_and_cleared,
}
WAITS = {taken_and_decided, named_and_decided}
RESOLVED_REPORTS = "tests/operations/payments/test_resolved_reports.py"
LIFTED_STOPS = "tests/http/controls/test_stops.py"
ELSEWHERE = {
    frozenset(
        {Duty.VERSION_WRITTEN, Duty.VERSION_RELEASED}
    ): "tests/http/products/test_publishing.py",
    frozenset({Duty.MONTH_CLOSED, Duty.MONTH_LOCKED}): "tests/operations/ledger/test_periods.py",
    frozenset(
        {OfficeDuty.APPLICATION_REQUESTED, OfficeDuty.APPLICATION_APPROVED}
    ): "tests/operations/partners/test_onboarding.py",
    frozenset(
        {OfficeDuty.ACCESS_POLICY_WRITTEN, OfficeDuty.ACCESS_POLICY_APPROVED}
    ): "tests/contract/controls/test_access_policies.py",
    frozenset(
        {OfficeDuty.API_VERSION_SUBMITTED, OfficeDuty.API_VERSION_APPROVED}
    ): "tests/unit/partner/test_api_product_life.py",
    frozenset(
        {OfficeDuty.SOURCE_WRITTEN, OfficeDuty.SOURCE_APPROVED}
    ): "tests/http/intake/test_batches.py",
    frozenset(
        {OfficeDuty.MATCH_PROPOSED, OfficeDuty.MATCH_CONFIRMED}
    ): "tests/http/parties/test_matches.py",
    frozenset(
        {OfficeDuty.BATCH_WORKED, OfficeDuty.BATCH_CUT_OVER}
    ): "tests/http/intake/test_migration.py",
    frozenset({OfficeDuty.STOP_SET, OfficeDuty.STOP_LIFTED}): LIFTED_STOPS,
    frozenset({OfficeDuty.STOP_LIFT_REQUESTED, OfficeDuty.STOP_LIFTED}): LIFTED_STOPS,
    frozenset({Duty.RESOLUTION_PROPOSED, Duty.RESOLUTION_APPROVED}): RESOLVED_REPORTS,
    frozenset({Duty.PAYMENT_REQUESTED, Duty.RESOLUTION_APPROVED}): RESOLVED_REPORTS,
}


def test_every_pair_of_the_table_has_its_story():
    assert STORIES.keys() | ELSEWHERE.keys() == INCOMPATIBLE


@pytest.mark.parametrize("story", STORIES.values(), ids=lambda story: story.__name__)
def test_one_person_does_not_have_two_duties_that_need_two_people(
    platform: Platform, story: Callable[[Platform], str]
):
    assert story(platform) == ("waits" if story in WAITS else "same-person")


def test_who_recorded_a_receipt_does_not_let_its_return_go(platform: Platform):
    receipt = {"policy_id": NOBODYS, "reference": "REF-9", "amount": money("50")}
    platform.post("/v1/payments", receipt | {"received_on": "2026-11-20"}, by=ANN)
    at = f"/v1/suspense/{suspense_id_for(Mode.TEST, 'REF-9')}/return"
    platform.post(at, {"reason_code": "payer_unknown"}, by=BEN)

    agreed = {"decision": "approve", "reason_code": "checked"}

    assert platform.refused(f"{at}/approval", agreed, by=ANN) == "same-person"
    assert platform.post(f"{at}/approval", agreed, by=CAT)["status"] == "return_executing"


def test_who_allocated_a_receipt_does_not_let_its_refund_go(platform: Platform):
    policy_id = issued(platform)
    receipt = {"policy_id": NOBODYS, "reference": "REF-9", "amount": money("900")}
    platform.post("/v1/payments", receipt | {"received_on": "2026-11-20"}, by="bank-test")
    suspended = f"/v1/suspense/{suspense_id_for(Mode.TEST, 'REF-9')}"
    platform.post(f"{suspended}/allocation", {"policy_id": policy_id}, by=ANN)
    asked = {"amount": money("10"), "payee": OTHER | {"name": "Ada Merton"}, "reason": "Too much."}
    path = f"/v1/policies/{policy_id}/refunds"
    made = platform.post(path, asked)["refunds"][0]["id"]

    assert platform.refused(f"{path}/{made}/approval", APPROVE, by=ANN) == "same-person"
