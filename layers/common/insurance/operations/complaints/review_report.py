"""Propose or decide what becomes of a report on a redress that was kept."""

from insurance.domain.bank.kept_report import ReportReview
from insurance.domain.complaint import Complaint
from insurance.domain.complaint.event_types import ComplaintEventType
from insurance.domain.complaint.redress import REPORTED
from insurance.domain.core.identity import complaint_id_for
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import Complaints


def review_report(
    review: ReportReview, command: Command, complaints: Complaints
) -> Stored[Complaint]:
    """Propose that the report is applied or closed, or decide it as another person.

    Raises:
        ComplaintNotFound: There is no such complaint, or it is of the other mode.
        RedressNotFound: The complaint has no such redress.
        KeptReportNotFound: The report is resolved, or never was.
        WrongState: Something is proposed already, or nothing is.
        SamePerson: Who proposed it, or offered the redress, cannot approve it.
    """
    before = load_complaint(complaint_id_for(review.instruction_id), command, complaints)
    offered = before.record.redress_of(review.instruction_id)
    redress = offered.reviewed(review).settled()
    complaint = before.record.with_redress(redress, command.now)
    type = ComplaintEventType.REDRESS_REPORT_REVIEWED
    if redress.status is not offered.status:
        type = REPORTED[redress.status]
    return store_complaint(complaint, type, before, command, complaints)
