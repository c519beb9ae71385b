"""Take in the bank's report on a file: each payment in it is paid, failed, returned, or waits on."""

from collections.abc import Sequence
from typing import NamedTuple

from insurance.domain.bank import StatusMeaning, StatusReport
from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.core.caller import Caller
from insurance.operations.idempotency import Idempotency
from insurance.operations.payments.send_payments import (
    Payers,
    PaymentOrders,
    book_report,
    read_payment_file,
)

NEXT = {
    (PaymentStatus.EXECUTING, StatusMeaning.SETTLED): BankOutcome.PAID,
    (PaymentStatus.EXECUTING, StatusMeaning.REJECTED): BankOutcome.FAILED,
    # What was settled and is rejected afterwards has come back.
    (PaymentStatus.PAID, StatusMeaning.REJECTED): BankOutcome.RETURNED,
}
"""What a status does to a payment. Every other pair does nothing: the same report may come twice, and
reports may overtake each other."""


class Taken(NamedTuple):
    """What a report made of one payment, and what the bank called it."""

    payment_id: str
    outcome: BankOutcome | None
    code: str
    reason: str | None


def take_status_report(
    report: StatusReport,
    *,
    caller: Caller,
    orders: PaymentOrders,
    payers: Payers,
    receipt: Idempotency,
) -> Sequence[Taken]:
    """One transaction for each payment that moves. A call that ends in between is repeated whole:
    what has moved already is found so."""
    file = read_payment_file(report.file_id, caller=caller, orders=orders).record
    statuses = payers.statuses([each.id for each in file.sent])
    taken = []
    for payment_id, status in statuses.items():
        said = report.of(payment_id)
        outcome = NEXT.get((status, said.meaning))
        if outcome is not None:
            booked = BankReport(payment_id, outcome, report.id, receipt.now, said.reason)
            book_report(booked, caller=caller, payers=payers, receipt=receipt)
        taken.append(Taken(payment_id, outcome, said.code, said.reason))
    orders.answer(receipt.record(taken))
    return taken
