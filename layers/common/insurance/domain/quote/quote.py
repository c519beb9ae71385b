"""Quotes: what a risk would cost and on what terms, until it is accepted and becomes a policy."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AwareDatetime

from insurance.domain.contract.premium import Premium
from insurance.domain.contract.terms import (
    CoverTerms,
    Finding,
    ImposedTerms,
    PastClaim,
    ProductRef,
)
from insurance.domain.core.classification import Classification, Record
from insurance.domain.core.errors import (
    AlreadyErased,
    QuoteAlreadyIssued,
    QuoteExpired,
    ReferralOpen,
    WrongState,
)
from insurance.domain.core.event import Event, Seal, StreamPosition
from insurance.domain.core.identity import PolicyId, QuoteId, policy_id_for
from insurance.domain.core.period import Period
from insurance.domain.core.value import Value
from insurance.domain.party.party import Policyholder
from insurance.domain.quote.event_types import QuoteEventType

UNDERWRITER = "underwriter"
"""Who decides a referral, where its rule names nobody else."""


class QuoteStatus(StrEnum):
    BINDABLE = "bindable"
    QUOTED = "quoted"
    """The price stands, but a referral must be decided before it can be accepted."""
    REFERRED = "referred"
    """A referral must be decided before there is an offer; a price is no more than an indication."""
    DECLINED = "declined"
    ACCEPTED = "accepted"
    BOUND = "bound"
    EXPIRED = "expired"


class Step(StrEnum):
    ACCEPT = "be accepted"
    TAKE_ON = "be taken on"
    DECLINE = "be declined"
    BIND = "be bound"
    EXPIRE = "expire"


NEXT = {
    (QuoteStatus.BINDABLE, Step.ACCEPT): QuoteStatus.ACCEPTED,
    (QuoteStatus.REFERRED, Step.TAKE_ON): QuoteStatus.BINDABLE,
    (QuoteStatus.QUOTED, Step.TAKE_ON): QuoteStatus.BINDABLE,
    (QuoteStatus.BINDABLE, Step.TAKE_ON): QuoteStatus.BINDABLE,
    (QuoteStatus.ACCEPTED, Step.TAKE_ON): QuoteStatus.ACCEPTED,
    (QuoteStatus.REFERRED, Step.DECLINE): QuoteStatus.DECLINED,
    (QuoteStatus.QUOTED, Step.DECLINE): QuoteStatus.DECLINED,
    (QuoteStatus.BINDABLE, Step.DECLINE): QuoteStatus.DECLINED,
    (QuoteStatus.ACCEPTED, Step.DECLINE): QuoteStatus.DECLINED,
    (QuoteStatus.ACCEPTED, Step.BIND): QuoteStatus.BOUND,
    (QuoteStatus.BINDABLE, Step.EXPIRE): QuoteStatus.EXPIRED,
    (QuoteStatus.QUOTED, Step.EXPIRE): QuoteStatus.EXPIRED,
    (QuoteStatus.REFERRED, Step.EXPIRE): QuoteStatus.EXPIRED,
    (QuoteStatus.ACCEPTED, Step.EXPIRE): QuoteStatus.EXPIRED,
}
"""A decision leads there where it answers the last referral (`Quote.referral_accepted`)."""

BLOCKED = {QuoteStatus.REFERRED: "quote", QuoteStatus.QUOTED: "bind"}
"""What a referral holds up while a quote stands so. Later, one may still hold up the issue."""

STATUS_OF_BLOCKED = {step: status for status, step in BLOCKED.items()}


def status_of(outcome: str, findings: tuple[Finding, ...]) -> QuoteStatus:
    """Where a quote stands by what underwriting found: at the first step that a referral blocks."""
    if outcome == "declined":
        return QuoteStatus.DECLINED
    open_at = {finding.blocks for finding in findings if finding.open}
    first = next((step for step in STATUS_OF_BLOCKED if step in open_at), "")
    return STATUS_OF_BLOCKED.get(first, QuoteStatus.BINDABLE)


class UnderwriterDecision(Record):
    """Who took a referred risk on or turned it down, and why."""

    underwriter: str
    reason: str
    decided_at: AwareDatetime
    supplied: tuple[str, ...] = ()
    """Look-ups that had not answered: the underwriter told their facts, and answers for them."""


class Held(Value):
    """Since when a policyholder has been insured: what was waited for once is not waited for again."""

    since: AwareDatetime
    """The first term's start."""
    covers: dict[str, AwareDatetime]
    """Since when each cover has been held without a gap."""


class Renewing(Value):
    """What a renewal stands on, beside the risk: the policy, its last price, its claims."""

    policy_id: PolicyId
    last: Premium
    claims: tuple[PastClaim, ...] = ()
    held: Held | None = None
    shares_with: PolicyId | None = None
    """The first term's policy, where limits or deductibles of the whole life are used."""


