"""Scenes of billing: one HTTP event each."""

from collections.abc import Iterator

from insurance.domain.core import identity
from insurance.domain.core.identity import Mode

from tests.artefact.scenes.common import (
    BANK,
    CONTROLLER,
    FINANCE,
    GBP,
    HANDLER,
    HARBOUR,
    IN_SUSPENSE,
    ISSUED,
    POLICY,
    SUPERVISOR,
    UNDERWRITER,
    UNKNOWN,
    Json,
    Scene,
)
from tests.artefact.scenes.policy import at_instant


def billing_scenes() -> Iterator[Scene]:
    policy: Json = {"variables": {"policy_id": POLICY}, "at": "2026-12-05T09:00:00Z"}
    account = "/v1/policies/{policy_id}/billing"
    yield Scene("billing/plans", f"GET {account}/plans", HARBOUR, None, ISSUED, **policy)
    monthly = {"plan": "monthly"}
    yield Scene("billing/plan", f"POST {account}/plan", HARBOUR, monthly, ISSUED, **policy)
    weekly = {"plan": "weekly"}
    yield Scene(
        "billing/plan_not_offered", f"POST {account}/plan", HARBOUR, weekly, ISSUED, **policy
    )
    planned = (*ISSUED, "billing/plan")
    received, at = "POST /v1/payments", at_instant("2026-12-05T09:00:00Z")
    paid = {
        "policy_id": POLICY,
        "reference": "BANK-20261204-0017",
        "amount": {"amount": 3000, "currency": GBP},
        "received_on": "2026-12-04",
    }
    yield Scene("billing/payment", received, BANK, paid, planned, **at)
    unknown = {**paid, "policy_id": identity.policy_id_for(UNKNOWN)}
    yield Scene("billing/payment_for_an_unknown_policy", received, BANK, unknown, planned, **at)
    nobody = "billing/payment_without_the_scope"
    yield Scene(nobody, received, HANDLER, paid, planned, **at)
    yield Scene(
        "billing/read", f"GET {account}", HARBOUR, None, (*planned, "billing/payment"), **policy
    )
    yield from refunds_scenes()


