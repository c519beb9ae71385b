"""Read a report that was kept, and let two persons apply or close it."""

from collections.abc import Iterator
from contextlib import contextmanager
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
from insurance.domain.core.errors import KeptReportNotFound, NotFound
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
        KeptReportNotFound: There is no such payment in the caller's mode, or the report is resolved.
    """
    instruction_id, number = parts_of(report_id)
    with _known(report_id):
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
        KeptReportNotFound: There is no such payment in the caller's mode, or the report is resolved.
        WrongState: Something is proposed already.
    """
    instruction_id, number = parts_of(report_id)
    proposed = Resolution(
        decision=decision, reason_code=reason_code, by=command.actor, at=command.now
    )
    review = ReportReview(instruction_id, number, command.caller, proposed=proposed)
    with _known(report_id):
        return ports.payers.review(review, command)


def decide_resolution(
    report_id: str, approval: Approval, command: Command, ports: PaymentPorts
) -> OutgoingPayment:
    """Let what was proposed happen, as another person, or refuse it: the report waits then as before.

    Raises:
        KeptReportNotFound: There is no such payment in the caller's mode, or the report is resolved.
        WrongState: Nothing is proposed, or the money is used by now.
        SamePerson: Who proposed it, or requested the payment, cannot approve it.
        SignInTooOld: The payment's amount needs a sign-in just before.
        ReserveTooLow: A claim has less reserved than was paid.
        RefundTooLarge: A policy has less to give back than was paid.
    """
    instruction_id, number = parts_of(report_id)
    review = ReportReview(instruction_id, number, command.caller, approval=approval)
    with _known(report_id):
        return ports.payers.review(review, command)


@contextmanager
def _known(report_id: str) -> Iterator[None]:
    """A report on what does not exist does not exist: its id is all that the caller named."""
    try:
        yield
    except NotFound as unknown:
        raise KeptReportNotFound(report_id) from unknown


def parts_of(report_id: str) -> tuple[str, int]:
    """The payment that a report is about, and the report's number."""
    instruction_id, _, number = report_id.rpartition("_")
    return instruction_id, int(number)
