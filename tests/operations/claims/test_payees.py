"""Who is paid: accounts that can exist, changes that two people agree to, names on a sanctions list."""

from datetime import timedelta

import pytest

from tests.support.bank import FILES, at_the_bank
from tests.support.claims import (
    AT_FAULT,
    COMPLIANCE,
    HANDLER,
    SUPERVISOR,
    crash,
    issued,
    loss,
    money,
)
from tests.support.platform import Platform

OTHER = {"name": "Harbour Garage", "sort_code": "20-20-15", "account_number": "55555555"}
LISTED = {"name": "Drago, Viktor MALENKOV", "iban": "GB33BUKB20201555555555"}
APPROVE = {"decision": "approve", "reason": "Estimate and photographs agree."}
CLEAR = {"decision": "clear", "reason": "Born in 1991; the listed person in 1954."}


@pytest.mark.parametrize(
    ("account", "pointer"),
    [
        ({"iban": "GB33BUKB20201555555556"}, "/payee/iban"),
        ({"iban": "GB3BUKB2020155555555"}, "/payee/iban"),
        ({"iban": "XX82WEST12345698765432"}, "/payee/iban"),
        ({"sort_code": "20-20-1", "account_number": "55555555"}, "/payee/sort_code"),
        ({"sort_code": "202015"}, "/payee"),
        ({"iban": "GB33BUKB20201555555555", **OTHER}, "/payee"),
    ],
)
def test_an_account_that_cannot_exist_is_refused_with_its_place(
    platform: Platform, account, pointer
):
    body = loss(issued(platform), "windscreen", "400", payee={"name": "Ada Merton", **account})

    answered = platform.call("POST", "/v1/claims", body)

    assert answered.status == 422
    assert [fault["pointer"] for fault in answered.body["errors"]] == [pointer]


def test_an_iban_may_be_written_as_people_write_it(platform):
    claim = crash(platform, payee={"name": "Ada Merton", "iban": "GB33 BUKB 2020 1555 5555 55"})

    assert claim["payee"]["iban"] == "GB33BUKB20201555555555"


def test_without_an_account_a_person_must_look(platform):
    claim = crash(platform, payee={"name": "Ada Merton"})

    settled = platform.post(f"/v1/claims/{claim['id']}/settlement")

    assert settled["task"]["reason"] == "The payee has named no bank account."


def test_another_payee_needs_a_second_person_and_a_day_to_cool(platform):
    claim = crash(platform, "1000")
    path = f"/v1/claims/{claim['id']}"

    asked = platform.post(f"{path}/payee", OTHER, by=HANDLER)
    assert asked["payee"]["name"] == "Ada Merton"
    assert asked["payee_requested"]["account_ending"] == "5555"
    assert not {"iban", "sort_code", "account_number"} & asked["payee_requested"].keys()
    word = {"decision": "approve"}
    assert platform.refused(f"{path}/payee/approval", word, by=HANDLER) == "same-person"
    changed = platform.post(f"{path}/payee/approval", word, by=SUPERVISOR)
    assert changed["payee"]["name"] == "Harbour Garage"
    held = platform.post(f"{path}/settlement")
    assert (held["status"], held["payments"]) == ("assessing", [])

    platform.now += timedelta(hours=24)
    paying = platform.post(f"{path}/settlement")

    assert [payment["status"] for payment in paying["payments"]] == ["executing"]


def test_a_payee_that_is_refused_leaves_the_first_one(platform):
    claim = crash(platform, "1000")
    path = f"/v1/claims/{claim['id']}"
    platform.post(f"{path}/payee", OTHER)

    refused = platform.post(f"{path}/payee/approval", {"decision": "refuse"}, by=SUPERVISOR)

    assert refused["payee"]["name"] == "Ada Merton"
    assert "payee_requested" not in refused
    again = {"decision": "approve"}
    assert platform.refused(f"{path}/payee/approval", again, by=SUPERVISOR) == "wrong-state"


def test_no_payment_is_approved_while_its_payee_is_in_question(platform):
    claim = crash(platform, "9000")
    path = f"/v1/claims/{claim['id']}"
    [payment] = platform.post(f"{path}/settlement")["payments"]
    platform.post(f"{path}/payee", OTHER, by=HANDLER)
    approval = f"{path}/payments/{payment['id']}/approval"

    assert platform.refused(approval, APPROVE, by=SUPERVISOR) == "payee-unsettled"
    platform.post(f"{path}/payee/approval", {"decision": "approve"}, by=SUPERVISOR)
    assert platform.refused(approval, APPROVE, by=SUPERVISOR) == "payee-unsettled"
    platform.now += timedelta(hours=25)
    paying = platform.post(approval, APPROVE, by=SUPERVISOR)

    assert paying["payments"][0]["status"] == "executing"


