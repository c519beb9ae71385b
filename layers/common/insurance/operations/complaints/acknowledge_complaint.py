"""Acknowledge a complaint."""

from insurance.domain.complaint import Complaint, ComplaintEventType, Step
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import ComplaintPorts


def acknowledge_complaint(
    complaint_id: str, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Record that the complainant was told that the insurer has the complaint.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The complaint was acknowledged before.
    """
    before = load_complaint(complaint_id, command, ports.complaints)
    complaint = before.record.moved(Step.ACKNOWLEDGE, command.now)
    return store_complaint(
        complaint, ComplaintEventType.ACKNOWLEDGED, before, command, ports.complaints
    )
