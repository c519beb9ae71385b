"""A partner's application asks for money back in the policyholder's name: over HTTP, from the receipt to the third person."""

from hashlib import sha256
from typing import Any

import pytest

from tests.support import loopback
from tests.support.calls import BANK, QUOTE, staff
from tests.support.claims import money
from tests.support.personal_data import erase
from tests.support.platform import Platform

type Json = dict[str, Any]

HOLDER = QUOTE["policyholder"]["name"]
OWN = {"name": HOLDER, "iban": "GB33BUKB20201555555555"}
NEW = {"name": HOLDER, "iban": "DE89370400440532013000"}
APPROVE = {"decision": "approve", "reason": "Checked."}
CLEAR = {"decision": "clear", "reason": "Called back."}
FIONA = staff("staff-fiona", "finance supervisor", "refunds:approve")
SAM = staff("staff-sam", "supervisor", "refunds:approve")


def received(handlers: Platform, policy_id: str, reference: str = "REF-1") -> Json:
    body = {
        "policy_id": policy_id,
        "reference": reference,
        "amount": money("300"),
        "received_on": "2026-11-20",
        "payer": OWN,
    }
    answer = handlers.call("POST", "/v1/payments", body, by=BANK)
    assert answer.status == 200, answer.text
    found: Json = answer.body
    return found


def asked(handlers: Platform, policy_id: str, payee: Json) -> str:
    path = f"/v1/policies/{policy_id}/refunds"
    body = {"amount": money("10"), "payee": payee, "reason": "Paid twice."}
    answer = handlers.call("POST", path, body)
    assert answer.status == 200, answer.text
    return f"{path}/{answer.body['refunds'][-1]['id']}"


def approved(handlers: Platform, refund: str) -> Json:
    answer = handlers.call("POST", f"{refund}/approval", APPROVE, by=FIONA)
    assert answer.status == 200, answer.text
    found: Json = answer.body["refunds"][-1]
    return found


def test_one_approval_lets_nothing_go_to_an_account_that_the_premium_did_not_come_from(
    handlers: Platform,
):
    policy_id = handlers.issued()["id"]
    assert "payers" not in str(received(handlers, policy_id))
    refund = asked(handlers, policy_id, NEW)
    reader = staff("staff-fiona", "finance", "policies:read")

    billing = handlers.call("GET", f"/v1/policies/{policy_id}/billing", by=reader).body
    waiting = approved(handlers, refund)
    own = handlers.call("POST", f"{refund}/screening", CLEAR, by=FIONA)
    cleared = handlers.call("POST", f"{refund}/screening", CLEAR, by=SAM)

    [seen] = billing["refunds"]
    assert billing["payers"] == [{"name": HOLDER, "account_ending": "5555"}]
    assert seen["payee"]["account_ending"] == "3000"
    assert seen["requested_by"].startswith("app_test_")
    assert (seen["payee_name_of"], seen["payee_account_of"]) == ("policyholder", "nobody")
    assert "premium came from this account" in seen["referred_because"]
    assert waiting["status"] == "screening"
    assert own.code == "same-person"
    assert cleared.body["refunds"][0]["status"] == "executing"


def test_the_payer_has_the_money_back_after_one_approval(handlers: Platform):
    policy_id = handlers.issued()["id"]
    received(handlers, policy_id)

    found = approved(handlers, asked(handlers, policy_id, OWN))

    assert (found["status"], found["payee_account_of"]) == ("executing", "payer")
    assert "referred_because" not in found


def test_a_partner_sees_no_payer(handlers: Platform):
    policy_id = handlers.issued()["id"]
    received(handlers, policy_id)

    billing = handlers.call("GET", f"/v1/policies/{policy_id}/billing").body

    assert "payers" not in billing
    assert "5555" not in str(billing)


def test_money_that_comes_in_after_an_erasure_is_posted_without_its_payer(handlers: Platform):
    policy_id = handlers.issued()["id"]
    received(handlers, policy_id)
    erase(handlers, policy_id)

    again = received(handlers, policy_id, "REF-2")

    reader = staff("staff-fiona", "finance", "policies:read")
    billing = handlers.call("GET", f"/v1/policies/{policy_id}/billing", by=reader).body
    assert [paid["reference"] for paid in again["billing"]["payments"]] == ["REF-1", "REF-2"]
    assert billing["payers"] == []


HEADER = (
    "account,entry_reference,posted_on,amount,currency,credit_debit,text,payer_name,payer_account"
)
REPORTER = staff("staff-rosa", "finance", "payments:report")


@pytest.mark.parametrize("uploaded", [False, True], ids=["sent", "uploaded"])
@pytest.mark.parametrize(
    ("who", "account_of", "status"),
    [(BANK, "payer", "executing"), (REPORTER, "nobody", "screening")],
    ids=["by the bank", "by a person"],
)
def test_a_statement_proves_who_paid_where_the_bank_brought_it_and_not_where_a_person_did(
    handlers: Platform, who: Json, account_of: str, status: str, uploaded: bool
):
    policy_id = handlers.issued()["id"]
    paid = f"GB33BUKB20201555555555,A-1,2026-11-20,300.00,GBP,credit,{policy_id}"
    document = f"{HEADER}\n{paid},{HOLDER},{OWN['iban']}\n"
    named = uploaded_by(handlers, who, document) if uploaded else {"document": document}

    statement = handlers.call("POST", "/v1/bank-statements", {"format": "csv", **named}, by=who)
    assert statement.status == 200, statement.text
    assert [entry["outcome"] for entry in statement.body["entries"]] == ["posted"]
    found = approved(handlers, asked(handlers, policy_id, OWN))

    assert (found["payee_account_of"], found["status"]) == (account_of, status)


def uploaded_by(handlers: Platform, who: Json, document: str) -> Json:
    """What names the statement that this caller has uploaded."""
    file = document.encode()
    about = {"size_bytes": len(file), "sha256": sha256(file).hexdigest()}
    made = handlers.post("/v1/bank-uploads", about, by=who, key=None)
    form = made["upload"]
    sent = loopback.post(form["url"], data=form["fields"], files={"file": file})
    assert sent.status_code == 204
    return {"upload_id": made["upload_id"]}