def test_a_listed_name_is_not_paid_before_somebody_cleared_it(platform):
    claim = crash(platform, "1000", payee=LISTED)
    path = f"/v1/claims/{claim['id']}"
    referred = platform.post(f"{path}/settlement")
    [rule] = [each for each in referred["rules"] if each["code"] == "sanctions_clear"]
    assert (rule["outcome"], rule["facts"]["entries"]) == ("refer", ["CW-0001"])

    decision = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
    [payment] = platform.post(f"{path}/decision", decision, by=HANDLER)["payments"]
    assert payment["status"] == "awaiting_approval"
    at = f"{path}/payments/{payment['id']}"
    screened = platform.post(f"{at}/approval", APPROVE, by=SUPERVISOR)
    assert screened["payments"][0]["status"] == "screening"
    assert screened["task"]["code"] == "clear_screening"
    assert platform.refused(f"{at}/screening", CLEAR, by=HANDLER) == "same-person"
    assert platform.refused(f"{at}/screening", CLEAR, by=SUPERVISOR) == "same-person"
    paying = platform.post(f"{at}/screening", CLEAR, by=COMPLIANCE)

    assert paying["payments"][0]["status"] == "executing"
    assert "task" not in paying


def test_a_listed_payee_is_refused_and_nothing_is_paid(platform):
    facts = {"payee": LISTED, "facts": AT_FAULT}
    claim = crash(platform, "9000", **facts)
    path = f"/v1/claims/{claim['id']}"
    platform.post(f"{path}/settlement")
    decision = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
    [payment] = platform.post(f"{path}/decision", decision, by=HANDLER)["payments"]
    at = f"{path}/payments/{payment['id']}"
    platform.post(f"{at}/approval", APPROVE, by=SUPERVISOR)

    no = {"decision": "refuse", "reason": "It is the listed person."}
    refused = platform.post(f"{at}/screening", no, by=SUPERVISOR)

    assert refused["payments"][0]["status"] == "cancelled"
    assert refused["paid"] == money("0")


def test_a_payment_in_screening_is_not_cleared_for_a_former_payee(platform):
    """It goes to who was the payee at its approval, so it is refused and asked for anew."""
    path = f"/v1/claims/{crash(platform, '1000', payee=LISTED)['id']}"
    platform.post(f"{path}/settlement")
    decision = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
    [payment] = platform.post(f"{path}/decision", decision, by=HANDLER)["payments"]
    at = f"{path}/payments/{payment['id']}"
    platform.post(f"{at}/approval", APPROVE, by=SUPERVISOR)
    platform.post(f"{path}/payee", OTHER, by=HANDLER)
    platform.post(f"{path}/payee/approval", {"decision": "approve"}, by=SUPERVISOR)
    platform.now += timedelta(hours=25)

    assert platform.refused(f"{at}/screening", CLEAR, by=COMPLIANCE) == "payee-unsettled"
    no = {"decision": "refuse", "reason": "The garage is paid."}
    platform.post(f"{at}/screening", no, by=COMPLIANCE)
    anew = platform.post(f"{path}/decision", decision, by=HANDLER)["payments"][-1]["id"]
    platform.post(f"{path}/payments/{anew}/approval", APPROVE, by=SUPERVISOR)

    platform.deliver()
    platform.post(FILES, {"currency": "GBP"}, by="finance-test")
    [file] = at_the_bank(platform)
    assert [each.name for each in file.transfers] == [OTHER["name"]]


def test_another_payee_whose_name_is_listed_is_agreed_to_only_with_the_reason(platform):
    claim = crash(platform, "1000")
    path = f"/v1/claims/{claim['id']}"
    platform.post(f"{path}/payee", LISTED, by=HANDLER)

    refused = platform.refused(f"{path}/payee/approval", {"decision": "approve"}, by=SUPERVISOR)
    because = {"decision": "approve", "cleared_because": "Born in 1991, not in 1954."}
    changed = platform.post(f"{path}/payee/approval", because, by=SUPERVISOR)

    assert refused == "screening-open"
    assert changed["payee"]["name"] == LISTED["name"]
    platform.now += timedelta(days=2)
    settled = platform.post(f"{path}/settlement")
    assert [payment["status"] for payment in settled["payments"]] == ["executing"]
