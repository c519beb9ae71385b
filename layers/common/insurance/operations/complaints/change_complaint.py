"""What every change of a complaint has in common: how it is loaded, and how it is stored."""

from collections.abc import Sequence

from insurance.domain.complaint import Complaint, ComplaintEventType
from insurance.domain.core.errors import ComplaintNotFound
from insurance.domain.core.event import DestroyedKey, Event
from insurance.domain.core.running_totals import LimitMovement
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.ports import Complaints


def load_complaint(
    complaint_id: str, command: Command, complaints: Complaints
) -> Stored[Complaint]:
    """The complaint as it stands, if this caller may see it and it is at the revision they read.

    Raises:
        ComplaintNotFound: The complaint does not exist, or belongs to another partner or mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        AlreadyAnswered: This call was answered before.
        KeyReused: The caller's key was used for another request.
    """
    before = complaints.load(complaint_id, command)
    if not command.caller.sees(complaint_id, before.record.partner, before.record.party):
        raise ComplaintNotFound(complaint_id)
    command.check_revision(before, complaint_id)
    return before


def store_complaint(
    complaint: Complaint,
    type: ComplaintEventType,
    before: Stored[Complaint],
    command: Command,
    complaints: Complaints,
    *,
    totals: Sequence[LimitMovement] = (),
) -> Stored[Complaint]:
    """Store the changed complaint with an event of this type, its postings and the command's answer.

    The complaint of an erased party still changes in everything that is not personal, so that the
    bank's report on a redress is posted. Free texts of such a change are not stored.

    Raises:
        AlreadyErased: The change has personal data, and the party was erased.
        StaleRevision: Somebody else has changed the complaint since it was loaded.
        LimitMoved: Others have left too little room in a running total to which the change counts.
    """
    if before.key is None:
        complaint = complaint.without_texts()
    event = Event.following(
        before.head,
        complaint,
        before.key or DestroyedKey(),
        stream=complaint.id,
        type=type,
        actor=command.actor,
        now=command.now,
        postings=complaint.postings_since(before.record),
    )
    stored = Stored(complaint, event.head, before.key)
    complaints.change(
        event, complaint, before=before, command=command.with_answer(stored), totals=totals
    )
    return stored
