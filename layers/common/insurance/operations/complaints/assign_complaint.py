"""Assign a complaint to a handler."""

from insurance.domain.complaint import Complaint, ComplaintEventType, Step
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import ComplaintPorts


def assign_complaint(
    complaint_id: str, handler: str | None, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Assign it; without a handler nobody is responsible for it.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The complaint is closed.
    """
    before = load_complaint(complaint_id, command, ports.complaints)
    complaint = before.record.moved(Step.ASSIGN, command.now, handler=handler)
    return store_complaint(
        complaint, ComplaintEventType.ASSIGNED, before, command, ports.complaints
    )
