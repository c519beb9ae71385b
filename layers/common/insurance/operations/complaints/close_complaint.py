"""Close a complaint."""

from insurance.domain.complaint import Complaint, ComplaintEventType, Step
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import ComplaintPorts

WITHDRAWN = "withdrawn"


def close_complaint(
    complaint_id: str, closed_as: str, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Close it as accepted, withdrawn or decided by the ombudsman.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The complaint is not answered; or, to withdraw it, answered already.
        ComplaintStillOpen: A redress is neither paid nor refused.
    """
    before = load_complaint(complaint_id, command, ports.complaints)
    step = Step.WITHDRAW if closed_as == WITHDRAWN else Step.CLOSE
    complaint = before.record.closed(closed_as, step, command.now)
    return store_complaint(complaint, ComplaintEventType.CLOSED, before, command, ports.complaints)
