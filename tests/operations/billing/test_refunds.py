"""Refunds go back what was paid and is not owed: one person asks, another agrees, the bank pays."""

from datetime import date

import pytest
from insurance.domain.bank.payment_status import PaymentStatus
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
from tests.support.billing import ADA, BANK, UNKNOWN, bank_report, granted, person
from tests.support.platform import Platform
from tests.support.policies import issued_platform
from tests.support.policy_life import PARTNER, WITH_A_TEENAGER, gbp
from tests.support.refunds import Everybody, returned


@pytest.fixture
def platform() -> Platform:
    return issued_platform()


def test_a_refund_is_paid_by_the_banks_word_alone(platform):
    platform.cancel_half_way()
    before = platform.balance("cash")

    asked = platform.ask_refund().account.refunds[0]
    agreed = platform.decide_refund(person("fiona")).account.refunds[0]
    assert (asked.status, asked.instruction_id) == (PaymentStatus.AWAITING_APPROVAL, None)
    assert (agreed.status, agreed.instruction_id) == (PaymentStatus.EXECUTING, agreed.id)
    assert platform.balance("cash") == before

    paid = platform.report_refund(BankOutcome.PAID)

    assert paid.account.refunds[0].status is PaymentStatus.PAID
    assert platform.balance("cash") == before - 2233
    assert platform.balance("premium_receivable") == 0
    assert paid.statement.credit == gbp("0")


def test_the_bank_finds_the_instruction_in_the_event_and_nobodys_name(platform):
    platform.cancel_half_way()
    platform.ask_refund()
    platform.decide_refund(person("fiona"))

    [event] = [
        event
        for events in platform.memory.events.values()
        for event in events
        if event.type == "billing.refund_approved"
    ]

    [order] = event.facts["refunds"]
    assert (order["id"], order["status"], order["amount"]["amount"]) == (
        platform.refund_id,
        "executing",
        2233,
    )
    assert "Ada" not in str(event.facts)
    assert "Checked" not in str(event.facts)


def test_the_banks_file_takes_a_refund_beside_claims_and_its_report_comes_back(platform):
    memory = platform.memory
    payers = PayersByPrefix(
        pay=ClaimPayers(MemoryClaims(memory)),
        rfd=RefundPayers(platform.refund_ports),
        ret=ReturnPayers(platform.refund_ports),
    )
    platform.cancel_half_way()
    platform.ask_refund()
    orders = [platform.refund_id, "ret_test_0000000000000000_1"]
    assert payers.payables(orders) == {}

    platform.decide_refund(person("fiona"))
    [payable] = payers.payables(orders).values()
    assert (payable.id, payable.amount, payable.payee) == (platform.refund_id, gbp("22.33"), ADA)

    report = bank_report(platform.refund_id, BankOutcome.PAID)
    assert (
        payers.report(report, platform.command("billing", caller=BANK)).status is PaymentStatus.PAID
    )
    assert payers.statuses(orders) == {platform.refund_id: PaymentStatus.PAID}


def test_who_asked_for_a_refund_cannot_approve_it(platform):
    platform.cancel_half_way()
    platform.ask_refund(by=person("fiona"))

    with pytest.raises(SamePerson):
        platform.decide_refund(person("fiona"))
    assert platform.decide_refund(person("frank")).account.refunds[0].decided_by == "frank"


def test_no_more_goes_back_than_was_paid_and_is_not_owed(platform):
    with pytest.raises(RefundTooLarge):
        platform.ask_refund("0.01")
    platform.cancel_half_way()
    with pytest.raises(RefundTooLarge):
        platform.ask_refund("22.34")
    platform.ask_refund("20")

    with pytest.raises(RefundTooLarge):
        platform.ask_refund("2.34")
    assert len(platform.ask_refund("2.33").account.refunds) == 2


def test_what_is_owed_again_before_a_refund_is_approved_stays(platform):
    platform.cancel_half_way()
    platform.ask_refund()
    platform.reinstate(no_known_loss=True)

    with pytest.raises(RefundTooLarge):
        platform.decide_refund(person("fiona"))


def test_what_the_bank_could_not_pay_is_a_credit_again(platform):
    platform.cancel_half_way()
    platform.ask_refund()
    platform.decide_refund(person("fiona"))

    failed = platform.report_refund(BankOutcome.FAILED)

    assert failed.statement.credit == gbp("22.33")
    assert len(platform.ask_refund().account.refunds) == 2


def test_what_the_payees_bank_sends_back_comes_in_again(platform):
    platform.cancel_half_way()
    platform.ask_refund()
    platform.decide_refund(person("fiona"))
    platform.report_refund(BankOutcome.PAID)

    returned = platform.report_refund(BankOutcome.RETURNED)

    assert platform.balance("cash") == 16926
    assert returned.statement.credit == gbp("22.33")


