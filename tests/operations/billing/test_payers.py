"""A refund goes back to who paid. To any other account it waits for a third person, in anybody's name."""

from datetime import UTC, datetime

import pytest
from insurance.domain.bank.approval import Approval
from insurance.domain.bank.payer import PAYERS_MAX, Payer
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankOutcome
from insurance.domain.billing import Refund
from insurance.domain.billing.payers import AccountOf, NameOf, check_payee, paid_most
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import PaymentDiffers, SamePerson
from insurance.domain.core.identity import Mode, refund_id_for, suspense_id_for
from insurance.domain.party.party import Payee
from insurance.operations.billing.decide_refund import decide_refund, screen_refund
from insurance.operations.billing.resolve_suspense import allocate_suspense

from tests.support.billing import ADA, ADAS, UNKNOWN, person
from tests.support.platform import Platform
from tests.support.policies import issued_platform

NEW = Payee(name="Ada Lovelace", iban="DE89370400440532013000")
"""The policyholder's name on an account from which nothing came."""
AUNT = Payee(name="Eve Byron", iban="DE89370400440532013000")
AUNTS = Payer.of(AUNT.iban, AUNT.name)
EXECUTING, SCREENING = PaymentStatus.EXECUTING, PaymentStatus.SCREENING


@pytest.fixture
def platform() -> Platform:
    return issued_platform()


def decided(platform: Platform, number: int = 1, by: str = "fiona") -> Refund:
    refund_id = refund_id_for(platform.policy_id, number)
    caller = person(by)
    summary = decide_refund(
        platform.policy_id,
        refund_id,
        Approval(granted=True, by=by, reason="Checked."),
        platform.command(f"decide {number}", caller=caller),
        platform.refund_ports,
    )
    return summary.account.refund(refund_id)


def cleared(platform: Platform, by: Caller, number: int = 1) -> Refund:
    refund_id = refund_id_for(platform.policy_id, number)
    summary = screen_refund(
        platform.policy_id,
        refund_id,
        Approval(granted=True, by=by.principal, reason="Called back."),
        platform.command(f"clear {number}", caller=by),
        platform.refund_ports,
    )
    return summary.account.refund(refund_id)


def checked(platform: Platform, number: int = 1) -> tuple[NameOf, AccountOf]:
    account = platform.billed().account
    return check_payee(account, platform.policy, refund_id_for(platform.policy_id, number))


def test_in_the_policyholders_name_to_an_account_that_nobody_knows_one_approval_is_not_enough(
    platform: Platform,
):
    platform.cancel_half_way()
    platform.ask_refund(payee=NEW)

    approved = decided(platform)

    assert (approved.status, approved.instruction_id) == (SCREENING, None)
    assert checked(platform) == (NameOf.POLICYHOLDER, AccountOf.NOBODY)
    with pytest.raises(SamePerson):
        cleared(platform, person("fiona"))
    assert cleared(platform, person("sam", "supervisor")).status is EXECUTING


def test_who_named_the_account_neither_approves_nor_clears_it(platform: Platform):
    platform.cancel_half_way()
    platform.ask_refund(payee=NEW, by=person("frank"))

    with pytest.raises(SamePerson):
        decided(platform, by="frank")
    decided(platform)
    with pytest.raises(SamePerson):
        cleared(platform, person("frank", "supervisor"))


def test_what_the_bank_does_not_say_proves_nothing(platform: Platform):
    platform.cancel_half_way(None)
    platform.ask_refund()

    assert decided(platform).status is SCREENING


def test_somebody_else_who_paid_is_paid_back_under_their_own_name(platform: Platform):
    platform.cancel_half_way(AUNTS)
    platform.ask_refund(payee=AUNT)

    assert decided(platform).status is EXECUTING
    assert checked(platform) == (NameOf.PAYER, AccountOf.PAYER)


def test_the_account_of_who_paid_under_a_third_name_waits(platform: Platform):
    platform.cancel_half_way(AUNTS)
    platform.ask_refund(payee=AUNT.replace(name="Mallory Quick"))

    assert decided(platform).status is SCREENING
    assert checked(platform) == (NameOf.NOBODY, AccountOf.PAYER)


def test_a_penny_sent_first_does_not_make_an_account_the_payers(platform: Platform):
    platform.pay("0.01", "REF-0", payer=AUNTS)
    platform.cancel_half_way()
    platform.ask_refund(payee=NEW)

    assert decided(platform).status is SCREENING
    assert checked(platform) == (NameOf.POLICYHOLDER, AccountOf.PAYER_OF_LESS)


def test_what_went_back_already_does_not_count_again(platform: Platform):
    platform.pay("10", "REF-0", payer=AUNTS)
    platform.cancel_half_way()
    platform.ask_refund("10", payee=AUNT)
    platform.ask_refund("10", payee=AUNT)

    assert decided(platform, 1).status is SCREENING  # both stand, and 10 came in
    assert platform.decide_refund(person("frank"), approve=False)
    assert decided(platform, 2).status is EXECUTING


