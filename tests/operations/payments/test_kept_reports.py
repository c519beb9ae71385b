"""What the bank reports is never refused into nothing: it waits for the report before it, and for a person."""

from typing import Any

import pytest
from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankOutcome
from insurance.domain.billing.event_types import BillingEventType
from insurance.domain.core.errors import RefundNotFound, WrongState
from insurance.domain.core.identity import Mode, refund_id_for, suspense_id_for
from insurance.operations.billing.report_refund import report_return
from insurance.operations.billing.resolve_suspense import decide_return, request_return
from insurance.operations.payments.refund_payers import ReturnPayers

from tests.support.bank import executing
from tests.support.billing import BANK, UNKNOWN, bank_report, granted, person
from tests.support.claims import HANDLER, WORK, reported
from tests.support.ledger import Bookkeeper
from tests.support.lists import delivered
from tests.support.platform import Platform
from tests.support.policies import issued_platform

type Json = dict[str, Any]


@pytest.fixture
def claim(platform: Platform) -> Json:
    [claim] = executing(platform)
    return claim


def happened(platform: Platform, claim: Json) -> list[str]:
    """The types of the claim's events, in their order."""
    events = [each for each in platform.events() if each.stream == claim["id"]]
    return [each.type for each in sorted(events, key=lambda each: each.sequence)]


def seen(platform: Platform, claim: Json) -> Json:
    """The claim as staff see it, with what is behind it."""
    path = f"/v1/claims/{claim['id']}"
    read: Json = platform.get(path, by=HANDLER) | platform.get(f"{path}/internal", by=HANDLER)
    return read


def tell(platform: Platform, claim: Json, *outcomes: str) -> Json:
    """The bank reports these, one after the other; what it is told in the end."""
    for outcome in outcomes:
        told: Json = reported(platform, claim["payments"][0]["id"], outcome)
    return told


@pytest.mark.parametrize("late", ["returned", "reversed"])
def test_a_payment_that_came_back_before_it_was_paid_comes_back_when_it_is_paid(
    platform: Platform, claim: Json, late: str
):
    told = tell(platform, claim, late)

    assert (told["status"], told["kept"]) == ("executing", 1)
    assert happened(platform, claim)[-1] == "payment.report_kept"
    assert seen(platform, claim)["task"]["code"] == "payment_report_kept"
    assert [each["id"] for each in platform.get(WORK, by=HANDLER)["items"]] == [claim["id"]]
    [kept] = seen(platform, claim)["payments"][0]["kept_reports"]
    assert (kept["outcome"], kept["bank_reference"]) == (late, "FP-1")

    told = tell(platform, claim, "paid")

    assert (told["status"], told["kept"]) == (late, 0)
    assert happened(platform, claim)[-1] == f"payment.{late}"
    after = seen(platform, claim)
    assert after["task"]["code"] == f"payment_{late}"
    assert "kept_reports" not in after["payments"][0]


def test_it_leaves_the_claim_as_reports_in_their_order_do(platform: Platform):
    [early, late] = executing(platform, 2)

    tell(platform, early, "paid", "returned")
    tell(platform, late, "returned", "paid")

    shown = ("status", "paid", "reserves", "covers", "task", "payments")
    first, second = (seen(platform, each) for each in (early, late))
    for name in shown:
        told = str(second.get(name)).replace(late["id"][4:], early["id"][4:])
        assert told == str(first.get(name)), name


@pytest.mark.parametrize(
    ("before", "said"), [("failed", "paid"), ("paid", "failed"), ("failed", "returned")]
)
def test_what_contradicts_the_bank_itself_is_kept_for_a_person(
    platform: Platform, claim: Json, before: str, said: str
):
    told = tell(platform, claim, before, said)

    assert (told["status"], told["kept"]) == (before, 1)
    assert happened(platform, claim)[-1] == "payment.report_kept"
    assert [each["id"] for each in platform.get(WORK, by=HANDLER)["items"]] == [claim["id"]]
    payments = [payment["id"] for payment in claim["payments"]]
    assert delivered(platform, "/v1/payments", "finance-test", in_doubt="true") == payments


def test_a_payment_that_fits_what_the_bank_says_is_in_no_list_of_doubts(
    platform: Platform, claim: Json
):
    tell(platform, claim, "returned")
    assert delivered(platform, "/v1/payments", "finance-test", in_doubt="true")

    tell(platform, claim, "paid")

    assert delivered(platform, "/v1/payments", "finance-test", in_doubt="true") == []


