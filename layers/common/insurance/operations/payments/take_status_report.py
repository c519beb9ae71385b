"""Take in the bank's report on a file: each payment in it is paid, failed, returned, or still pending."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from insurance.domain.bank import StatusMeaning, StatusReport
from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.operations.command import Command
from insurance.operations.payments.ports import PaymentPorts
from insurance.operations.payments.read_payment_file import visible_file
from insurance.operations.payments.report_payment import report_one_of_many

OUTCOMES: Final = MappingProxyType(
    {
        (PaymentStatus.EXECUTING, StatusMeaning.SETTLED): BankOutcome.PAID,
        (PaymentStatus.EXECUTING, StatusMeaning.REJECTED): BankOutcome.FAILED,
        # What was settled and is rejected afterwards has come back.
        (PaymentStatus.PAID, StatusMeaning.REJECTED): BankOutcome.RETURNED,
    }
)
"""What a status does to a payment. Every other pair does nothing: the same report may come twice, and
reports may overtake each other."""


class ReportedPayment(NamedTuple):
    """What a report did to one payment, and what the bank called it."""

    payment_id: str
    outcome: BankOutcome | None
    """None: nothing, since more is to come or it was reported before."""
    code: str
    reason: str | None


class StatusReportResult(NamedTuple):
    """A report on a file, and what it did to each payment."""

    report: StatusReport
    payments: Sequence[ReportedPayment]


def take_status_report(document: str, command: Command, ports: PaymentPorts) -> StatusReportResult:
    """Post a pain.002 report, payment by payment: each that moves has a transaction of its own.

    A call that ends in between is repeated whole: a payment that has moved already is found so.

    Raises:
        UnreadableReport: The document is no pain.002, or is not safe to read.
        PaymentFileNotFound: There is no such file in the caller's mode.
        StaleRevision: Another call has moved one of the payments meanwhile.
    """
    report = ports.messages.read_report(document)
    file = visible_file(report.file_id, command.caller, ports.orders)
    statuses = ports.payers.statuses([instruction.id for instruction in file.sent])
    payments = []
    for payment_id, status in statuses.items():
        reported = report.of(payment_id)
        outcome = OUTCOMES.get((status, reported.meaning))
        if outcome is not None:
            payment_report = BankReport(
                payment_id, outcome, report.id, command.now, reported.reason
            )
            report_one_of_many(payment_report, command, ports.payers)
        payments.append(ReportedPayment(payment_id, outcome, reported.code, reported.reason))
    result = StatusReportResult(report, payments)
    ports.orders.record_answer(command.with_answer(result))
    return result
