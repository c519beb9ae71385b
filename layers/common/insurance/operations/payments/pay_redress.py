"""Complaints as payers: whom the bank pays redress to, and what its reports do to it."""

from collections.abc import Mapping, Sequence

from insurance.domain.bank import Payable
from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.bank.report import BankReport
from insurance.domain.complaint import Complaint
from insurance.domain.complaint.redress import REPORTED
from insurance.domain.core.caller import Caller
from insurance.domain.core.identity import complaint_id_for
from insurance.domain.core.stored import Stored
from insurance.operations.complaints.handle_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import Complaints
from insurance.operations.idempotency import Idempotency


def report_redress(
    report: BankReport, *, caller: Caller, complaints: Complaints, receipt: Idempotency
) -> Stored[Complaint]:
    """Only the bank makes redress paid; what failed or came back is for the handler again."""
    complaint_id = complaint_id_for(report.instruction_id)
    before = load_complaint(complaint_id, caller, complaints, receipt)
    payment = before.record.redress_of(report.instruction_id).reported(report)
    return store_complaint(
        before.record.with_redress(payment, receipt.now),
        REPORTED[report.outcome],
        before=before,
        caller=caller,
        complaints=complaints,
        receipt=receipt,
    )


class RedressPayers:
    """The port `Payers` over complaints."""

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:
        found = (
            complaint.payable(redress_id)
            for redress_id, complaint in self._complaints_of(payment_ids)
        )
        return {payable.id: payable for payable in found if payable is not None}

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        return {
            redress_id: complaint.redress_of(redress_id).status
            for redress_id, complaint in self._complaints_of(payment_ids)
        }

    def report(self, report: BankReport, *, caller: Caller, receipt: Idempotency) -> None:
        report_redress(report, caller=caller, complaints=self._complaints, receipt=receipt)

    def _complaints_of(self, redress_ids: Sequence[str]) -> list[tuple[str, Complaint]]:
        return [(each, self._complaints.get(complaint_id_for(each)).record) for each in redress_ids]
