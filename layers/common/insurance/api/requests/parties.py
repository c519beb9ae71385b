"""What callers say of a customer: in a request, or in a row of a file that a batch brought."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic_core import to_json

from insurance.api.body import Request, read_request
from insurance.api.fields import Language, Phone, Text
from insurance.api.payees import HeldAccountRequest
from insurance.domain.party.birth import BirthDate
from insurance.domain.party.party import Address, Email, Name
from insurance.domain.party.record import ContactKind, PartyDetails, PartyKind


class PartyRequest(Request):
    """A customer."""

    kind: Literal["person", "organisation"] = "person"
    name: Name
    date_of_birth: BirthDate | None = None
    registration_number: Text | None = None
    """Of an organisation, in its public register."""
    email: Email | None = None
    phone: Phone | None = None
    address: Address | None = None
    account: HeldAccountRequest | None = None
    language: Language | None = None
    reference: Text | None = None
    """What the partner calls its customer: it names the party once and for all."""

    def details(self) -> PartyDetails:
        contacts = ((ContactKind.EMAIL, self.email), (ContactKind.PHONE, self.phone))
        return PartyDetails(
            kind=PartyKind(self.kind),
            name=self.name,
            date_of_birth=self.date_of_birth,
            registration_number=self.registration_number,
            contacts=[(kind, value) for kind, value in contacts if value is not None],
            address=self.address,
            account=self.account.payee() if self.account else None,
            language=self.language,
            reference=self.reference,
        )


def read_party_details(record: Mapping[str, Any], now: datetime) -> PartyDetails:
    """A row of a file as the details of a customer.

    Raises:
        InvalidFields: It does not fit; each fault with its pointer.
    """
    request, _sent = read_request(to_json(record).decode(), PartyRequest, now)
    return request.details()
