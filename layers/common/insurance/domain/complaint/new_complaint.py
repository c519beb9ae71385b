"""A new complaint, as it is received."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.claim.diary import OF_CALLERS, ReportChannel
from insurance.domain.complaint.categories import Category
from insurance.domain.complaint.complaint import Complainant, Complaint
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import ClaimNotFound, NotFound, PolicyNotFound, QuoteNotFound
from insurance.domain.core.identity import ComplaintId, PartyId, named_party
from insurance.domain.core.money import Currency

SUBJECTS: dict[str, type[NotFound]] = {
    "quo": QuoteNotFound,
    "pol": PolicyNotFound,
    "clm": ClaimNotFound,
}
"""What a complaint may be about, by the prefix of its id, and the refusal if there is none."""


@dataclass(frozen=True, slots=True)
class ComplaintDetails:
    """What the complainant says."""

    about: str
    """The id of the quote, policy or claim."""
    category: Category
    complainant: Complainant
    text: str
    channel: ReportChannel | None
    """How it reached the insurer; None: as the caller's kind usually does."""


@dataclass(frozen=True, slots=True)
class ComplaintTerms:
    """What follows from the quote, policy or claim that the complaint is about."""

    partner: str
    party_id: PartyId
    """The party that holds the contract."""
    jurisdiction: str
    currency: Currency


def subject_not_found(about: str) -> NotFound:
    """The refusal of a complaint about something that does not exist, or that the caller cannot see."""
    return SUBJECTS[about.split("_", 1)[0]](about)


def new_complaint(
    complaint_id: ComplaintId,
    details: ComplaintDetails,
    terms: ComplaintTerms,
    *,
    caller: Caller,
    now: datetime,
) -> Complaint:
    """The complaint as it is received, with its regulatory deadlines started."""
    return Complaint(
        id=complaint_id,
        party_id=named_party(terms.party_id, complaint_id),
        about=details.about,
        partner=terms.partner,
        opened_by=caller.principal,
        channel=details.channel or OF_CALLERS[caller.kind],
        category=details.category,
        received_at=now,
        complainant=details.complainant,
        text=details.text,
        jurisdiction=terms.jurisdiction,
        currency=terms.currency,
        since=now,
    ).with_deadlines(now)