def refunds_scenes() -> Iterator[Scene]:
    """A policy paid in full and cancelled: what is not owed any more goes back."""
    later: Json = {"at": "2027-02-01T09:00:00Z"}
    received, policy = "POST /v1/payments", {"policy_id": POLICY}
    whole = {
        "policy_id": POLICY,
        "reference": "BANK-20261204-0018",
        "amount": {"amount": 20000, "currency": GBP},
        "received_on": "2026-12-04",
    }
    yield Scene("billing/payment_in_full", received, BANK, whole, ISSUED, **later)
    with_payer = {**whole, "payer": {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"}}
    known = "billing/payment_that_names_its_payer"
    yield Scene(known, received, BANK, with_payer, ISSUED, **later)
    from_payer = (*ISSUED, known, "policy_servicing/cancel")
    paid = (*ISSUED, "billing/payment_in_full", "policy_servicing/cancel")
    invoices = "GET /v1/policies/{policy_id}/invoices"
    yield Scene("billing/invoices", invoices, HARBOUR, None, paid, policy, **later)
    one = {"invoice_id": identity.invoice_id_for(POLICY, 1)}
    yield Scene("billing/invoice", "GET /v1/invoices/{invoice_id}", HARBOUR, None, paid, one)
    ask = "POST /v1/policies/{policy_id}/refunds"
    back: Json = {
        "amount": {"amount": 4000, "currency": GBP},
        "payee": {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"},
        "reason": "The car is sold.",
    }
    yield Scene("billing/refund", ask, HARBOUR, back, paid, policy, **later)
    more = {**back, "amount": {"amount": 400000, "currency": GBP}}
    yield Scene("billing/refund_too_large", ask, HARBOUR, more, paid, policy, **later)
    refund = {**policy, "refund_id": identity.refund_id_for(POLICY, 1)}
    agreed = {"decision": "approve", "reason": "Paid twice."}
    approve, asked = f"{ask}/{{refund_id}}/approval", (*paid, "billing/refund")
    yield Scene("billing/approve_refund", approve, FINANCE, agreed, asked, refund, **later)
    nobody = "billing/approve_refund_without_the_role"
    yield Scene(nobody, approve, UNDERWRITER, agreed, asked, refund, **later)
    report = {
        "instruction_id": refund["refund_id"],
        "outcome": "paid",
        "bank_reference": "FP-20270201-0001",
        "executed_at": "2027-02-01T09:31:00Z",
    }
    to_payer, asked_by = "billing/approve_refund_to_who_paid", (*from_payer, "billing/refund")
    yield Scene(to_payer, approve, FINANCE, agreed, asked_by, refund, **later)
    given: tuple[str, ...] = (*asked_by, to_payer)
    done = "payment_execution/report_refund_paid"
    yield Scene(done, "POST /v1/bank-reports", BANK, report, given, **later)
    elsewhere = {**back, "payee": {"name": "Ada Merton", "iban": "DE89370400440532013000"}}
    named = "billing/refund_to_an_unknown_account"
    yield Scene(named, ask, HARBOUR, elsewhere, from_payer, policy, **later)
    referred = "billing/approve_refund_to_an_unknown_account"
    yield Scene(referred, approve, FINANCE, agreed, (*from_payer, named), refund, **later)
    listed = {**back, "payee": {**back["payee"], "name": "Viktor Malenkov-Drago"}}
    to_listed = "billing/refund_to_a_listed_payee"
    yield Scene(to_listed, ask, HARBOUR, listed, paid, policy, **later)
    given = (*paid, to_listed)
    suspect = "billing/approve_refund_to_a_listed_payee"
    yield Scene(suspect, approve, FINANCE, agreed, given, refund, **later)
    clear = {"decision": "clear", "reason": "Born in 1991; the listed person in 1954."}
    screen = f"{ask}/{{refund_id}}/screening"
    given = (*given, suspect)
    yield Scene("billing/screen_refund", screen, SUPERVISOR, clear, given, refund, **later)
    use = "POST /v1/policies/{policy_id}/billing/suspense-allocation"
    endorsed = (*ISSUED, "billing/payment_in_full", "policy_servicing/endorse")
    yield Scene("billing/use_suspense", use, FINANCE, {}, endorsed, policy, **later)
    yield from suspense_scenes()


def suspense_scenes() -> Iterator[Scene]:
    """A payment that named no policy that there is."""
    reference = "BANK-20261204-0017"
    id = {"suspense_id": identity.suspense_id_for(Mode.TEST, reference)}
    later: Json = {"at": "2027-02-01T09:00:00Z", "variables": id}
    known = IN_SUSPENSE
    one = "/v1/suspense/{suspense_id}"
    yield Scene("billing/suspense", f"GET {one}", FINANCE, None, known, **later)
    for_whom = {"policy_id": POLICY}
    yield Scene("billing/allocate", f"POST {one}/allocation", FINANCE, for_whom, known, **later)
    why = {"reason_code": "payer_unknown"}
    yield Scene("billing/return", f"POST {one}/return", FINANCE, why, known, **later)
    agreed = {"decision": "approve", "reason_code": "payer_unknown"}
    asked = (*known, "billing/return")
    approve = f"POST {one}/return/approval"
    yield Scene("billing/approve_return", approve, CONTROLLER, agreed, asked, **later)
    same = "billing/approve_return_by_the_same_person"
    yield Scene(same, approve, FINANCE, agreed, asked, **later)
    yield from kept_report_scenes((*asked, "billing/approve_return"), id["suspense_id"])


def kept_report_scenes(given: tuple[str, ...], suspense_id: str) -> Iterator[Scene]:
    """The bank says that the return failed, then that it was paid: two persons settle which is true."""
    return_id = identity.refund_id_for(suspense_id, 1)
    variables = {"kept_report_id": f"{return_id}_1"}
    later: Json = {"at": "2027-02-02T09:00:00Z", "variables": variables}
    for outcome in ("failed", "paid"):
        told = {
            "instruction_id": return_id,
            "outcome": outcome,
            "bank_reference": "FP-20270201-0002",
            "executed_at": "2027-02-01T09:31:00Z",
        }
        name = f"payment_execution/report_return_{outcome}"
        yield Scene(name, "POST /v1/bank-reports", BANK, told, given, at=later["at"])
        given = (*given, name)
    one = "/v1/kept-reports/{kept_report_id}"
    yield Scene("payment_execution/kept_report", f"GET {one}", FINANCE, None, given, **later)
    apply = {"decision": "apply", "reason_code": "bank_confirmed"}
    proposed = "payment_execution/propose_resolution"
    yield Scene(proposed, f"POST {one}/resolution", FINANCE, apply, given, **later)
    approve = f"POST {one}/resolution/approval"
    agreed, given = {"decision": "approve"}, (*given, proposed)
    same = "payment_execution/approve_resolution_by_the_same_person"
    yield Scene(same, approve, FINANCE, agreed, given, **later)
    done = "payment_execution/approve_resolution"
    yield Scene(done, approve, CONTROLLER, agreed, given, **later)
