"""How policies and their events are shown."""

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from insurance.api.etag import etag
from insurance.api.paging import Page
from insurance.api.parameters import OptionalInstant, Parameters
from insurance.api.views.terms import (
    AddressView,
    CoverView,
    ImposedTermsView,
    MoneyView,
    PeriodView,
    PolicyholderView,
    PremiumView,
    ProductRefView,
    Shown,
    View,
)
from insurance.domain.contract.interested_party import Interest, InterestedParty
from insurance.domain.contract.migration import Migration, SourceNumber
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.classification import Personal
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.posting import Account
from insurance.domain.core.stored import Stored
from insurance.domain.core.versions import without_version
from insurance.domain.policy import Policy, Segment
from insurance.domain.policy.holders import Holding
from insurance.domain.policy.status import PolicyFlag, PolicyStatus
from insurance.operations.policy.read_policy import EventPage


class VersionParameters(Parameters):
    """Which version of a policy is shown."""

    as_at: OptionalInstant = Field(
        None, description="The instant whose terms are shown; the default is now."
    )
    known_at: OptionalInstant = Field(
        None, description="The policy as it was known at this instant; the default is now."
    )


class SegmentView(BaseModel):
    """A stretch of the term on one set of terms, and the transaction it began with."""

    start: datetime
    end: datetime
    transaction: int

    @classmethod
    def of(cls, segment: Segment) -> Self:
        return cls(start=segment.period.start, end=segment.period.end, transaction=segment.number)


class JointHolderView(Shown):
    """Who holds the policy together with the policyholder."""

    name: str | None
    """Null: the customer that they are was erased."""
    email: str | None
    date_of_birth: date | None
    address: AddressView | None
    party_id: str | None
    """The customer that they are; null: nobody said so."""

    def name_alone(self) -> Self:
        """For somebody whose affair the rest is not."""
        return self.model_copy(update={"email": None, "date_of_birth": None, "address": None})


class InterestedPartyView(Shown):
    """Somebody with a role on the policy who does not hold it."""

    interest: Interest
    name: str | None
    """Null: the customer that they are was erased."""
    email: str | None
    phone: str | None
    address: AddressView | None
    reference: str | None
    """Their own, such as the number of a loan."""
    share: str | None
    """Of a beneficiary: a part of 1."""
    irrevocable: bool
    party_id: str | None
    """The customer that they are; null: nobody said so."""

    @classmethod
    def of(cls, value: InterestedParty) -> Self:
        share = None if value.share is None else format(value.share, "f")
        return cls.model_validate(dict(value) | {"share": share})


class FormerPartnerView(Shown):
    """A partner whose business the policy was before, and until when."""

    partner: str
    until: datetime


class FormerHolderView(BaseModel):
    """A party that held the policy before, and until when."""

    party_id: str
    until: datetime


class MigrationView(Shown):
    """What a policy brought along from another system."""

    former_number: SourceNumber
    """What it was called by there."""
    cut_over_at: datetime
    """From when our books have it."""

    @classmethod
    def of(cls, migration: Migration) -> Self:
        return cls(former_number=migration.number, cut_over_at=migration.cut_over_at)


