"""What is overdue is set off against what a claim pays the policyholder, and undone with the payment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from insurance.domain.bank.approval import Approval
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.billing.account import PAYMENTS_MAX
from insurance.domain.claim import Claim, CostType, Decision
from insurance.domain.claim.assessment import DecisionInput
from insurance.domain.contract.rule import RuleOutcome
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import AccountMoved, WrongState
from insurance.domain.core.identity import Mode, billing_id_for
from insurance.domain.core.posting import Account
from insurance.domain.jurisdiction.jurisdiction import NoticeKind
from insurance.operations.claims.decide_claim import decide_claim
from insurance.operations.claims.decide_payment import decide_payment
from insurance.operations.command import Command

from tests.fakes.claims import MemoryClaims
from tests.support.driving.claims import ADA
from tests.support.platform import Platform
from tests.support.policies import with_overdue_premium
from tests.support.policy_life import gbp, motor_with

MONTH, ARREARS, NEXT_DAY = "15.47", gbp("15.47"), date(2026, 1, 2)


def staff(name: str) -> Caller:
    return Caller(
        principal=name,
        kind=CallerKind.STAFF,
        partner="",
        roles=frozenset({"claims_handler"}),
        scopes=frozenset({"claims:assess", "claims:approve"}),
        mode=Mode.TEST,
        signed_in_recently=True,
    )


@pytest.fixture
def platform() -> Platform:
    return with_overdue_premium(grace_days=10)


def test_a_loss_in_the_days_of_grace_is_covered_and_what_is_overdue_is_set_off(platform):
    assert platform.overdue == ARREARS

    claim = platform.notify()

    [payment] = claim.payments
    assert (payment.status, payment.amount) == (PaymentStatus.EXECUTING, gbp("500"))
    assert payment.set_off is not None
    assert (payment.set_off.amount, payment.set_off.since) == (ARREARS, date(2026, 1, 1))
    assert payment.net == gbp("484.53")
    assert platform.overdue == gbp("0")
    [paid_in] = platform.billed().account.paid_in
    assert (paid_in.reference, paid_in.from_claim, paid_in.amount) == (payment.id, True, ARREARS)


def test_the_last_step_of_the_payout_says_what_is_set_off_and_why(platform):
    step = platform.notify().payout_steps[-1]

    assert (step.code, step.before, step.after) == ("premium_set_off", gbp("500"), gbp("484.53"))
    assert step.name == "Set off against premium that is overdue since 2026-01-01"
    assert step.figure == "15.47 GBP of 15.47 GBP overdue on 2026-01-02"


def test_reserve_and_what_the_claim_has_paid_are_gross(platform):
    claim = platform.notify()
    assert claim.reserve == gbp("500")
    assert claim.committed_of(CostType.INDEMNITY) == gbp("500")

    claim = platform.report_payment(claim.payments[0], "paid")

    assert (claim.paid, claim.set_off, claim.reserve) == (gbp("500"), ARREARS, gbp("0"))
    assert claim.closed_as == "settled"


def test_what_is_set_off_is_no_cash_and_the_clearing_account_comes_to_nothing(platform):
    claim = platform.notify()
    assert platform.balance(Account.PREMIUM_SET_OFF) == 1547
    assert platform.balance(Account.CASH) == 0

    platform.report_payment(claim.payments[0], "paid")

    assert platform.balance(Account.PREMIUM_SET_OFF) == 0
    assert platform.balance(Account.CLAIMS_PAID) == 50_000
    assert platform.balance(Account.CASH) == -48_453
    assert platform.billed().account.cash == gbp("0")


@pytest.mark.parametrize("outcomes", [["failed"], ["paid", "returned"], ["paid", "reversed"]])
def test_a_payment_that_comes_to_nothing_undoes_what_was_set_off(platform, outcomes):
    owed = platform.balance(Account.PREMIUM_RECEIVABLE)
    claim = platform.notify()

    for outcome in outcomes:
        claim = platform.report_payment(claim.payments[0], outcome)

    assert platform.overdue == ARREARS
    [paid_in] = platform.billed().account.paid_in
    assert paid_in.taken_back_at == platform.now
    assert platform.balance(Account.PREMIUM_RECEIVABLE) == owed
    assert [platform.balance(each) for each in (Account.PREMIUM_SET_OFF, Account.CASH)] == [0, 0]
    assert claim.set_off == gbp("0")
    assert claim.payout_steps == claim.steps


def test_the_next_payment_sets_off_again_what_was_undone(platform):
    first = platform.notify().payments[0]
    platform.report_payment(first, "failed")

    asked = DecisionInput(
        decision=Decision.APPROVED,
        amount=None,
        reason_code="again",
        reason="Another account.",
    )
    command = Command(staff("hana"), platform.idempotency("decide"))
    claim = decide_claim(
        next(iter(platform.memory.claims)), asked, command, platform.claim_ports
    ).record

    assert [each.set_off.amount for each in claim.payments if each.set_off] == [ARREARS] * 2
    assert platform.overdue == gbp("0")


def test_a_payment_that_is_owed_to_us_whole_is_done_without_the_bank(platform):
    claim = platform.notify("510")

    [payment] = claim.payments
    assert (payment.amount, payment.net) == (gbp("10"), gbp("0"))
    assert (payment.status, payment.instruction_id) == (PaymentStatus.PAID, None)
    assert (claim.closed_as, claim.paid, claim.reserve) == ("settled", gbp("10"), gbp("0"))
    assert platform.overdue == gbp("5.47")
    assert [platform.balance(each) for each in (Account.PREMIUM_SET_OFF, Account.CASH)] == [0, 0]
    with pytest.raises(WrongState):
        platform.report_payment(payment, "returned")


@pytest.mark.parametrize(
    "changes",
    [
        {"payee": ADA.replace(is_policyholder=False)},
        {"payee": ADA.replace(name="A lender"), "loss_payee": "A lender"},
    ],
    ids=["a third party", "a lender comes first"],
)
def test_nothing_is_set_off_against_what_goes_to_somebody_else(platform, changes):
    claim = platform.notify(**changes)

    assert [each.set_off for each in claim.payments] == [None]
    assert platform.overdue == ARREARS


def test_a_product_may_say_that_nothing_is_set_off():
    platform = with_overdue_premium(grace_days=10, premium_set_off=False)

    assert platform.check_coverage().set_off is None
    assert platform.notify().payments[0].set_off is None


def test_nothing_is_set_off_where_nothing_is_overdue(platform):
    platform.pay_today(MONTH)

    claim = platform.notify()

    assert claim.payments[0].net == gbp("500")
    assert "premium_overdue" not in {rule.code for rule in claim.rules}


def test_an_account_that_is_full_holds_up_no_claim(platform):
    id = billing_id_for(platform.policy_id)
    kept = platform.memory.accounts[id]
    platform.pay_today("0.01")
    paid_in = platform.billed().account.paid_in[0]
    full = kept.record.replace(
        paid_in=tuple(
            paid_in.replace(reference=f"REF-{place}", taken_back_at=platform.now)
            for place in range(PAYMENTS_MAX)
        )
    )
    platform.memory.accounts[id] = type(kept)(full, kept.head, kept.key)

    assert platform.notify().payments[0].set_off is None


def test_a_coverage_check_says_what_would_be_set_off_and_changes_nothing(platform):
    events = len(platform.events_of_account)

    verdict = platform.check_coverage()

    assert verdict.outcome is RuleOutcome.PASS
    assert verdict.set_off is not None
    assert verdict.set_off.amount == ARREARS
    [rule] = [each for each in verdict.rules if each.code == "premium_overdue"]
    assert (rule.outcome, rule.facts["since"]) == (RuleOutcome.INFO, "2026-01-01")
    assert "15.47 GBP of a payment to the policyholder would be set off" in rule.explanation
    assert verdict.payout_steps[-1].after == gbp("484.53")
    assert (len(platform.events_of_account), platform.overdue) == (events, ARREARS)


def test_what_is_set_off_goes_by_the_day_of_approval(platform):
    claim = platform.notify("6000")
    [payment] = claim.payments
    assert (payment.status, payment.set_off) == (PaymentStatus.AWAITING_APPROVAL, None)
    platform.pay_today("10")

    claim = approved(platform, claim)

    [payment] = claim.payments
    assert payment.status is PaymentStatus.EXECUTING
    assert payment.set_off is not None
    assert payment.set_off.amount == gbp("5.47")


def approved(platform: Platform, claim: Claim, claims: MemoryClaims | None = None) -> Claim:
    ports = replace(platform.claim_ports, claims=claims or platform.stores.claims)
    caller = staff("hana")
    approval = Approval(granted=True, by=caller.principal, reason="Seen.")
    command = Command(caller, platform.idempotency("approve"))
    return decide_payment(claim.id, claim.payments[0].id, approval, command, ports).record


class Between(MemoryClaims):
    """Something happens between the read and the transaction."""

    def __init__(self, platform: Platform, happens: Callable[[], object]) -> None:
        super().__init__(platform.memory)
        self._happens = happens

    def change(self, *arguments: Any, **named: Any) -> None:
        self._happens()
        super().change(*arguments, **named)


def test_a_payment_that_comes_in_first_sends_the_claim_back_to_be_decided_again(platform):
    claim = platform.notify("6000")
    between = Between(platform, lambda: platform.pay_today(MONTH))

    with pytest.raises(AccountMoved):
        approved(platform, claim, between)

    assert platform.stores.claims.get(claim.id).record == claim
    assert [each.from_claim for each in platform.billed().account.paid_in] == [False]
    assert approved(platform, claim).payments[0].set_off is None


def test_an_undoing_that_a_payment_overtakes_is_decided_again_too(platform):
    claim = platform.notify()
    between = Between(platform, lambda: platform.pay_today("1"))

    with pytest.raises(AccountMoved):
        platform.report_payment(claim.payments[0], "failed", between)

    assert platform.stores.claims.get(claim.id).record == claim
    assert (
        platform.report_payment(claim.payments[0], "failed").payments[0].status
        is PaymentStatus.FAILED
    )
    assert platform.overdue == gbp("14.47")


# Notices


def test_what_is_set_off_cures_a_lapse_that_was_announced_and_its_undoing_announces_it_again():
    platform = with_overdue_premium()
    assert platform.policy.open_notice(NoticeKind.LAPSE) is not None

    claim = platform.notify()
    platform.turn_to(datetime(2026, 1, 2, 10, tzinfo=UTC))
    assert platform.policy.open_notice(NoticeKind.LAPSE) is None
    assert [each.ended for each in platform.policy.notices] == ["cured"]

    platform.report_payment(claim.payments[0], "failed")
    platform.turn_to(datetime(2026, 1, 2, 11, tzinfo=UTC))

    [_, again] = platform.policy.notices
    assert (again.open, again.arrears) == (True, ARREARS)


def test_a_part_of_the_arrears_cures_nothing():
    platform = with_overdue_premium()

    platform.notify("510")
    platform.turn_to(datetime(2026, 1, 2, 10, tzinfo=UTC))

    assert platform.policy.open_notice(NoticeKind.LAPSE) is not None


def test_who_never_chose_a_plan_has_an_account_from_then_on():
    platform = Platform(motor_with(grace_days=10))
    platform.issue_on_plan(plan=None)
    platform.now = datetime(2026, 1, 2, 9, tzinfo=UTC)

    claim = platform.notify()

    assert claim.payments[0].net == gbp("330.74")
    assert platform.overdue == gbp("0")
    assert platform.balance(Account.PREMIUM_RECEIVABLE) == 0
    assert [each.type for each in platform.events_of_account] == ["billing.arrears_offset"]
