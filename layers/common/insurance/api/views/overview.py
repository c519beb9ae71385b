"""How one customer is shown over all their records, each thing with the record that it comes from."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from insurance.api.views.intake_quality import RowNumber
from insurance.api.views.search import ClaimRowView, PolicyRowView, QuoteRowView
from insurance.api.views.terms import Shown, View
from insurance.domain.core.classification import Personal
from insurance.domain.core.identity import BatchId, PartyId
from insurance.domain.core.review import VERSIONS_MAX, ReviewedCode
from insurance.domain.party.origin import PartyOrigin
from insurance.domain.party.record import HISTORY_MAX, MEMBERS_MAX
from insurance.domain.party.survivorship import (
    FIELDS_MAX,
    Channel,
    SurvivingDetail,
    SurvivorRule,
)
from insurance.operations.parties.read_overview import SHOWN_MAX, Overview, ToldConsent


class PartyOriginView(Shown):
    """The row of a file that a record came by."""

    source: ReviewedCode
    version: Annotated[int, Field(ge=1, le=VERSIONS_MAX)]
    batch_id: BatchId
    row: RowNumber

    @classmethod
    def of_origin(cls, origin: PartyOrigin | None) -> Self | None:
        return cls.of(origin) if origin else None


class OverviewDetailView(Shown):
    """A detail, whose word counts for it, and where it came from."""

    detail: Literal[
        "name",
        "date_of_birth",
        "registration_number",
        "email",
        "phone",
        "address",
        "language",
    ]
    value: Personal[str]
    party_id: PartyId
    since: datetime
    channel: Channel
    origin: PartyOriginView | None
    rule: SurvivorRule
    others: Annotated[int, Field(ge=0, le=MEMBERS_MAX)]

    @classmethod
    def of_surviving(cls, each: SurvivingDetail) -> Self:
        detail = each.detail
        return cls(
            detail=each.field,
            value=detail.value,
            party_id=detail.party_id,
            since=detail.since,
            channel=detail.channel,
            origin=PartyOriginView.of_origin(detail.origin),
            rule=each.rule,
            others=each.others,
        )


class OverviewConsentView(Shown):
    """The last word about a purpose."""

    party_id: PartyId
    purpose: str
    given: bool
    at: datetime
    recorded_by: str

    @classmethod
    def of_told(cls, told: ToldConsent) -> Self:
        return cls(party_id=told.party_id, **told.consent.model_dump())


class OverviewView(View):
    """One customer over all their records."""

    id: PartyId
    members: Annotated[list[PartyId], Field(max_length=MEMBERS_MAX)]
    details: Annotated[list[OverviewDetailView], Field(max_length=FIELDS_MAX)]
    consents: Personal[Annotated[list[OverviewConsentView], Field(max_length=HISTORY_MAX)]]
    policies: Annotated[list[PolicyRowView], Field(max_length=SHOWN_MAX)] | None
    quotes: Annotated[list[QuoteRowView], Field(max_length=SHOWN_MAX)] | None
    claims: Annotated[list[ClaimRowView], Field(max_length=SHOWN_MAX)] | None
    complete: bool

    @classmethod
    def of(cls, overview: Overview, *, now: datetime) -> Self:
        policies, quotes, claims = overview.policies, overview.quotes, overview.claims
        return cls(
            id=overview.party.id,
            members=list(overview.party.members),
            details=[OverviewDetailView.of_surviving(each) for each in overview.details],
            consents=[OverviewConsentView.of_told(each) for each in overview.consents],
            policies=policies and [PolicyRowView.of(each, now) for each in policies.items],
            quotes=quotes and [QuoteRowView.of(each) for each in quotes.items],
            claims=claims and [ClaimRowView.of(each) for each in claims.items],
            complete=all(page and page.next is None for page in (policies, quotes, claims)),
        )
