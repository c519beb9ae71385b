"""Record what the bank reports on a redress."""

from insurance.domain.bank.report import BankReport
from insurance.domain.complaint import Complaint
from insurance.domain.complaint.event_types import ComplaintEventType
from insurance.domain.complaint.redress import REPORTED
from insurance.domain.core.identity import complaint_id_for
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import Complaints


def report_redress(
    report: BankReport, command: Command, complaints: Complaints
) -> Stored[Complaint]:
    """Record the bank's report. A redress that failed or came back is the handler's work again. A report
    that does not fit how far it is, is kept until it does.

    Raises:
        ComplaintNotFound: There is no such complaint, or it is of the other mode.
        RedressNotFound: The complaint has no such redress.
        WrongState: The bank was not told of the redress, or has said this before.
    """
    before = load_complaint(complaint_id_for(report.instruction_id), command, complaints)
    offered = before.record.redress_of(report.instruction_id)
    redress = offered.reported_with_kept(report)
    complaint = before.record.with_redress(redress, command.now)
    kept = redress.status is offered.status
    event_type = ComplaintEventType.REDRESS_REPORT_KEPT if kept else REPORTED[redress.status]
    return store_complaint(complaint, event_type, before, command, complaints)
