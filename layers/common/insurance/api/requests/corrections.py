"""The request of a correction, as the input of its operation."""

from typing import Annotated

from pydantic import Field

from insurance.api.body import Request
from insurance.api.fields import Day, Language, Phone, Reason, Text
from insurance.api.payees import HeldAccountRequest
from insurance.domain.party.birth import BirthDate
from insurance.domain.party.correction import CorrectedDetails, Correction
from insurance.domain.party.party import Address, Email, EvidenceReference, Name
from insurance.domain.party.record import HISTORY_MAX


class OwnCorrectionRequest(Request):
    """What is right about the caller themselves. A birth date and what needs proof are corrected by us."""

    name: Name | None = None
    address: Address | None = None
    email: Email | None = None
    phone: Phone | None = None
    account: HeldAccountRequest | None = None
    language: Language | None = None
    effective_on: Day | None = None
    """The date from which it holds, not ahead; left out: now."""
    reason: Reason

    def details(self) -> CorrectedDetails:
        return CorrectedDetails(
            name=self.name,
            address=self.address,
            email=self.email,
            phone=self.phone,
            account=self.account.payee() if self.account else None,
            language=self.language,
        )

    def correction(self) -> Correction:
        return Correction(self.details(), self.reason, effective_on=self.effective_on)


class CorrectionRequest(OwnCorrectionRequest):
    """What is right about a customer, why, and from when. What is left out stays as it is."""

    date_of_birth: BirthDate | None = None
    """Of a person. It was told wrong: policies are priced on the right one from their beginning."""
    registration_number: Text | None = None
    """Of an organisation. It was told wrong, too."""
    evidence: EvidenceReference | None = None
    """The reference of the document that was seen, where the product of a policy asks for one."""
    request: Annotated[int, Field(ge=1, le=HISTORY_MAX)] | None = None
    """The number of the customer's request for a rectification, which this answers."""
    leave_ended_terms: bool = False
    """Leave the price of terms that have ended as it is, where the correction would change it."""

    def details(self) -> CorrectedDetails:
        return (
            super()
            .details()
            ._replace(
                date_of_birth=self.date_of_birth, registration_number=self.registration_number
            )
        )

    def correction(self) -> Correction:
        return (
            super()
            .correction()
            ._replace(
                evidence=self.evidence,
                request=self.request,
                leave_ended_terms=self.leave_ended_terms,
            )
        )
