"""Add a note to a complaint."""

from insurance.domain.claim.diary import Note
from insurance.domain.complaint import Complaint, ComplaintEventType
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import ComplaintPorts


def add_complaint_note(
    complaint_id: str, text: str, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Add a note for colleagues.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        ComplaintFull: It has as many notes as it can hold.
        AlreadyErased: The complainant's personal data were erased.
    """
    before = load_complaint(complaint_id, command, ports.complaints)
    note = Note(text=text, by=command.actor, at=command.now)
    complaint = before.record.noted(note)
    return store_complaint(complaint, ComplaintEventType.NOTED, before, command, ports.complaints)