def test_what_the_bank_has_said_before_says_nothing_new(platform: Platform, claim: Json):
    tell(platform, claim, "failed", "paid")
    count = len(happened(platform, claim))

    for again in ("failed", "paid"):
        body = {
            "instruction_id": claim["payments"][0]["id"],
            "outcome": again,
            "bank_reference": "FP-1",
            "executed_at": "2027-01-16T10:00:00Z",
        }
        assert platform.refused("/v1/bank-reports", body, by="bank-test") == "wrong-state"

    assert len(happened(platform, claim)) == count


@pytest.fixture
def house() -> Platform:
    return issued_platform()


def test_a_refund_that_came_back_before_it_was_paid_is_a_credit_again(house):
    house.cancel_half_way()
    house.ask_refund()
    house.decide_refund(person("fiona"))
    cash = house.balance("cash")

    kept = house.report_refund(BankOutcome.RETURNED).account.refunds[0]
    assert (kept.status, len(kept.kept)) == (PaymentStatus.EXECUTING, 1)
    assert house.events_of_account[-1].type == BillingEventType.REFUND_REPORT_KEPT
    assert house.balance("cash") == cash

    paid = house.report_refund(BankOutcome.PAID)

    assert paid.account.refunds[0].status is PaymentStatus.RETURNED
    assert house.events_of_account[-1].type == BillingEventType.REFUND_RETURNED
    assert house.balance("cash") == cash
    assert paid.statement.credit.amount == 2233


def test_a_refund_that_failed_and_was_paid_waits_for_a_person(house):
    house.cancel_half_way()
    house.ask_refund()
    house.decide_refund(person("fiona"))
    house.report_refund(BankOutcome.FAILED)

    kept = house.report_refund(BankOutcome.PAID).account.refunds[0]

    assert (kept.status, [each.outcome for each in kept.kept]) == (
        PaymentStatus.FAILED,
        [BankOutcome.PAID],
    )


def test_a_return_from_suspense_that_came_back_early_is_in_suspense_again(house):
    house.pay("10", "REF-X", UNKNOWN)
    suspense = suspense_id_for(Mode.TEST, "REF-X")
    ports, fiona, frank = house.refund_ports, person("fiona"), person("frank")
    request_return(suspense, "payer_unknown", house.command("ask", caller=fiona), ports)
    decide_return(suspense, granted(frank), house.command("decide", caller=frank), ports)

    def report(outcome: BankOutcome) -> Any:
        told = bank_report(refund_id_for(suspense, 1), outcome)
        return report_return(told, house.command(f"report {outcome}", caller=BANK), ports).payment

    kept = report(BankOutcome.RETURNED).last_return
    assert (kept.status, len(kept.kept)) == (PaymentStatus.EXECUTING, 1)
    assert report(BankOutcome.PAID).last_return.status is PaymentStatus.RETURNED
    assert house.balance("suspense") == -1000
    with pytest.raises(WrongState):
        report(BankOutcome.RETURNED)


def test_a_late_report_on_an_earlier_return_leaves_the_last_one_as_it_is(house):
    house.pay("10", "REF-X", UNKNOWN)
    suspense = suspense_id_for(Mode.TEST, "REF-X")
    ports, payers = house.refund_ports, ReturnPayers(house.refund_ports)
    fiona, frank = person("fiona"), person("frank")

    def give_back() -> None:
        request_return(suspense, "payer_unknown", house.command("ask", caller=fiona), ports)
        decide_return(suspense, granted(frank), house.command("decide", caller=frank), ports)

    def report(number: int, outcome: BankOutcome) -> OutgoingPayment:
        told = bank_report(refund_id_for(suspense, number), outcome)
        command = house.command(f"report {number} {outcome}", caller=BANK)
        return payers.report(told, command)

    give_back()
    report(1, BankOutcome.FAILED)
    give_back()

    first = report(1, BankOutcome.PAID)

    assert (first.id, first.status) == (refund_id_for(suspense, 1), PaymentStatus.FAILED)
    assert len(first.kept) == 1
    assert house.balance("suspense") == -1000
    with pytest.raises(RefundNotFound):
        report(9, BankOutcome.PAID)
    assert report(2, BankOutcome.PAID).status is PaymentStatus.PAID
    assert house.balance("suspense") == 0


def test_the_books_hold_after_reports_in_any_order(platform: Platform, dynamodb):
    first, second, third = executing(platform, 3)
    tell(platform, first, "returned", "paid")
    tell(platform, second, "failed", "paid")
    tell(platform, third, "paid", "failed", "returned")

    keeper = Bookkeeper(dynamodb, platform.tables)
    for event in sorted(platform.events(), key=lambda each: (each.processed_at, each.sequence)):
        keeper.deliver(event, platform.products)

    assert keeper.wrong() == []
