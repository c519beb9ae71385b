"""Offer redress for a complaint."""

from insurance.domain.complaint import Complaint, ComplaintEventType
from insurance.domain.complaint.redress import RedressOffer
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import ComplaintPorts


def offer_redress(
    complaint_id: str, offer: RedressOffer, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Offer redress. A second person must approve any amount.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: Redress cannot be offered in the complaint's status.
        ComplaintFull: It has as many offers as it can hold.
        CurrencyMismatch: The amount is not in the product's currency.
        AlreadyErased: The complainant's personal data were erased.
    """
    before = load_complaint(complaint_id, command, ports.complaints)
    complaint = before.record.with_redress_offer(offer, by=command.actor, at=command.now)
    return store_complaint(
        complaint, ComplaintEventType.REDRESS_REQUESTED, before, command, ports.complaints
    )
