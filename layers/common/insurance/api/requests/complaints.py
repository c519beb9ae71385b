"""What complaints are asked with."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from insurance.api.body import Request
from insurance.api.fields import Narrative, PositiveMoney, Reason, ReferenceCode, Subject
from insurance.api.parameters import Parameters
from insurance.api.payees import PayeeRequest
from insurance.domain.claim.diary import ReportChannel
from insurance.domain.complaint import Category, Complainant, ComplaintOutcome, RootCause
from insurance.domain.complaint.complaint import FinalResponseInput
from insurance.domain.complaint.new_complaint import ComplaintDetails
from insurance.domain.complaint.redress import RedressOffer
from insurance.domain.core.identity import ClaimId, PolicyId, QuoteId
from insurance.domain.party.party import Name

Contact = Annotated[str, StringConstraints(min_length=1, max_length=254)]
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class ComplaintRequest(Request):
    """A complaint about a quote, a policy or a claim."""

    about: QuoteId | PolicyId | ClaimId
    category: Literal["delay", "decision", "service", "price", "sale", "privacy", "other"]
    complainant: Name
    contact: Contact | None = None
    complainant_is_policyholder: bool = False
    """An export of the policyholder's data shows them who complained only then."""
    text: Narrative
    channel: Literal["policyholder", "broker", "call_centre", "portal"] | None = None

    def details(self) -> ComplaintDetails:
        return ComplaintDetails(
            about=self.about,
            category=Category(self.category),
            complainant=Complainant(
                name=self.complainant,
                contact=self.contact,
                is_policyholder=self.complainant_is_policyholder,
            ),
            text=self.text,
            channel=ReportChannel(self.channel) if self.channel else None,
        )


class FinalResponseRequest(Request):
    """The final response, the outcome, and the cause that the investigation found."""

    text: Narrative
    outcome: Literal["upheld", "partly_upheld", "rejected"]
    root_cause: Literal[
        "process", "people", "system", "product", "supplier", "communication", "none_found"
    ]

    def response(self) -> FinalResponseInput:
        return FinalResponseInput(
            self.text, ComplaintOutcome(self.outcome), RootCause(self.root_cause)
        )


class OmbudsmanReferralRequest(Request):
    """The ombudsman's own reference."""

    reference: ReferenceCode


class ComplaintClosureRequest(Request):
    """How it ended: accepted, withdrawn, or decided by the ombudsman."""

    reason: Literal["accepted", "withdrawn", "ombudsman_decided"]


class ComplaintReopeningRequest(Request):
    """Why the complaint is reopened."""

    reason: Reason


class ComplaintAssignmentRequest(Request):
    """The handler from now on; without one, nobody is responsible for it."""

    handler: Subject | None = None


class ComplaintNoteRequest(Request):
    """A note for colleagues."""

    text: Reason


class RedressRequest(PayeeRequest):
    """The amount, the payee and the reason. A second person must approve it."""

    needs_account = True

    amount: PositiveMoney
    reason: Reason

    def offer(self) -> RedressOffer:
        return RedressOffer(self.amount, self.payee(), self.reason)


class RegisterParameters(Parameters):
    month: Month = Field(description="The month of receipt, such as 2027-01")
