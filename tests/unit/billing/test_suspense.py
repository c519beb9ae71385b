"""Money in suspense: nobody's key seals it, so no words about anybody stand in it."""

from datetime import UTC, date, datetime

import pytest
from insurance.domain.bank.approval import Approval
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.billing.suspense import SuspendedPayment, SuspenseStatus
from insurance.domain.core.errors import RefundNotFound, WrongState
from insurance.domain.core.identity import refund_id_for
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.posting import Account, post

NOW = datetime(2027, 1, 5, tzinfo=UTC)


WAITING = SuspendedPayment(
    id="sus_test_m2kebdx4jz36n8e7",
    reference="BANK-1",
    amount=Money(amount=10_000, currency=Currency.GBP),
    received_on=date(2027, 1, 4),
    posted_at=NOW,
)


def returning(payment: SuspendedPayment) -> SuspendedPayment:
    """The payment with one more return, which is at the bank."""
    approval = Approval(granted=True, by="con", reason="unknown_payer")
    return payment.with_return_requested(by="fin", reason="unknown_payer").with_return_decided(
        approval
    )


def said(number: int, outcome: BankOutcome, reason: str | None = None) -> BankReport:
    return BankReport(refund_id_for(WAITING.id, number), outcome, "BK-1", NOW, reason=reason)


@pytest.fixture
def again() -> SuspendedPayment:
    """A payment whose first return failed and whose second one is at the bank."""
    failed, _ = returning(WAITING).with_return_reported(said(1, BankOutcome.FAILED))
    return returning(failed)


def test_what_the_bank_says_of_a_return_in_words_is_not_stored():
    report = said(1, BankOutcome.FAILED, "Ada Merton moved away")

    failed, _ = returning(WAITING).with_return_reported(report)

    assert failed.last_return.status == "failed"
    assert "Merton" not in failed.model_dump_json()


@pytest.mark.parametrize("late", [BankOutcome.PAID, BankOutcome.RETURNED, BankOutcome.REVERSED])
def test_a_late_report_on_an_earlier_return_is_kept_there_and_posts_nothing(again, late):
    told, postings = again.with_return_reported(said(1, late))

    first, second = told.refunds
    assert (first.status, [each.outcome for each in first.kept]) == (PaymentStatus.FAILED, [late])
    assert second == again.last_return
    assert told.status is SuspenseStatus.RETURN_EXECUTING
    assert postings == ()


def test_a_late_report_on_an_earlier_return_does_not_stop_the_last_one(again):
    told, _ = again.with_return_reported(said(1, BankOutcome.PAID))

    paid, postings = told.with_return_reported(said(2, BankOutcome.PAID))

    assert paid.refunds[0] == told.refunds[0]
    assert paid.status is SuspenseStatus.RETURNED
    assert postings == post(Account.SUSPENSE, Account.CASH, WAITING.amount)


def test_what_the_bank_has_said_of_an_earlier_return_says_nothing_new(again):
    with pytest.raises(WrongState):
        again.with_return_reported(said(1, BankOutcome.FAILED))


def test_a_report_on_a_return_that_nobody_asked_for_is_refused(again):
    with pytest.raises(RefundNotFound):
        again.with_return_reported(said(9, BankOutcome.PAID))
