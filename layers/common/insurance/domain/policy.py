"""Policies: what was sold, to whom, for which term, and what is in force at a date."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AwareDatetime

from insurance.domain.classification import Classification, Record
from insurance.domain.identity import PartyId, PolicyId, QuoteId, party_id_for, policy_id_for
from insurance.domain.party import Policyholder
from insurance.domain.period import Period
from insurance.domain.premium import Premium
from insurance.domain.quote import Quote
from insurance.domain.terms import CoverTerms, ImposedTerms, ProductRef


class PolicyStatus(StrEnum):
    """Facts about a policy at an instant; several may hold at once."""

    PENDING = "pending"
    ON_RISK = "on_risk"
    EXPIRED = "expired"


class Policy(Record):
    """One contract: a full snapshot of risk, cover and premium for its term."""

    id: PolicyId
    quote_id: QuoteId
    party_id: PartyId
    partner: str
    producer: str | None = None
    carrier: str
    product: ProductRef
    period: Period
    options: tuple[str, ...] = ()
    policyholder: Annotated[Policyholder | None, Classification.PERSONAL] = None
    answers: Annotated[dict[str, Any] | None, Classification.SENSITIVE] = None
    looked_up: dict[str, Any]
    covers: tuple[CoverTerms, ...]
    premium: Premium
    imposed: ImposedTerms | None = None
    issued_at: AwareDatetime

    @classmethod
    def from_quote(cls, quote: Quote, *, now: datetime) -> Self:
        """The contract on exactly the terms and the price that were accepted."""
        if quote.premium is None:
            raise ValueError(f"quote {quote.id} has no price, and cannot have been accepted")
        return cls(
            id=policy_id_for(quote.id),
            quote_id=quote.id,
            party_id=party_id_for(quote.id),
            partner=quote.partner,
            producer=quote.producer,
            carrier=quote.carrier,
            product=quote.product,
            period=quote.period,
            options=quote.options,
            policyholder=quote.policyholder,
            answers=quote.answers,
            looked_up=quote.looked_up,
            covers=quote.covers,
            premium=quote.premium,
            imposed=quote.imposed,
            issued_at=now,
        )

    def status_at(self, now: datetime) -> tuple[PolicyStatus, ...]:
        """Computed from facts, never stored: it changes with time alone."""
        if now < self.period.start:
            return (PolicyStatus.PENDING,)
        return (PolicyStatus.ON_RISK if now in self.period else PolicyStatus.EXPIRED,)
