"""Read a complaint, and the register of complaints."""

from insurance.domain.complaint import Complaint
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import ComplaintNotFound
from insurance.domain.core.stored import Stored
from insurance.operations.command import Query
from insurance.operations.complaints.ports import ComplaintPorts
from insurance.operations.listing import ListPage, ListRange, page_of


def read_complaint(complaint_id: str, query: Query, ports: ComplaintPorts) -> Stored[Complaint]:
    """The complaint as it stands.

    A policyholder reads the complaints that they opened, and not those of others about their policy.

    Raises:
        ComplaintNotFound: The complaint does not exist, or the caller may not see it.
    """
    stored = ports.complaints.get(complaint_id)
    caller, complaint = query.caller, stored.record
    is_theirs = complaint.opened_by == caller.principal
    if caller.kind is CallerKind.POLICYHOLDER and not is_theirs:
        raise ComplaintNotFound(complaint_id)
    if not caller.sees(complaint_id, complaint.partner, complaint.party):
        raise ComplaintNotFound(complaint_id)
    return stored


def read_register(
    month: str, part: ListRange, query: Query, ports: ComplaintPorts
) -> ListPage[Complaint]:
    """Complaints received in a month ("2027-01"), in order of receipt, without personal data."""
    entries = ports.register.complaints_received(query.caller.mode, month, part)
    return page_of(entries, part.limit, lambda complaint: complaint)
