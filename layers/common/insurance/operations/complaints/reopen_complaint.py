"""Reopen a closed complaint."""

from insurance.domain.complaint import Complaint, ComplaintEventType
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import ComplaintPorts


def reopen_complaint(
    complaint_id: str, reason: str, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Reopen it, with a new deadline for the final response.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The complaint is not closed.
        AlreadyErased: The complainant's personal data were erased.
    """
    before = load_complaint(complaint_id, command, ports.complaints)
    complaint = before.record.reopened(reason, command.now)
    return store_complaint(
        complaint, ComplaintEventType.REOPENED, before, command, ports.complaints
    )
