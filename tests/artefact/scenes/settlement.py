"""Scenes of settlement: one HTTP event each."""

from collections.abc import Iterator

from insurance.domain.core import identity

from tests.artefact.scenes.common import (
    BANK,
    CLAIM,
    CLAIMED_AT,
    COMPLIANCE,
    GBP,
    HANDLER,
    HARBOUR,
    ISSUED,
    LARGE,
    LARGE_PAYMENT,
    MEADOW,
    NOTIFIED,
    NOTIFIED_LARGE,
    PAYMENT,
    POLICY,
    SETTLED,
    SETTLED_LARGE,
    SUPERVISOR,
    UNDERWRITER,
    Json,
    Scene,
    claim_id_of,
    notice,
)
from tests.artefact.scenes.payments import payment_files_scenes
from tests.artefact.scenes.policy import at_instant


def settlement_scenes() -> Iterator[Scene]:
    settle, report = "POST /v1/claims/{claim_id}/settlement", "POST /v1/bank-reports"
    approve = "POST /v1/claims/{claim_id}/payments/{payment_id}/approval"
    later: Json = {"at": CLAIMED_AT}
    claim, large = {"claim_id": CLAIM}, {"claim_id": LARGE}
    yield Scene("settlement/settle", settle, HARBOUR, {}, NOTIFIED, claim, **later)
    yield Scene("settlement/settle_large", settle, HARBOUR, {}, NOTIFIED_LARGE, large, **later)
    stranger: Json = {"given": NOTIFIED, "variables": claim}
    yield Scene("settlement/settle_of_another_partner", settle, MEADOW, {}, **stranger, **later)
    payment = {"claim_id": LARGE, "payment_id": LARGE_PAYMENT}
    agreed = {"decision": "approve", "reason": "Estimate and photographs agree."}
    yield Scene("settlement/approve", approve, SUPERVISOR, agreed, SETTLED_LARGE, payment, **later)
    nobody = "settlement/approve_without_the_role"
    yield Scene(nobody, approve, UNDERWRITER, agreed, SETTLED_LARGE, payment, **later)
    paid = {
        "instruction_id": PAYMENT,
        "outcome": "paid",
        "bank_reference": "FP-20270116-0001",
        "executed_at": "2027-01-16T09:31:00Z",
    }
    yield Scene(
        "payment_execution/report_paid", report, BANK, paid, SETTLED, at="2027-01-16T09:32:00Z"
    )
    early = paid | {"outcome": "returned"}
    yield Scene("payment_execution/report_early", report, BANK, early, SETTLED, **later)
    yield Scene("payment_execution/report_unknown", report, BANK, paid, ISSUED, **later)
    expense, cancel = (
        "POST /v1/claims/{claim_id}/payments",
        approve.replace("approval", "cancellation"),
    )
    bill = {
        "amount": {"amount": 24000, "currency": GBP},
        "payee": {"name": "Quay Assessors", "sort_code": "202015", "account_number": "55555555"},
        "reason": "The assessor's bill.",
    }
    reserved = (*NOTIFIED, "claim_assessment/reserve")
    yield Scene("settlement/pay_expense", expense, HANDLER, bill, reserved, claim, **later)
    unreserved = "settlement/pay_expense_without_reserve"
    yield Scene(unreserved, expense, HANDLER, bill, NOTIFIED, claim, **later)
    twice = {"reason": "Asked for twice."}
    yield Scene("settlement/cancel", cancel, HANDLER, twice, SETTLED_LARGE, payment, **later)
    review, why = "POST /v1/claims/{claim_id}/review", {"reason": "The excess was waived."}
    yield Scene("claim_intake/review", review, HARBOUR, why, SETTLED, claim, **later)
    yield from recoveries_scenes()
    yield from payees_scenes()
    yield from payment_files_scenes()


def payees_scenes() -> Iterator[Scene]:
    """Another payee than before, and one whose name is on the bundled list."""
    later, claim = at_instant(CLAIMED_AT), {"claim_id": CLAIM}
    garage = {"name": "Harbour Garage", "sort_code": "202015", "account_number": "55555555"}
    ask = "POST /v1/claims/{claim_id}/payee"
    yield Scene("claim_intake/name_payee", ask, HARBOUR, garage, NOTIFIED, claim, **later)
    asked = (*NOTIFIED, "claim_intake/name_payee")
    agree, yes = f"{ask}/approval", {"decision": "approve"}
    yield Scene("settlement/approve_payee", agree, SUPERVISOR, yes, asked, claim, **later)
    nobody = "settlement/approve_payee_without_the_role"
    yield Scene(nobody, agree, UNDERWRITER, yes, asked, claim, **later)
    payee = {"name": "Viktor Malenkov-Drago", "iban": "GB33BUKB20201555555555"}
    body = {**notice(POLICY, 300000), "payee": payee}
    notify, listed = (
        "claim_intake/notify_listed_payee",
        {"claim_id": claim_id_of("notify_listed_payee")},
    )
    yield Scene(notify, "POST /v1/claims", HARBOUR, body, ISSUED, **later)
    why = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
    decide = "POST /v1/claims/{claim_id}/decision"
    given: tuple[str, ...] = (*ISSUED, notify)
    yield Scene("claim_assessment/approve_listed", decide, HANDLER, why, given, listed, **later)
    given = (*given, "claim_assessment/approve_listed")
    payment = {**listed, "payment_id": identity.payment_id_for(listed["claim_id"], 1)}
    approve = "POST /v1/claims/{claim_id}/payments/{payment_id}/approval"
    agreed = {"decision": "approve", "reason": "Within the estimate."}
    screened = "settlement/approve_listed"
    yield Scene(screened, approve, SUPERVISOR, agreed, given, payment, **later)
    clear = {"decision": "clear", "reason": "Born in 1991; the listed person in 1954."}
    screening = approve.replace("approval", "screening")
    given = (*given, screened)
    yield Scene("settlement/clear", screening, COMPLIANCE, clear, given, payment, **later)


def recoveries_scenes() -> Iterator[Scene]:
    """What comes back on a paid claim."""
    found = "POST /v1/claims/{claim_id}/recoveries"
    one = f"{found}/{{recovery}}"
    claim, recovery = {"claim_id": CLAIM}, {"claim_id": CLAIM, "recovery": "1"}
    later: Json = {"at": "2027-02-16T09:00:00Z"}
    paid = (*SETTLED, "payment_execution/report_paid")
    against = {
        "kind": "subrogation",
        "against": "The other driver's insurer",
        "expected": {"amount": 120000, "currency": GBP},
    }
    yield Scene("settlement/recover", found, HANDLER, against, paid, claim, **later)
    known = (*paid, "settlement/recover")
    yield Scene("settlement/pursue", f"{one}/pursuit", HANDLER, {}, known, recovery, **later)
    pursued = (*known, "settlement/pursue")
    money = {"amount": {"amount": 60000, "currency": GBP}}
    receive = f"{one}/receipts"
    yield Scene("settlement/receive", receive, HANDLER, money, pursued, recovery, **later)
    early = "settlement/receive_before_pursuit"
    yield Scene(early, receive, HANDLER, money, known, recovery, **later)
    given_up = {"reason_code": "not_economic"}
    abandon = f"{one}/abandonment"
    yield Scene("settlement/abandon", abandon, HANDLER, given_up, pursued, recovery, **later)
