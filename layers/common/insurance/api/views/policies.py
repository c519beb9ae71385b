"""How policies and their events are shown."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from insurance.api.etag import etag
from insurance.api.paging import cursor
from insurance.api.views.terms import (
    CoverView,
    ImposedTermsView,
    MoneyView,
    PeriodView,
    PolicyholderView,
    PremiumView,
    ProductRefView,
    View,
)
from insurance.domain.core.event import Event
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy, Segment
from insurance.operations.policy.read_policy import EventPage


class SegmentView(BaseModel):
    """A stretch of the term on one set of terms, and the transaction it began with."""

    start: datetime
    end: datetime
    transaction: int

    @classmethod
    def of(cls, segment: Segment) -> Self:
        return cls(start=segment.period.start, end=segment.period.end, transaction=segment.number)


class PolicyView(View):
    """A policy as it stands at an instant: the terms in force then, or last before."""

    id: str
    quote_id: str
    party_id: str
    status: list[str]
    revision: int
    product: ProductRefView
    period: PeriodView
    territory: str | None
    premium: PremiumView
    covers: list[CoverView]
    imposed: ImposedTermsView | None
    policyholder: PolicyholderView | None
    producer: str | None
    carrier: str
    issued_at: datetime
    renews: str | None
    """The policy of the term before."""
    renewal_quote_id: str | None
    """The offer of the next term, once the policyholder was invited to it."""
    as_at: datetime
    """The instant that terms and status are of."""
    segments: list[SegmentView]
    charged: MoneyView
    """What the customer owes for the term, all transactions together."""

    @classmethod
    def at(cls, now: datetime, kept: Stored[Policy]) -> Self:
        whole = kept.record
        policy = whole.at(now)
        return cls(
            etag=etag(kept.head.sequence, "policy"),
            id=policy.id,
            quote_id=policy.quote_id,
            party_id=policy.party_id,
            status=[str(status) for status in whole.status_at(now)],
            revision=kept.head.sequence,
            product=ProductRefView.of(policy.product),
            period=PeriodView.of(policy.period),
            territory=policy.territory or None,
            premium=PremiumView.of(policy.premium),
            covers=[CoverView.of(cover) for cover in policy.covers],
            imposed=ImposedTermsView.of(policy.imposed) if policy.imposed else None,
            policyholder=PolicyholderView.of(policy.policyholder) if policy.policyholder else None,
            producer=policy.producer,
            carrier=policy.carrier,
            issued_at=policy.issued_at,
            renews=policy.renews,
            renewal_quote_id=whole.invitation.quote_id if whole.invitation else None,
            as_at=now,
            segments=[SegmentView.of(segment) for segment in whole.segments()],
            charged=MoneyView.of(whole.charged),
        )


class PostingView(BaseModel):
    debit: str
    credit: str
    amount: MoneyView


class EventView(BaseModel):
    """One event: what happened, what it left, what money moved; personal facts stay sealed."""

    sequence: int
    type: str
    actor: str
    mode: str
    effective_at: datetime
    processed_at: datetime
    facts: dict[str, Any]
    postings: list[PostingView]
    previous_hash: str
    hash: str

    @classmethod
    def of(cls, event: Event) -> Self:
        return cls(
            sequence=event.sequence,
            type=event.type,
            actor=event.actor,
            mode=event.mode,
            effective_at=event.effective_at,
            processed_at=event.processed_at,
            facts=event.facts,
            postings=[
                PostingView(
                    debit=posting.debit, credit=posting.credit, amount=MoneyView.of(posting.amount)
                )
                for posting in event.postings
            ],
            previous_hash=event.previous_hash.hex(),
            hash=event.hash.hex(),
        )


class EventsView(View):
    """A page of a stream, and whether its chain of hashes holds."""

    items: list[EventView]
    verified: bool
    next: str | None

    @classmethod
    def of(cls, policy_id: str, page: EventPage) -> Self:
        return cls(
            items=[EventView.of(event) for event in page.events],
            verified=page.verified,
            next=cursor(policy_id, page.last) if page.last else None,
        )
