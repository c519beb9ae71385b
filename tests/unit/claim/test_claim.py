"""Reserves, payments and shared limits of one claim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim import (
    ClaimStep,
    CostType,
    Decision,
    Handling,
    LimitUsage,
    ReserveReason,
)
from insurance.domain.claim.claim import DECISIONS_MAX, PAYMENTS_MAX, RECOVERIES_MAX
from insurance.domain.claim.lifecycle import REFUSED_STEPS
from insurance.domain.claim.limits import movements
from insurance.domain.claim.postings import postings_between
from insurance.domain.claim.recoveries import RecoveryInput, identify_recovery
from insurance.domain.claim.recovery import RecoveryKind
from insurance.domain.core.errors import ClaimFull, ClaimStillOpen, ReserveTooLow
from insurance.domain.core.posting import Account
from insurance.domain.core.running_totals import LimitMovement

from tests.support.builders import NOW, gbp, make_claim
from tests.support.claim_records import executing, record, reserved

INDEMNITY, EXPENSE = CostType.INDEMNITY, CostType.EXPENSE


def usage(amount, *, kind="limit", whole="1000", code="term_limit"):
    return LimitUsage(code=code, kind=kind, amount=gbp(amount), whole=gbp(whole))


def test_each_type_of_cost_has_a_reserve_of_its_own():
    claim = reserved(reserved(make_claim(), INDEMNITY, "3000"), EXPENSE, "400")

    assert claim.reserve_of(INDEMNITY) == gbp("3000")
    assert claim.reserve_of(EXPENSE) == gbp("400")
    assert claim.reserve == gbp("3400")


def test_nothing_is_paid_that_the_reserve_does_not_hold():
    claim = executing(reserved(make_claim(), INDEMNITY, "3000"), INDEMNITY, "2000")

    with pytest.raises(ReserveTooLow):
        executing(claim, INDEMNITY, "1000.01")
    assert executing(claim, INDEMNITY, "1000").open_of(INDEMNITY) == gbp("3000")


def test_a_reserve_is_never_less_than_what_is_on_its_way():
    claim = executing(reserved(make_claim(), INDEMNITY, "3000"), INDEMNITY, "2000")

    with pytest.raises(ReserveTooLow):
        reserved(claim, INDEMNITY, "1999.99")


def test_a_claim_does_not_close_over_an_open_payment():
    claim = make_claim(handling=Handling.SETTLING)
    claim = executing(reserved(claim, INDEMNITY, "3000"), INDEMNITY, "2000")

    with pytest.raises(ClaimStillOpen):
        claim.closed("settled", by="staff-hana", at=NOW)


def test_closing_releases_every_reserve():
    claim = reserved(reserved(make_claim(handling=Handling.SETTLING), INDEMNITY, "9"), EXPENSE, "7")

    closed = claim.closed("settled", by="staff-hana", at=NOW)

    assert not closed.reserve
    assert {line.reason for line in closed.reserves} == {ReserveReason.CLOSURE}


def test_a_denial_releases_the_reserve_and_keeps_the_one_for_expenses():
    claim = reserved(reserved(make_claim(), INDEMNITY, "3000"), EXPENSE, "400")

    denied = claim.decided(record(Decision.DENIED, "0"), limit_usage=(), counts=False)

    assert denied.reserve_of(INDEMNITY) == gbp("0")
    assert denied.reserve_of(EXPENSE) == gbp("400")


def test_a_lost_payment_gives_back_what_it_took_of_a_limit_but_not_of_a_deductible():
    limit_usage = (usage("500"), usage("80", kind="deductible", code="own_share"))
    claim = make_claim().decided(record(), limit_usage=limit_usage, counts=True)
    claim = executing(claim, INDEMNITY, "500")
    [payment] = claim.payments

    lost = claim.losing(payment.replace(status=PaymentStatus.FAILED))

    assert [usage.amount for usage in lost.limit_usage] == [gbp("0"), gbp("80")]
    assert lost.handling is Handling.ASSESSING
    assert lost.reserve_of(INDEMNITY) == gbp("500")


def test_only_what_changed_moves_a_limit():
    before = (usage("500"), usage("10", code="other"))
    after = (usage("700"), usage("10", code="other"))

    assert movements(before, after) == (LimitMovement("term_limit", 20_000, 80_000),)
    assert movements(after, ()) == (
        LimitMovement("other", -1_000, 1_000),
        LimitMovement("term_limit", -70_000, 70_000),
    )


amounts = st.integers(min_value=0, max_value=10**9)


@given(st.lists(amounts, min_size=2, max_size=6), st.sampled_from(CostType))
def test_whatever_a_reserve_goes_through_its_postings_add_up_to_it(amounts, cost_type):
    claim, posted = make_claim(), 0
    for amount in amounts:
        changed = reserved(claim, cost_type, f"{amount // 100}.{amount % 100:02d}")
        for posting in postings_between(claim, changed):
            held = {Account.CASE_RESERVES, Account.EXPENSE_RESERVES}
            posted += posting.amount.amount * (posting.credit in held)
            posted -= posting.amount.amount * (posting.debit in held)
        claim = changed

    assert posted == claim.reserve.amount


def test_a_claim_holds_so_many_payments_decisions_and_recoveries_and_no_more():
    claim = reserved(make_claim(), INDEMNITY, "100")
    for _ in range(PAYMENTS_MAX):
        claim = executing(claim, INDEMNITY, "1")
    many = (record(),) * DECISIONS_MAX
    salvage = RecoveryInput(RecoveryKind.SALVAGE, "Somebody", gbp("1"))
    recovering = claim
    for _ in range(RECOVERIES_MAX):
        recovering = identify_recovery(recovering, salvage).claim

    with pytest.raises(ClaimFull):
        executing(claim, INDEMNITY, "1")
    with pytest.raises(ClaimFull):
        make_claim(decisions=many).decided(record(), limit_usage=(), counts=True)
    with pytest.raises(ClaimFull):
        identify_recovery(recovering, salvage)


def test_steps_are_phrases_that_a_refusal_can_end_with():
    assert all(
        REFUSED_STEPS[step][0].islower() and not REFUSED_STEPS[step].endswith(".")
        for step in ClaimStep
    )