class Quote(Record):
    """One risk, priced on one product version. A referred one is bound only after an acceptance."""

    id: QuoteId
    partner: str
    producer: str | None = None
    """The producer of record, where it is not the partner itself."""
    carrier: str
    product: ProductRef
    period: Period
    territory: str = ""
    """Where the risk is; the product's first territory where none was said."""
    options: tuple[str, ...] = ()
    """Codes of the optional covers that were chosen."""
    policyholder: Annotated[Policyholder | None, Classification.PERSONAL] = None
    answers: Annotated[dict[str, Any] | None, Classification.SENSITIVE] = None
    """Answers to the product's questions, JSON; None once they were erased. All of them count as
    sensitive: what is asked is the product's affair, and a conviction may be among it."""
    looked_up: dict[str, Any]
    """What outside sources said, by source; null where one was unavailable. Held for the term."""
    status: QuoteStatus
    findings: Annotated[tuple[Finding, ...], Classification.SENSITIVE] = ()
    """Why it is referred or declined: as sensitive as the answers that it repeats."""
    covers: tuple[CoverTerms, ...] = ()
    premium: Premium | None = None
    imposed: ImposedTerms | None = None
    decision: Annotated[UnderwriterDecision | None, Classification.SENSITIVE] = None
    """With a reason in an underwriter's own words, which may be about anybody."""
    renewing: Annotated[Renewing | None, Classification.SENSITIVE] = None
    """Of a renewal, what it stands on, claims among it; None: new business."""
    created_at: AwareDatetime
    created_by: str
    valid_until: AwareDatetime

    def made(self, seal: Seal) -> Event:
        """The first event of the quote's stream; it can be made again from the quote as it was."""
        return Event.following(
            StreamPosition(),
            self,
            seal,
            stream=self.id,
            type=QuoteEventType.MADE,
            actor=self.created_by,
            now=self.created_at,
        )

    @property
    def referrals(self) -> tuple[Finding, ...]:
        """What the next decision is about: the open referrals that block the first step of all."""
        if self.status in BLOCKED:
            step = BLOCKED[self.status]
        elif self.status in {QuoteStatus.BINDABLE, QuoteStatus.ACCEPTED}:
            step = "issue"
        else:
            return ()
        return tuple(
            finding for finding in self.findings if finding.open and finding.blocks == step
        )

    @property
    def waits_for(self) -> str | None:
        """The role whose decision is awaited; None: nobody's."""
        if self.status not in BLOCKED and not self.referrals:
            return None
        return next(
            (finding.authority for finding in self.referrals if finding.authority), UNDERWRITER
        )

    def accepted(self, *, now: datetime) -> Self:
        """The customer says yes, while the offer stands and no referral keeps it from being bound."""
        self._check_standing(now)
        if self.status in BLOCKED:
            raise ReferralOpen(self.id, Step.ACCEPT, [finding.code for finding in self.referrals])
        return self._moved(Step.ACCEPT, now=now)

    def referral_accepted(
        self,
        *,
        decision: UnderwriterDecision,
        looked_up: dict[str, Any],
        imposed: ImposedTerms,
        covers: tuple[CoverTerms, ...],
        premium: Premium,
    ) -> Self:
        """An underwriter takes the referred risk, on these terms and at this price.

        What blocks a later step stays open. Terms other than those the customer has accepted are
        an offer anew.
        """
        moved = self._decided(Step.TAKE_ON, now=decision.decided_at)
        answered = self.referrals
        days = [finding.expires_days for finding in answered if finding.expires_days is not None]
        stands = [decision.decided_at + timedelta(days=each) for each in days]
        findings = tuple(
            finding.replace(answered=True) if finding in answered else finding
            for finding in self.findings
        )
        status = status_of("", findings)
        same = (covers, premium) == (self.covers, self.premium)
        if self.status is QuoteStatus.ACCEPTED and same:
            status = QuoteStatus.ACCEPTED
        return moved.replace(
            status=status,
            findings=findings,
            decision=decision,
            looked_up=looked_up,
            imposed=imposed,
            covers=covers,
            premium=premium,
            valid_until=min([self.valid_until, *stands]),
        )

    def referral_declined(self, *, decision: UnderwriterDecision) -> Self:
        return self._decided(Step.DECLINE, now=decision.decided_at).replace(
            decision=decision, premium=None
        )

    def bound(self, *, now: datetime) -> Self:
        """A quote is bound once: only its policy can come of it."""
        if self.status is QuoteStatus.BOUND:
            raise QuoteAlreadyIssued(self.id, policy_id_for(self.id))
        moved = self._moved(Step.BIND, now=now)
        if self.referrals:
            raise ReferralOpen(self.id, Step.BIND, [finding.code for finding in self.referrals])
        return moved

    def expired(self) -> Self:
        """Its time is over, and nothing came of it."""
        if self.answers is None:
            raise AlreadyErased(f"quote {self.id}")
        status = NEXT.get((self.status, Step.EXPIRE))
        if status is None:
            raise WrongState(f"Quote {self.id}", self.status, Step.EXPIRE)
        return self.replace(status=status)

    def _decided(self, step: Step, *, now: datetime) -> Self:
        """Only what a referral blocks, now or later, is for an underwriter to decide."""
        moved = self._moved(step, now=now)
        if self.waits_for is None:
            raise WrongState(f"Quote {self.id}", self.status, step)
        return moved

    def _moved(self, step: Step, *, now: datetime) -> Self:
        self._check_standing(now)
        status = NEXT.get((self.status, step))
        if status is None:
            raise WrongState(f"Quote {self.id}", self.status, step)
        return self.replace(status=status)

    def _check_standing(self, now: datetime) -> None:
        if self.answers is None:
            raise AlreadyErased(f"quote {self.id}")
        over = now >= self.valid_until and (self.status, Step.EXPIRE) in NEXT
        if over or self.status is QuoteStatus.EXPIRED:
            raise QuoteExpired(self.id, self.valid_until.isoformat())
