"""Complaints as payers: what redress the bank pays, and what its reports do to it."""

from collections.abc import Mapping, Sequence

from insurance.domain.bank import Payable
from insurance.domain.bank.kept_report import ReportReview
from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankReport
from insurance.domain.complaint import Complaint
from insurance.domain.core.errors import ComplaintNotFound
from insurance.domain.core.identity import complaint_id_for
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command, Query
from insurance.operations.complaints.ports import Complaints
from insurance.operations.complaints.report_redress import report_redress
from insurance.operations.complaints.review_report import review_report


class RedressPayers:
    """The port `Payers` over complaints."""

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:
        payables = (
            complaint.payable(redress_id)
            for redress_id, complaint in self._complaints_of(payment_ids)
        )
        return {payable.id: payable for payable in payables if payable is not None}

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        return {
            redress_id: complaint.redress_of(redress_id).status
            for redress_id, complaint in self._complaints_of(payment_ids)
        }

    def report(self, report: BankReport, command: Command) -> OutgoingPayment:
        def redress_of(stored: Stored[Complaint]) -> OutgoingPayment:
            return stored.record.redress_of(report.instruction_id)

        answered = command.answered_by(redress_of)
        return redress_of(report_redress(report, answered, self._complaints))

    def payment(self, payment_id: str, query: Query) -> OutgoingPayment:
        """The payment.

        Raises:
            ComplaintNotFound: There is none in the caller's mode.
        """
        complaint_id = complaint_id_for(payment_id)
        complaint = self._complaints.get(complaint_id).record
        if not query.caller.sees(complaint_id, complaint.partner, complaint.party):
            raise ComplaintNotFound(complaint_id)
        return complaint.redress_of(payment_id)

    def review(self, review: ReportReview, command: Command) -> OutgoingPayment:
        def redress_of(stored: Stored[Complaint]) -> OutgoingPayment:
            return stored.record.redress_of(review.instruction_id)

        answered = command.answered_by(redress_of)
        return redress_of(review_report(review, answered, self._complaints))

    def _complaints_of(self, redress_ids: Sequence[str]) -> list[tuple[str, Complaint]]:
        return [
            (redress_id, self._complaints.get(complaint_id_for(redress_id)).record)
            for redress_id in redress_ids
        ]
