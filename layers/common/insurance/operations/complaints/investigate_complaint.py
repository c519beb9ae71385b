"""Start the investigation of a complaint."""

from insurance.domain.complaint import Complaint, ComplaintEventType, Step
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import ComplaintPorts


def investigate_complaint(
    complaint_id: str, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Record that the investigation has started.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The complaint is neither acknowledged nor reopened.
    """
    before = load_complaint(complaint_id, command, ports.complaints)
    complaint = before.record.moved(Step.INVESTIGATE, command.now)
    return store_complaint(
        complaint, ComplaintEventType.INVESTIGATED, before, command, ports.complaints
    )
