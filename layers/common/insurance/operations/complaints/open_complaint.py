"""Open a complaint about a quote, a policy or a claim."""

from insurance.domain.complaint import Complaint, ComplaintEventType
from insurance.domain.complaint.new_complaint import (
    ComplaintDetails,
    ComplaintTerms,
    new_complaint,
    subject_not_found,
)
from insurance.domain.core.errors import AlreadyErased
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import new_complaint_id
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.ports import ComplaintPorts


def open_complaint(
    details: ComplaintDetails, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Store the complaint and start its regulatory deadlines.

    Raises:
        NotFound: It is about a quote, a policy or a claim that does not exist or that the caller may
            not see: QuoteNotFound, PolicyNotFound or ClaimNotFound.
        AlreadyErased: The policyholder's personal data were erased.
    """
    context = ports.complaints.load_context(details.about, command)
    if context is None or not command.caller.sees(details.about, context.partner, context.party_id):
        raise subject_not_found(details.about)
    if context.key is None:
        raise AlreadyErased(details.about)
    product = ports.products.version(context.product)
    terms = ComplaintTerms(
        partner=context.partner,
        party_id=context.party_id,
        jurisdiction=context.territory or product.territories[0],
        currency=product.currency,
    )
    complaint_id = new_complaint_id(details.about, command.actor, command.idempotency.key)
    complaint = new_complaint(complaint_id, details, terms, caller=command.caller, now=command.now)
    event = Event.following(
        StreamPosition(),
        complaint,
        context.key,
        stream=complaint.id,
        type=ComplaintEventType.RECEIVED,
        actor=command.actor,
        now=command.now,
    )
    stored = Stored(complaint, event.head, context.key)
    ports.complaints.add(event, complaint, key=context.key, command=command.with_answer(stored))
    return stored