def test_one_refund_to_who_paid_little_is_no_precedent_for_a_large_one(platform: Platform):
    platform.pay("1", "REF-0", payer=AUNTS)
    platform.cancel_half_way()
    platform.ask_refund("1", payee=NEW)
    assert decided(platform, 1).status is EXECUTING

    platform.ask_refund("20", payee=NEW)

    assert decided(platform, 2).status is SCREENING


def test_what_a_third_person_cleared_is_known_from_then_on(platform: Platform):
    platform.cancel_half_way()
    platform.ask_refund("2", payee=NEW)
    decided(platform, 1)
    cleared(platform, person("sam", "supervisor"))

    platform.ask_refund("20", payee=NEW)

    assert decided(platform, 2).status is EXECUTING
    assert checked(platform, 2) == (NameOf.POLICYHOLDER, AccountOf.CLEARED)


def test_a_payers_account_that_was_recorded_by_hand_proves_nothing_whoever_asks_for_the_money(
    platform: Platform,
):
    platform.cancel_half_way(AUNTS, by=person("frank"))
    platform.ask_refund("10", payee=NEW, by=person("frank"))
    platform.ask_refund("10", payee=NEW)

    assert decided(platform, 1).status is SCREENING
    assert decided(platform, 2).status is SCREENING
    assert checked(platform, 2) == (NameOf.POLICYHOLDER, AccountOf.NOBODY)


def test_most_of_the_premium_came_from_an_account_only_if_the_bank_says_so(platform: Platform):
    platform.pay("20", "REF-1", payer=AUNTS)
    assert paid_most(AUNT, platform.billed().account)

    platform.pay("30", "REF-2", payer=ADAS, by=person("frank"))

    assert not paid_most(AUNT, platform.billed().account)
    assert not paid_most(ADA, platform.billed().account)


def test_a_reference_that_comes_again_with_another_payer_is_another_payment(platform: Platform):
    platform.pay("20", "REF-1", payer=AUNTS, by=person("frank"))

    with pytest.raises(PaymentDiffers):
        platform.pay("20", "REF-1", payer=ADAS)
    renamed = AUNTS and AUNTS.replace(name="E. Byron")
    for same in (AUNTS, renamed, None):
        assert platform.pay("20", "REF-1", payer=same).posted_before


def test_of_money_that_was_in_suspense_nobody_knows_who_paid(platform: Platform):
    platform.pay("200", "REF-9", UNKNOWN)
    allocate_suspense(
        suspense_id_for(Mode.TEST, "REF-9"),
        platform.policy_id,
        platform.command("allocate", caller=person("frank")),
        platform.refund_ports,
    )
    platform.ask_refund("30.74")

    assert decided(platform).status is SCREENING


def test_what_was_paid_too_much_goes_back_to_who_paid_it(platform: Platform):
    platform.pay("200", "REF-1")
    platform.ask_refund("30.74")

    assert decided(platform).status is EXECUTING


def test_each_payer_is_remembered_once_and_only_so_many(platform: Platform):
    for number in range(PAYERS_MAX + 1):
        payer = Payer.of(f"2000000000{number:04}")
        for again in range(2):
            platform.pay("0.01", f"REF-{number}-{again}", payer=payer)

    account = platform.billed().account

    assert len(account.payers) == PAYERS_MAX
    assert [paid.payer for paid in account.paid_in[-4:]] == [PAYERS_MAX - 1] * 2 + [None] * 2


def test_the_payer_is_sealed(platform: Platform):
    platform.now = datetime(2026, 1, 5, tzinfo=UTC)
    platform.pay("10", "REF-1", payer=AUNTS)

    facts = str(platform.events_of_account[-1].facts)

    assert "Byron" not in facts
    assert "DE89370400440532013000" not in facts


def test_who_was_erased_is_sent_money_by_nobody_who_is_stored(platform: Platform):
    platform.pay("10", "REF-1", payer=None)
    platform.memory.erased.add(platform.policy.party_id)

    assert platform.pay("10", "REF-2").summary is not None

    assert platform.billed().account.payers == ()


def test_a_refund_that_came_back_may_go_again(platform: Platform):
    platform.cancel_half_way()
    platform.ask_refund()
    decided(platform)
    platform.report_refund(BankOutcome.PAID)
    platform.report_refund(BankOutcome.RETURNED)
    platform.ask_refund()

    assert decided(platform, 2).status is EXECUTING


@pytest.mark.parametrize(
    ("named", "account"),
    [
        ("GB33 BUKB 2020 1555 5555 55", ADA.account),
        ("20-20-15 55555555", ADA.account),
        ("DE89370400440532013000", "DE89370400440532013000"),
        ("CH 12", "CH12"),
        ("", None),
        (None, None),
        ("?" * 40, None),
        ("9" * 40, None),
    ],
)
def test_an_account_is_read_however_the_bank_writes_it(named: str | None, account: str | None):
    payer = Payer.of(named, "A" * 300)

    assert (payer and payer.account) == account
    assert payer is None or payer.name == "A" * 200


def test_adas_account_is_the_one_that_she_names():
    assert ADAS is not None
    assert ADAS.account == ADA.account
