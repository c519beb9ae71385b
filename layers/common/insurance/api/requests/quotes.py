"""What a caller wants a price for: in a request, or in a row of a file that a batch brought."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import to_json

from insurance.api.body import Request, read_request
from insurance.api.fields import Code, Day, ReferenceCode, Territory, Text
from insurance.api.requests.risks import Answers
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.identity import PartyId, UploadId
from insurance.domain.party.birth import BirthDate
from insurance.domain.party.party import Address, Email, Name, Policyholder
from insurance.domain.product.covers import COVERS_MAX
from insurance.operations.quoting.make_quote import RiskInput
from insurance.operations.quoting.quoted_party import PartyInput


class PolicyholderRequest(Request):
    """The person or organisation that takes out the policy."""

    name: Name | None = None
    """Required, unless the reference is known."""
    email: Email | None = None
    date_of_birth: BirthDate | None = None
    address: Address | None = None
    reference: Text | None = None
    """What the partner calls its customer. The first quote with it makes the party."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        stated = self.model_fields_set - {"reference"}
        if self.name is None and (stated or self.reference is None):
            raise ValueError("a name is expected")
        return self

    def stated(self) -> Policyholder | None:
        """The details, if any are stated."""
        if self.name is None:
            return None
        return Policyholder(
            name=self.name,
            email=self.email,
            date_of_birth=self.date_of_birth,
            address=self.address,
        )


class QuoteRequest(Request):
    """A risk to be priced."""

    product: Code
    start: Day
    """The first day of cover, where the risk is."""
    party_id: PartyId | None = None
    """A customer that exists: the policy is another one of theirs."""
    policyholder: Annotated[PolicyholderRequest | None, Field(validate_default=True)] = None
    """Who takes out the policy. What is stored of a named party may be left out."""
    upload_id: UploadId | None = None
    """Answers that were announced and uploaded: they take the place of `answers`."""
    answers: Annotated[dict[str, Any] | None, Field(validate_default=True)] = None
    """Answers to the product's questions, by code: `GET /v1/products/{product_code}/schema` is their JSON Schema."""
    covers: Annotated[list[Code], Field(max_length=COVERS_MAX)] = []
    """Optional covers that are wanted."""
    producer: ReferenceCode | None = None
    """The code of the producer of record, where it is not the partner itself."""
    territory: Territory | None = None
    """Where the risk is, of a product sold in several; its first one where none is said."""

    @field_validator("policyholder")
    @classmethod
    def _one_party(
        cls, policyholder: PolicyholderRequest | None, info: ValidationInfo
    ) -> PolicyholderRequest | None:
        by_id = info.data.get("party_id") is not None
        if policyholder is None and not by_id:
            raise ValueError("a policyholder is expected, or a party_id")
        if policyholder is not None and policyholder.reference is not None and by_id:
            raise ValueError("a party is named by its id or by a reference, not by both")
        return policyholder

    @field_validator("answers")
    @classmethod
    def _one_of_both(
        cls, answers: dict[str, Any] | None, info: ValidationInfo
    ) -> dict[str, Any] | None:
        if (answers is None) is (info.data.get("upload_id") is None):
            raise ValueError("either answers are expected, or an upload_id")
        return answers

    def risk(self, answers: Answers) -> RiskInput:
        """What is asked for, with its answers: of the request, or of the upload that it names."""
        return RiskInput(
            product=self.product,
            start=self.start,
            party=PartyInput(
                policyholder=self.policyholder.stated() if self.policyholder else None,
                party_id=self.party_id,
                reference=self.policyholder.reference if self.policyholder else None,
            ),
            answers=answers,
            options=tuple(self.covers),
            territory=self.territory or "",
            producer=self.producer,
        )


def read_risk(record: Mapping[str, Any], now: datetime) -> RiskInput:
    """A row of a file as a request for a quote.

    Raises:
        InvalidFields: It does not fit; each fault with its pointer.
    """
    request, _sent = read_request(to_json(record).decode(), QuoteRequest, now)
    if request.answers is None:
        raise InvalidFields([FieldFault("/upload_id", "unknown", "A row says its answers itself.")])
    return request.risk(request.answers)