class PolicyView(View):
    """A policy as it stands at an instant: the terms in force then, or last before."""

    id: str
    number: str | None
    """What people call the policy by; null: it was issued before policies had numbers."""
    quote_id: str
    party_id: str
    status: PolicyStatus
    flags: list[PolicyFlag]
    revision: int
    product: ProductRefView
    period: PeriodView
    territory: str | None
    premium: PremiumView
    covers: list[CoverView]
    imposed: ImposedTermsView | None
    policyholder: Personal[PolicyholderView | None]
    holding: Holding
    """`holder`, or `estate` after the holder's death."""
    joint_holders: Personal[list[JointHolderView]]
    interested_parties: Personal[list[InterestedPartyView]]
    former_holders: list[FormerHolderView]
    partner: str
    """Whose business it is."""
    former_partners: list[FormerPartnerView]
    """Whose it was before, in order of time."""
    producer: str | None
    carrier: str
    issued_at: datetime
    cover_begins_at: datetime
    """When the risk is insured from: with the first day, but not before the policy was issued,
    unless the product says otherwise and the policyholder declared that they know of no loss."""
    no_known_loss: bool
    migration: MigrationView | None
    """Null: it was issued here."""
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
    def of(cls, stored: Stored[Policy], *, now: datetime) -> Self:
        """The policy as it stands now."""
        return cls._at(now, stored)

    @classmethod
    def of_version(
        cls,
        stored: Stored[Policy],
        *,
        parameters: VersionParameters,
        caller: Caller,
        now: datetime,
    ) -> Self:
        """The policy at the requested instant. A joint holder sees of the other holders their names alone."""
        view = cls._at(parameters.as_at or now, stored)
        if caller.kind is CallerKind.POLICYHOLDER and stored.record.party not in caller.parties:
            view.policyholder = view.policyholder and view.policyholder.name_alone()
            view.joint_holders = [
                joint if joint.party_id in caller.parties else joint.name_alone()
                for joint in view.joint_holders
            ]
            view.interested_parties = []
            view.etag = etag(stored.head.sequence, "policy-joint")
        return view

    @classmethod
    def _at(cls, instant: datetime, stored: Stored[Policy]) -> Self:
        whole = stored.record
        policy, state = whole.at(instant), whole.state_at(instant)
        return cls(
            etag=etag(stored.head.sequence, "policy"),
            id=policy.id,
            number=policy.number.text if policy.number else None,
            quote_id=policy.quote_id,
            party_id=policy.party_id,
            status=state.status,
            flags=list(state.flags),
            revision=stored.head.sequence,
            product=ProductRefView.of(policy.product),
            period=PeriodView.of(policy.period),
            territory=policy.territory or None,
            premium=PremiumView.of(policy.premium),
            covers=[CoverView.of(cover) for cover in policy.covers],
            imposed=ImposedTermsView.of(policy.imposed) if policy.imposed else None,
            policyholder=PolicyholderView.of(policy.policyholder) if policy.policyholder else None,
            holding=policy.holding,
            joint_holders=[JointHolderView.of(joint) for joint in policy.joint_holders],
            interested_parties=[
                InterestedPartyView.of(each)
                for each in (policy.interests.parties if policy.interests else ())
            ],
            former_holders=[
                FormerHolderView(party_id=former.party_id, until=former.until)
                for former in policy.former_holders
            ],
            partner=policy.partner,
            former_partners=[FormerPartnerView.of(each) for each in policy.former_partners],
            producer=policy.producer,
            carrier=policy.carrier,
            issued_at=policy.issued_at,
            migration=MigrationView.of(policy.migration) if policy.migration else None,
            cover_begins_at=policy.cover_begins,
            no_known_loss=policy.no_known_loss,
            renews=policy.renews,
            renewal_quote_id=whole.invitation.quote_id if whole.invitation else None,
            as_at=instant,
            segments=[SegmentView.of(segment) for segment in whole.segments()],
            charged=MoneyView.of(whole.charged),
        )


class PostingView(BaseModel):
    """One posting: the same sum in two accounts."""

    debit: Account
    credit: Account
    amount: MoneyView
    partner: str | None
    """Whose business it is, where that is not the partner of the policy."""


class EventView(BaseModel):
    """One event: what happened, what it left, what money moved; personal facts stay sealed."""

    sequence: int
    type: str
    actor: str
    mode: Mode
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
            facts=without_version(event.facts),
            postings=[
                PostingView(
                    debit=posting.debit,
                    credit=posting.credit,
                    amount=MoneyView.of(posting.amount),
                    partner=posting.partner,
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
    def of(cls, result: EventPage, *, page: Page) -> Self:
        return cls(
            items=[EventView.of(event) for event in result.events],
            verified=result.verified,
            next=page.next(result.last) if result.last else None,
        )
