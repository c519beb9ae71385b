"""Take in the bank's report on a file: each payment in it is paid, failed, returned, or still pending."""

from collections.abc import Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from insurance.domain.bank import StatusMeaning, StatusReport
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.operations.command import Command
from insurance.operations.payments.ports import PaymentPorts
from insurance.operations.payments.read_payment_file import visible_file
from insurance.operations.payments.report_payment import report_one_of_many

OUTCOMES: Final = MappingProxyType(
    {
        (PaymentStatus.EXECUTING, StatusMeaning.SETTLED): BankOutcome.PAID,
        (PaymentStatus.EXECUTING, StatusMeaning.REJECTED): BankOutcome.FAILED,
        # What was settled and is rejected afterwards, by its own name, has come back.
        (PaymentStatus.PAID, StatusMeaning.REJECTED): BankOutcome.RETURNED,
    }
)
"""What a status does to a payment. Every other pair does nothing: the same report may come twice, and
reports may overtake each other."""


class Doubt(StrEnum):
    """Why a report did nothing to a payment, and a person must ask the bank."""

    CONTRADICTION = "contradiction"
    """The report says two things of the payment."""
    SETTLED_BEFORE = "settled_before"
    """The payment was settled, and the report rejects the whole that it stood in without naming it."""


class ReportedPayment(NamedTuple):
    """What a report did to one payment, and what the bank called it."""

    payment_id: str
    outcome: BankOutcome | None
    """None: nothing, since more is to come or it was reported before."""
    code: str
    reason: str | None
    doubt: Doubt | None = None


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
        reported, doubt = report.of(payment_id), _doubt(payment_id, status, report)
        outcome = None if doubt else OUTCOMES.get((status, reported.meaning))
        if outcome is not None:
            payment_report = BankReport(
                payment_id, outcome, report.id, command.now, reported.reason, may_wait=False
            )
            report_one_of_many(payment_report, command, ports.payers)
        payments.append(ReportedPayment(payment_id, outcome, reported.code, reported.reason, doubt))
    result = StatusReportResult(report, payments)
    ports.orders.record_answer(command.with_answer(result))
    return result


def _doubt(payment_id: str, status: PaymentStatus, report: StatusReport) -> Doubt | None:
    """What was settled comes back only by a report that names it, or it would be paid twice."""
    if payment_id in report.contradicted:
        return Doubt.CONTRADICTION
    rejected = report.of(payment_id).meaning is StatusMeaning.REJECTED
    if status is PaymentStatus.PAID and rejected and not report.names(payment_id):
        return Doubt.SETTLED_BEFORE
    return None
