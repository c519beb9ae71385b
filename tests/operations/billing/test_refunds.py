"""Refunds go back what was paid and is not owed: one person asks, another agrees, the bank pays."""

from datetime import date

import pytest
from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.bank.report import BankOutcome
from insurance.domain.core.errors import (
    AlreadyErased,
    CurrencyMismatch,
    PaymentDiffers,
    RefundTooLarge,
    SamePerson,
    SuspenseNotFound,
    WrongState,
)
from insurance.domain.core.identity import Mode, suspense_id_for
from insurance.domain.core.money import Currency, Money
from insurance.operations.billing.decide_refund import screen_refund
from insurance.operations.billing.request_refund import RefundInput, request_refund
from insurance.operations.billing.resolve_suspense import allocate_suspense, use_suspense
from insurance.operations.billing.suspense_context import SuspenseResult
from insurance.operations.payments.claim_payers import ClaimPayers
from insurance.operations.payments.payers_by_prefix import PayersByPrefix
from insurance.operations.payments.refund_payers import RefundPayers, ReturnPayers

from tests.fakes.claims import MemoryClaims
from tests.support.billing import BANK, UNKNOWN
from tests.support.policy_life import PARTNER, WITH_A_TEENAGER, gbp
from tests.support.refunds import (
    ADA,
    Everybody,
    PolicyRefunds,
    bank_report,
    granted,
    person,
    returned,
)


@pytest.fixture
def desk() -> PolicyRefunds:
    return PolicyRefunds()


def test_a_refund_is_paid_by_the_banks_word_alone(desk):
    desk.cancelled()
    before = desk.balance("cash")

    asked = desk.ask().account.refunds[0]
    agreed = desk.decide(person("fiona")).account.refunds[0]
    assert (asked.status, asked.instruction_id) == (PaymentStatus.AWAITING_APPROVAL, None)
    assert (agreed.status, agreed.instruction_id) == (PaymentStatus.EXECUTING, agreed.id)
    assert desk.balance("cash") == before

    paid = desk.report(BankOutcome.PAID)

    assert paid.account.refunds[0].status is PaymentStatus.PAID
    assert desk.balance("cash") == before - 2233
    assert desk.balance("premium_receivable") == 0
    assert paid.statement.credit == gbp("0")


def test_the_bank_finds_the_instruction_in_the_event_and_nobodys_name(desk):
    desk.cancelled()
    desk.ask()
    desk.decide(person("fiona"))

    [event] = [
        event
        for events in desk.house.memory.events.values()
        for event in events
        if event.type == "billing.refund_approved"
    ]

    [order] = event.facts["refunds"]
    assert (order["id"], order["status"], order["amount"]["amount"]) == (
        desk.refund_id,
        "executing",
        2233,
    )
    assert "Ada" not in str(event.facts)
    assert "Checked" not in str(event.facts)


def test_the_banks_file_takes_a_refund_beside_claims_and_its_report_comes_back(desk):
    memory = desk.house.memory
    payers = PayersByPrefix(
        pay=ClaimPayers(MemoryClaims(memory)),
        rfd=RefundPayers(desk.ports),
        ret=ReturnPayers(desk.ports),
    )
    desk.cancelled()
    desk.ask()
    orders = [desk.refund_id, "ret_test_0000000000000000_1"]
    assert payers.payables(orders) == {}

    desk.decide(person("fiona"))
    [payable] = payers.payables(orders).values()
    assert (payable.id, payable.amount, payable.payee) == (desk.refund_id, gbp("22.33"), ADA)

    report = bank_report(desk.refund_id, BankOutcome.PAID)
    assert payers.report(report, desk.command(BANK)).status is PaymentStatus.PAID
    assert payers.statuses(orders) == {desk.refund_id: PaymentStatus.PAID}


def test_who_asked_for_a_refund_cannot_approve_it(desk):
    desk.cancelled()
    desk.ask(by=person("fiona"))

    with pytest.raises(SamePerson):
        desk.decide(person("fiona"))
    assert desk.decide(person("frank")).account.refunds[0].decided_by == "frank"


def test_no_more_goes_back_than_was_paid_and_is_not_owed(desk):
    with pytest.raises(RefundTooLarge):
        desk.ask("0.01")
    desk.cancelled()
    with pytest.raises(RefundTooLarge):
        desk.ask("22.34")
    desk.ask("20")

    with pytest.raises(RefundTooLarge):
        desk.ask("2.34")
    assert len(desk.ask("2.33").account.refunds) == 2


def test_what_is_owed_again_before_a_refund_is_approved_stays(desk):
    desk.cancelled()
    desk.ask()
    desk.house.reinstate(no_known_loss=True)

    with pytest.raises(RefundTooLarge):
        desk.decide(person("fiona"))


def test_what_the_bank_could_not_pay_is_a_credit_again(desk):
    desk.cancelled()
    desk.ask()
    desk.decide(person("fiona"))

    failed = desk.report(BankOutcome.FAILED)

    assert failed.statement.credit == gbp("22.33")
    assert len(desk.ask().account.refunds) == 2