def test_a_report_comes_true_once(platform):
    platform.cancel_half_way()
    platform.ask_refund()
    platform.decide_refund(person("fiona"))
    platform.report_refund(BankOutcome.PAID)

    with pytest.raises(WrongState):
        platform.report_refund(BankOutcome.PAID)


def test_a_payee_whose_name_is_on_a_list_waits_for_a_look(platform):
    platform.cancel_half_way()
    platform.ask_refund()

    suspect = platform.decide_refund(person("fiona"), list=Everybody()).account.refunds[0]
    sam = person("sam", "supervisor")
    cleared = screen_refund(
        platform.policy_id,
        platform.refund_id,
        granted(sam)._replace(reason="Born in another century."),
        platform.command("billing", caller=sam),
        platform.refund_ports,
    ).account.refunds[0]

    assert (suspect.status, suspect.instruction_id) == (PaymentStatus.SCREENING, None)
    assert (cleared.status, cleared.reason) == (PaymentStatus.EXECUTING, "Born in another century.")


def test_a_refused_refund_leaves_the_credit(platform):
    platform.cancel_half_way()
    platform.ask_refund()

    refused = platform.decide_refund(person("fiona"), approve=False)

    assert refused.account.refunds[0].status is PaymentStatus.CANCELLED
    assert refused.account.refundable(platform.policy) == gbp("22.33")


def test_a_refund_is_in_the_policys_currency(platform):
    platform.cancel_half_way()
    euros = Money.of("1", Currency.EUR)

    with pytest.raises(CurrencyMismatch):
        request_refund(
            platform.policy_id,
            RefundInput(euros, ADA, "Why."),
            platform.command("billing", caller=PARTNER),
            platform.refund_ports,
        )


def test_nothing_is_asked_for_once_the_policyholder_is_erased(platform):
    platform.cancel_half_way()
    platform.memory.erased.add(platform.policy.party_id)

    with pytest.raises(AlreadyErased):
        platform.ask_refund()


# What was paid too much, and what came for nobody


def test_what_was_paid_too_much_goes_back_from_suspense(platform):
    platform.pay("200", "REF-1")
    platform.ask_refund("30.74")
    platform.decide_refund(person("fiona"))

    paid = platform.report_refund(BankOutcome.PAID)

    assert platform.balance("suspense") == 0
    assert platform.balance("cash") == 16926
    assert paid.account.in_suspense == gbp("0")


def test_what_was_paid_too_much_is_used_for_what_is_owed_later(platform):
    platform.pay("200", "REF-1")
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    used = use_suspense(
        platform.policy_id,
        platform.command("billing", caller=person("fiona")),
        platform.refund_ports,
    )

    assert used.account.in_suspense == gbp("0")
    assert used.statement.received == gbp("200")
    assert platform.balance("suspense") == 0
    assert platform.balance("premium_receivable") == used.statement.owed.amount - 20000


def test_what_is_asked_back_is_not_used_meanwhile(platform):
    platform.pay("200", "REF-1")
    platform.ask_refund("30.74")
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    used = use_suspense(
        platform.policy_id,
        platform.command("billing", caller=person("fiona")),
        platform.refund_ports,
    )

    assert used.account.in_suspense == gbp("30.74")


def allocate(platform: Platform, suspense_id: str) -> SuspenseResult:
    command = platform.command("billing", caller=person("fiona"))
    return allocate_suspense(suspense_id, platform.policy_id, command, platform.refund_ports)


@pytest.fixture
def suspended(platform) -> str:
    platform.pay("200", "REF-9", UNKNOWN)
    return suspense_id_for(Mode.TEST, "REF-9")


def test_a_payment_in_suspense_is_allocated_once_and_pays_what_is_owed(platform, suspended):
    found = allocate(platform, suspended)

    assert found.summary is not None
    assert found.summary.status == "paid"
    assert found.payment.status == "allocated"
    assert platform.balance("cash") == 20000
    assert platform.balance("suspense") == -3074
    assert platform.balance("premium_receivable") == 0
    with pytest.raises(WrongState):
        allocate(platform, suspended)


def test_a_reference_that_the_policy_knows_already_comes_into_no_suspense(platform):
    platform.pay("10", "REF-8")
    with pytest.raises(PaymentDiffers):
        platform.pay("10", "REF-8", UNKNOWN)

    with pytest.raises(SuspenseNotFound):
        allocate(platform, suspense_id_for(Mode.TEST, "REF-8"))


def test_a_payment_that_nobody_wants_goes_back_with_two_people_and_the_bank(platform, suspended):
    found = returned(platform, suspended)

    assert found.payment.status == "returned"
    assert platform.balance("cash") == platform.balance("suspense") == 0
    with pytest.raises(WrongState):
        allocate(platform, suspended)
