"""Reports that were kept are listed by age, seen, and applied or closed by two persons."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from insurance.domain.core.money import Currency
from insurance.operations.command import Query
from insurance.operations.ledger.read_general_ledger import read_health

from tests.support.bank import executing
from tests.support.builders import PARTNER
from tests.support.calls import staff
from tests.support.claims import SUPERVISOR, issued, money, reported
from tests.support.complaints import KIM, opened
from tests.support.ledger import Bookkeeper
from tests.support.platform import Platform

type Json = dict[str, Any]

FINANCE, CONTROLLER, BANK = "finance-test", "controller-test", "bank-test"
PAYEE = {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"}
AGREE = {"decision": "approve", "reason": "Seen."}
NOBODYS = "pol_test_0000000000000000"


def tell(platform: Platform, instruction_id: str, *outcomes: str) -> None:
    for outcome in outcomes:
        reported(platform, instruction_id, outcome)


def of_claim(platform: Platform) -> str:
    [claim] = executing(platform)
    payment: str = claim["payments"][0]["id"]
    return payment


def paid_in(platform: Platform, policy_id: str) -> None:
    body = {
        "policy_id": policy_id,
        "reference": "REF-1",
        "amount": money("300"),
        "received_on": "2026-12-20",
        "payer": PAYEE,
    }
    platform.post("/v1/payments", body, by=BANK)


def of_refund(platform: Platform) -> str:
    policy_id = issued(platform)
    paid_in(platform, policy_id)
    body = {"amount": money("10"), "payee": PAYEE, "reason": "Paid twice."}
    path = f"/v1/policies/{policy_id}/refunds"
    refund: str = platform.post(path, body)["refunds"][0]["id"]
    platform.post(f"{path}/{refund}/approval", AGREE, by=SUPERVISOR)
    return refund


def of_redress(platform: Platform) -> str:
    at = opened(platform)
    platform.post(f"{at}/acknowledgement", by=KIM)
    platform.post(f"{at}/investigation", by=KIM)
    offer = PAYEE | {"amount": money("10"), "reason": "We were late."}
    redress: str = platform.post(f"{at}/redress", offer, by=KIM)["redress"][0]["id"]
    platform.post(f"{at}/redress/{redress}/approval", AGREE, by=SUPERVISOR)
    return redress


def of_return(platform: Platform) -> str:
    issued(platform)
    paid_in(platform, NOBODYS)
    platform.deliver()
    [waiting] = platform.get("/v1/suspense", by=FINANCE)["items"]
    at = f"/v1/suspense/{waiting['id']}/return"
    platform.post(at, {"reason_code": "payer_unknown"}, by=FINANCE)
    approve = {"decision": "approve", "reason_code": "checked"}
    platform.post(f"{at}/approval", approve, by=CONTROLLER)
    return f"ret_{waiting['id'].split('_', 1)[1]}_1"


WAYS: dict[str, Callable[[Platform], str]] = {
    "claim": of_claim,
    "refund": of_refund,
    "redress": of_redress,
    "return": of_return,
}


def waiting(platform: Platform) -> list[Json]:
    platform.deliver()
    items: list[Json] = platform.get("/v1/kept-reports", by=FINANCE)["items"]
    return items


def resolve(platform: Platform, path: str, decision: str) -> Json:
    proposal = {"decision": decision, "reason_code": "bank_confirmed"}
    first, second = first_and_second(path)
    platform.post(f"{path}/resolution", proposal, by=first)
    return platform.post(f"{path}/resolution/approval", {"decision": "approve"}, by=second)


def first_and_second(path: str) -> tuple[str, str]:
    """Who proposes and who approves: who requested a return may only propose."""
    return (FINANCE, CONTROLLER) if "/ret_" in path else (CONTROLLER, FINANCE)


@pytest.fixture(params=list(WAYS))
def instruction(request: pytest.FixtureRequest, platform: Platform) -> str:
    """A payment of each kind that is with the bank."""
    return WAYS[request.param](platform)


def test_a_report_that_was_kept_is_in_the_list_and_seen_and_closed_by_two(
    platform: Platform, instruction: str
):
    tell(platform, instruction, "failed", "paid")

    [listed] = waiting(platform)
    path = f"/v1/kept-reports/{listed['id']}"
    platform.now += timedelta(hours=5)
    seen = platform.get(path, by=FINANCE)

    assert (listed["instruction_id"], listed["payment_status"], listed["outcome"]) == (
        instruction,
        "failed",
        "paid",
    )
    assert (seen["age_seconds"], seen["bank_reference"]) == (5 * 3600, "FP-1")
    proposal = {"decision": "close", "reason_code": "bank_was_wrong"}
    first, second = first_and_second(path)
    platform.post(f"{path}/resolution", proposal, by=first)
    assert waiting(platform)[0]["proposed"] == "close"
    own = {"decision": "approve"}
    assert platform.refused(f"{path}/resolution/approval", own, by=first) == "same-person"
    closed = platform.post(f"{path}/resolution/approval", own, by=second)
    assert (closed["status"], closed["kept"]) == ("failed", 0)
    assert waiting(platform) == []
    assert platform.call("GET", path, by=FINANCE).body["code"] == "kept-report-not-found"
    assert (
        platform.refused(f"{path}/resolution", proposal, by=CONTROLLER) == "kept-report-not-found"
    )


def test_finance_of_the_other_mode_neither_sees_a_kept_report_nor_resolves_it(
    platform: Platform, instruction: str
):
    tell(platform, instruction, "failed", "paid")
    path = f"/v1/kept-reports/{waiting(platform)[0]['id']}"
    live = staff("finance-live", "finance", "payments:send", mode="live")
    proposal = {"decision": "close", "reason_code": "bank_was_wrong"}

    seen = platform.call("GET", path, by=live, clock=None)
    proposed = platform.call("POST", f"{path}/resolution", proposal, by=live, clock=None)

    assert (seen.status, seen.code) == (404, "kept-report-not-found")
    assert (proposed.status, proposed.code) == (404, "kept-report-not-found")


def test_who_requested_a_return_does_not_approve_what_becomes_of_a_report_on_it(
    platform: Platform,
):
    tell(platform, of_return(platform), "failed", "paid")
    path = f"/v1/kept-reports/{waiting(platform)[0]['id']}/resolution"
    proposal = {"decision": "apply", "reason_code": "bank_confirmed"}
    platform.post(path, proposal, by=CONTROLLER)

    refused = platform.refused(f"{path}/approval", {"decision": "approve"}, by=FINANCE)

    assert refused == "same-person"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (("failed", "paid"), "paid"),
        (("paid", "failed"), "failed"),
        (("failed", "returned"), "returned"),
        (("returned",), "returned"),
        (("paid", "returned", "failed"), "failed"),
    ],
    ids=str,
)
def test_what_is_applied_makes_the_payment_what_the_bank_says_and_the_books_hold(
    platform: Platform, dynamodb: Any, instruction: str, told: tuple[str, ...], status: str
):
    tell(platform, instruction, *told)
    [listed] = waiting(platform)

    applied = resolve(platform, f"/v1/kept-reports/{listed['id']}", "apply")

    assert (applied["status"], applied["kept"]) == (status, 0)
    assert waiting(platform) == []
    keeper = Bookkeeper(dynamodb, platform.tables)
    for event in sorted(platform.events(), key=lambda each: (each.processed_at, each.sequence)):
        keeper.deliver(event, platform.products)
    assert keeper.wrong() == []


def test_what_is_refused_waits_as_before(platform: Platform):
    payment = of_claim(platform)
    tell(platform, payment, "failed", "paid")
    path = f"/v1/kept-reports/{payment}_1"
    proposal = {"decision": "close", "reason_code": "bank_was_wrong"}
    refuse = {"decision": "refuse"}
    assert platform.refused(f"{path}/resolution/approval", refuse, by=FINANCE) == "wrong-state"

    platform.post(f"{path}/resolution", proposal, by=CONTROLLER)
    assert platform.refused(f"{path}/resolution", proposal, by=FINANCE) == "wrong-state"
    platform.post(f"{path}/resolution/approval", refuse, by=FINANCE)

    assert [each.get("proposed") for each in waiting(platform)] == [None]


def oldest_age(platform: Platform, dynamodb: Any) -> timedelta | None:
    keeper = Bookkeeper(dynamodb, platform.tables)
    asked = Query(PARTNER, platform.now, platform.now)
    return read_health(Currency.GBP, asked, keeper.ports).health.oldest_report


def test_the_oldest_comes_first_and_health_says_how_old_it_is(platform: Platform, dynamodb: Any):
    first, second_claim = executing(platform, 2)
    tell(platform, second_claim["payments"][0]["id"], "returned")
    platform.now += timedelta(days=2)
    tell(platform, first["payments"][0]["id"], "returned")
    platform.now += timedelta(days=1)

    listed = [each["instruction_id"] for each in waiting(platform)]

    assert listed == [second_claim["payments"][0]["id"], first["payments"][0]["id"]]
    assert oldest_age(platform, dynamodb) == timedelta(days=3)


def test_one_that_fits_by_itself_leaves_the_list(platform: Platform, dynamodb: Any):
    payment = of_claim(platform)
    tell(platform, payment, "returned")
    assert len(waiting(platform)) == 1

    tell(platform, payment, "paid")

    assert waiting(platform) == []
    assert oldest_age(platform, dynamodb) is None


def test_a_number_is_not_given_twice(platform: Platform):
    payment = of_claim(platform)
    tell(platform, payment, "failed", "paid")
    resolve(platform, f"/v1/kept-reports/{payment}_1", "close")

    tell(platform, payment, "returned")

    assert [each["id"] for each in waiting(platform)] == [f"{payment}_2"]


def test_a_refund_whose_money_is_used_by_now_is_not_paid_after_all(platform: Platform):
    refund = of_refund(platform)
    tell(platform, refund, "failed", "paid")
    policy_id = f"pol_{refund.split('_', 1)[1].rsplit('_', 1)[0]}"
    rest = platform.get(f"/v1/policies/{policy_id}/billing", by=FINANCE)["in_suspense"]
    body = {"amount": rest, "payee": PAYEE, "reason": "All of it."}
    platform.post(f"/v1/policies/{policy_id}/refunds", body)
    path = f"/v1/kept-reports/{refund}_1"
    proposal = {"decision": "apply", "reason_code": "bank_confirmed"}
    platform.post(f"{path}/resolution", proposal, by=CONTROLLER)

    answer = platform.refused(f"{path}/resolution/approval", {"decision": "approve"}, by=FINANCE)

    assert answer == "refund-too-large"


def test_a_claim_pays_nothing_straight_through_while_the_bank_may_have_paid_it(platform: Platform):
    [claim] = executing(platform)
    tell(platform, claim["payments"][0]["id"], "failed", "paid")

    again = platform.post(f"/v1/claims/{claim['id']}/settlement")

    assert again["payments"][-1]["status"] == "awaiting_approval"


def test_a_claim_whose_reserve_is_gone_is_not_paid_after_all(platform: Platform):
    [claim] = executing(platform)
    payment = claim["payments"][0]
    tell(platform, payment["id"], "failed", "paid")
    less = {"cost_type": "indemnity", "outstanding": money("1"), "reason": "new_information"}
    platform.post(f"/v1/claims/{claim['id']}/reserves", less, by=SUPERVISOR)
    path = f"/v1/kept-reports/{payment['id']}_1/resolution"
    proposal = {"decision": "apply", "reason_code": "bank_confirmed"}
    platform.post(path, proposal, by=CONTROLLER)

    answer = platform.refused(f"{path}/approval", {"decision": "approve"}, by=FINANCE)

    assert answer == "reserve-too-low"


@pytest.mark.parametrize("way", WAYS)
def test_a_report_on_a_payment_that_nobody_made_is_unknown(platform: Platform, way: str):
    there = WAYS[way](platform)
    area, rest = there.split("_test_", 1)
    path = f"/v1/kept-reports/{area}_test_{'0' * rest.index('_')}{rest[rest.index('_') :]}_1"
    proposal = {"decision": "apply", "reason_code": "bank_confirmed"}

    assert platform.call("GET", path, by=FINANCE).code == "kept-report-not-found"
    assert platform.refused(f"{path}/resolution", proposal, by=FINANCE) == "kept-report-not-found"