def test_what_the_payees_bank_sends_back_comes_in_again(desk):
    desk.cancelled()
    desk.ask()
    desk.decide(person("fiona"))
    desk.report(BankOutcome.PAID)

    returned = desk.report(BankOutcome.RETURNED)

    assert desk.balance("cash") == 16926
    assert returned.statement.credit == gbp("22.33")


def test_a_report_comes_true_once(desk):
    desk.cancelled()
    desk.ask()
    desk.decide(person("fiona"))
    desk.report(BankOutcome.PAID)

    with pytest.raises(WrongState):
        desk.report(BankOutcome.PAID)


def test_a_payee_whose_name_is_on_a_list_waits_for_a_look(desk):
    desk.cancelled()
    desk.ask()

    suspect = desk.decide(person("fiona"), list=Everybody()).account.refunds[0]
    sam = person("sam", "supervisor")
    cleared = screen_refund(
        desk.house.policy_id,
        desk.refund_id,
        granted(sam)._replace(reason="Born in another century."),
        desk.command(sam),
        desk.ports,
    ).account.refunds[0]

    assert (suspect.status, suspect.instruction_id) == (PaymentStatus.SCREENING, None)
    assert (cleared.status, cleared.reason) == (PaymentStatus.EXECUTING, "Born in another century.")


def test_a_refused_refund_leaves_the_credit(desk):
    desk.cancelled()
    desk.ask()

    refused = desk.decide(person("fiona"), approve=False)

    assert refused.account.refunds[0].status is PaymentStatus.CANCELLED
    assert refused.account.refundable(desk.house.policy) == gbp("22.33")


def test_a_refund_is_in_the_policys_currency(desk):
    desk.cancelled()
    euros = Money.of("1", Currency.EUR)

    with pytest.raises(CurrencyMismatch):
        request_refund(
            desk.house.policy_id,
            RefundInput(euros, ADA, "Why."),
            desk.command(PARTNER),
            desk.ports,
        )


def test_nothing_is_asked_for_once_the_policyholder_is_erased(desk):
    desk.cancelled()
    desk.house.memory.erased.add(desk.house.policy.party_id)

    with pytest.raises(AlreadyErased):
        desk.ask()


# What was paid too much, and what came for nobody


def test_what_was_paid_too_much_goes_back_from_suspense(desk):
    desk.pay("200", "REF-1")
    desk.ask("30.74")
    desk.decide(person("fiona"))

    paid = desk.report(BankOutcome.PAID)

    assert desk.balance("suspense") == 0
    assert desk.balance("cash") == 16926
    assert paid.account.in_suspense == gbp("0")


def test_what_was_paid_too_much_is_used_for_what_is_owed_later(desk):
    desk.pay("200", "REF-1")
    desk.house.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    used = use_suspense(desk.house.policy_id, desk.command(person("fiona")), desk.ports)

    assert used.account.in_suspense == gbp("0")
    assert used.statement.received == gbp("200")
    assert desk.balance("suspense") == 0
    assert desk.balance("premium_receivable") == used.statement.owed.amount - 20000


def test_what_is_asked_back_is_not_used_meanwhile(desk):
    desk.pay("200", "REF-1")
    desk.ask("30.74")
    desk.house.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    used = use_suspense(desk.house.policy_id, desk.command(person("fiona")), desk.ports)

    assert used.account.in_suspense == gbp("30.74")


def allocate(desk: PolicyRefunds, suspense_id: str) -> SuspenseResult:
    command = desk.command(person("fiona"))
    return allocate_suspense(suspense_id, desk.house.policy_id, command, desk.ports)


@pytest.fixture
def suspended(desk) -> str:
    desk.pay("200", "REF-9", UNKNOWN)
    return suspense_id_for(Mode.TEST, "REF-9")


def test_a_payment_in_suspense_is_allocated_once_and_pays_what_is_owed(desk, suspended):
    found = allocate(desk, suspended)

    assert found.summary is not None
    assert found.summary.status == "paid"
    assert found.payment.status == "allocated"
    assert desk.balance("cash") == 20000
    assert desk.balance("suspense") == -3074
    assert desk.balance("premium_receivable") == 0
    with pytest.raises(WrongState):
        allocate(desk, suspended)


def test_a_reference_that_the_policy_knows_already_comes_into_no_suspense(desk):
    desk.pay("10", "REF-8")
    with pytest.raises(PaymentDiffers):
        desk.pay("10", "REF-8", UNKNOWN)

    with pytest.raises(SuspenseNotFound):
        allocate(desk, suspense_id_for(Mode.TEST, "REF-8"))


def test_a_payment_that_nobody_wants_goes_back_with_two_people_and_the_bank(desk, suspended):
    found = returned(desk, suspended)

    assert found.payment.status == "returned"
    assert desk.balance("cash") == desk.balance("suspense") == 0
    with pytest.raises(WrongState):
        allocate(desk, suspended)
