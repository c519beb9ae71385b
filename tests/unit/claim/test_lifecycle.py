"""Every state meets every step: what is in the table happens, everything else is refused."""

from itertools import product

import pytest
from insurance.domain.bank import kept_report, payment_status
from insurance.domain.bank.payment_status import PaymentStatus, PaymentStep
from insurance.domain.bank.report import BankReport
from insurance.domain.claim import ClaimStep, Handling, Hold, lifecycle
from insurance.domain.claim.payment import Payment
from insurance.domain.claim.reserve import CostType
from insurance.domain.core.errors import ClaimOnHold, WrongState
from insurance.domain.core.identity import payment_id_for

from tests.support.builders import NOW, gbp, make_claim

HOLD = Hold(reason="The police ask us to wait.", by="staff-hana", since=NOW)


def make_payment(**changes):
    payment = Payment(
        id=payment_id_for(make_claim().id, 1),
        cost_type=CostType.INDEMNITY,
        amount=gbp("100"),
        status=PaymentStatus.AWAITING_APPROVAL,
        requested_by="staff-hana",
    )
    return payment.replace(**changes)


def pay_step(payment, step):  # noqa: PLR0911 - one for each step
    match step:
        case PaymentStep.APPROVE:
            return payment.approved(by="staff-sam", reason="agreed")
        case PaymentStep.SCREEN:
            return payment.approved(by="staff-sam", reason="agreed", suspect=True)
        case PaymentStep.CLEAR:
            return payment.cleared(by="staff-sam")
        case PaymentStep.REFUSE:
            return payment.refused(by="staff-sam", reason="not agreed")
        case PaymentStep.CANCEL:
            return payment.cancelled(by="staff-hana", reason="a slip")
        case PaymentStep.SET_OFF | PaymentStep.RECALL:
            return payment.moved(step)
    outcomes = {step: outcome for outcome, step in payment_status.REPORT_STEPS.items()}
    return payment.reported(BankReport(payment.id, outcomes[step], "B1", NOW))


@pytest.mark.parametrize(("handling", "step"), list(product(Handling, ClaimStep)))
def test_a_claim_takes_the_steps_of_the_table_and_no_other(handling, step):
    claim = make_claim(handling=handling)

    if (handling, step) in lifecycle.NEXT:
        assert claim.moved(step).handling is lifecycle.NEXT[handling, step]
    else:
        with pytest.raises(WrongState) as refused:
            claim.moved(step)
        assert (refused.value.status, refused.value.step) == (handling, step)


@pytest.mark.parametrize(("handling", "step"), list(lifecycle.NEXT))
def test_on_hold_nothing_is_decided_paid_or_closed(handling, step):
    claim = make_claim(handling=handling, hold=HOLD)

    if step in lifecycle.NOT_ON_HOLD:
        with pytest.raises(ClaimOnHold):
            claim.moved(step)
    else:
        assert claim.moved(step).handling is lifecycle.NEXT[handling, step]


@pytest.mark.parametrize(("status", "step"), list(product(PaymentStatus, PaymentStep)))
def test_a_payment_takes_the_steps_of_the_table_and_no_other(status, step):
    payment = make_payment(status=status)

    if (status, step) in payment_status.NEXT:
        assert pay_step(payment, step).status is payment_status.NEXT[status, step]
    elif (status, step) in kept_report.KEPT:
        kept = pay_step(payment, step)
        assert (kept.status, len(kept.kept)) == (status, 1)
        with pytest.raises(WrongState):
            pay_step(kept, step)  # the same again says nothing new
    else:
        with pytest.raises(WrongState):
            pay_step(payment, step)


def test_the_bank_may_report_a_lost_payment_in_every_state_of_the_claim():
    assert all((handling, ClaimStep.LOSE_PAYMENT) in lifecycle.NEXT for handling in Handling)
