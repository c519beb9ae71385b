"""Money in suspense: nobody's key seals it, so no words about anybody stand in it."""

from datetime import UTC, date, datetime

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.billing.suspense import SuspendedPayment
from insurance.domain.core.money import Currency, Money

NOW = datetime(2027, 1, 5, tzinfo=UTC)


def test_what_the_bank_says_of_a_return_in_words_is_not_stored():
    waiting = SuspendedPayment(
        id="sus_test_m2kebdx4jz36n8e7",
        reference="BANK-1",
        amount=Money(amount=10_000, currency=Currency.GBP),
        received_on=date(2027, 1, 4),
        posted_at=NOW,
    )
    approved = waiting.with_return_requested(by="fin", reason="unknown_payer").with_return_decided(
        Approval(granted=True, by="con", reason="unknown_payer")
    )
    report = BankReport(
        approved.last_return.id, BankOutcome.FAILED, "BK-1", NOW, reason="Ada Merton moved away"
    )

    failed, _ = approved.with_return_reported(report)

    assert failed.last_return.status == "failed"
    assert "Merton" not in failed.model_dump_json()
