"""Record what the bank reports on a redress, and tell payment files what redress is to be paid."""

from collections.abc import Mapping, Sequence

from insurance.domain.bank import Payable
from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.bank.report import BankReport
from insurance.domain.complaint import Complaint
from insurance.domain.complaint.redress import REPORTED
from insurance.domain.core.caller import Caller
from insurance.domain.core.identity import complaint_id_for
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import Complaints
from insurance.operations.idempotency import Idempotency


def report_redress(
    report: BankReport, command: Command, complaints: Complaints
) -> Stored[Complaint]:
    """Record the bank's report. A redress that failed or came back is the handler's work again.

    Raises:
        ComplaintNotFound: There is no such complaint, or it is of the other mode.
        RedressNotFound: The complaint has no such redress.
        WrongState: The redress is not with the bank, or the bank has reported already.
    """
    before = load_complaint(complaint_id_for(report.instruction_id), command, complaints)
    redress = before.record.redress_of(report.instruction_id).reported(report)
    complaint = before.record.with_redress(redress, command.now)
    return store_complaint(complaint, REPORTED[report.outcome], before, command, complaints)


class RedressPayers:
    """The port `Payers` over complaints."""

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:
        """The redress that is to be paid now, by id; others are left out."""
        payables = (
            complaint.payable(redress_id)
            for redress_id, complaint in self._complaints_of(payment_ids)
        )
        return {payable.id: payable for payable in payables if payable is not None}

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        """The status of each redress, by id."""
        return {
            redress_id: complaint.redress_of(redress_id).status
            for redress_id, complaint in self._complaints_of(payment_ids)
        }

    def report(self, report: BankReport, *, caller: Caller, receipt: Idempotency) -> None:
        """Record the bank's report on one redress."""
        report_redress(report, Command(caller, receipt), self._complaints)

    def _complaints_of(self, redress_ids: Sequence[str]) -> list[tuple[str, Complaint]]:
        return [
            (redress_id, self._complaints.get(complaint_id_for(redress_id)).record)
            for redress_id in redress_ids
        ]
