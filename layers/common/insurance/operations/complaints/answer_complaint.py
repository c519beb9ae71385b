"""Give the final response to a complaint."""

from insurance.domain.complaint import Complaint, ComplaintEventType
from insurance.domain.complaint.complaint import FinalResponseInput
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import ComplaintPorts


def answer_complaint(
    complaint_id: str, response: FinalResponseInput, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Give the final response, which names the ombudsman.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The complaint is not being investigated.
        AlreadyErased: The complainant's personal data were erased.
    """
    before = load_complaint(complaint_id, command, ports.complaints)
    complaint = before.record.answered(response, by=command.actor, at=command.now)
    return store_complaint(
        complaint, ComplaintEventType.ANSWERED, before, command, ports.complaints
    )
