"""Record that the ombudsman has a complaint."""

from insurance.domain.complaint import Complaint, ComplaintEventType
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import ComplaintPorts


def refer_complaint(
    complaint_id: str, reference: str, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Record the referral; `reference` is the ombudsman's own.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The final response is not given, and its deadline has not passed.
    """
    before = load_complaint(complaint_id, command, ports.complaints)
    complaint = before.record.referred(reference, command.now)
    return store_complaint(
        complaint, ComplaintEventType.REFERRED, before, command, ports.complaints
    )
