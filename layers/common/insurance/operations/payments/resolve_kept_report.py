"""Read a report that was kept, and let two persons apply or close it."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.kept_report import (
    KeptReport,
    ReportReview,
    Resolution,
    ResolutionDecision,
)
from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.operations.command import Command, Query
from insurance.operations.payments.ports import PaymentPorts


@dataclass(frozen=True, slots=True)
class KeptReportResult:
    """A kept report with its payment."""

    payment: OutgoingPayment
    report: KeptReport
    at: datetime


def read_kept_report(report_id: str, query: Query, ports: PaymentPorts) -> KeptReportResult:
    """A kept report.

    Raises:
        NotFound: There is no such payment in the caller's mode, or the report is resolved.
    """
    instruction_id, number = parts_of(report_id)
    payment = ports.payers.payment(instruction_id, query)
    return KeptReportResult(payment, payment.kept_report(number), query.now)


def propose_resolution(
    report_id: str,
    decision: ResolutionDecision,
    reason_code: str,
    command: Command,
    ports: PaymentPorts,
) -> OutgoingPayment:
    """Propose that the report is applied, or closed.

    Raises:
        NotFound: There is no such payment in the caller's mode, or the report is resolved.
        WrongState: Something is proposed already.
    """
    instruction_id, number = parts_of(report_id)
    proposed = Resolution(
        decision=decision, reason_code=reason_code, by=command.actor, at=command.now
    )
    review = ReportReview(instruction_id, number, proposed=proposed)
    return ports.payers.review(review, command)


def decide_resolution(
    report_id: str, approval: Approval, command: Command, ports: PaymentPorts
) -> OutgoingPayment:
    """Let what was proposed happen, as another person, or refuse it: the report waits then as before.

    Raises:
        NotFound: There is no such payment in the caller's mode, or the report is resolved.
        WrongState: Nothing is proposed, or the money is used by now.
        SamePerson: Who proposed it, or requested the payment, cannot approve it.
        ReserveTooLow: A claim has less reserved than was paid.
        RefundTooLarge: A policy has less to give back than was paid.
    """
    instruction_id, number = parts_of(report_id)
    return ports.payers.review(ReportReview(instruction_id, number, approval=approval), command)


def parts_of(report_id: str) -> tuple[str, int]:
    """The payment that a report is about, and the report's number."""
    instruction_id, _, number = report_id.rpartition("_")
    return instruction_id, int(number)
