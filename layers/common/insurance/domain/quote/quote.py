"""Quotes: what a risk would cost and on what terms, until it is accepted and becomes a policy."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AwareDatetime

from insurance.domain.contract.migration import Migration
from insurance.domain.contract.number import ReferenceNumber
from insurance.domain.contract.premium import Premium
from insurance.domain.contract.terms import (
    CoverTerms,
    Finding,
    ImposedTerms,
    PastClaim,
    ProductRef,
)
from insurance.domain.core.classification import Classification, Internal
from insurance.domain.core.errors import (
    AlreadyErased,
    QuoteAlreadyIssued,
    QuoteExpired,
    ReferralOpen,
    WrongState,
)
from insurance.domain.core.event import Event, Seal, StreamPosition
from insurance.domain.core.identity import PolicyId, QuoteId, policy_id_for
from insurance.domain.core.party_record import PartyRecord
from insurance.domain.core.period import Period
from insurance.domain.core.value import Value
from insurance.domain.party.party import Policyholder
from insurance.domain.quote.event_types import QuoteEventType

UNDERWRITER = "underwriter"
"""Decides a referral whose rule names no other role."""


class QuoteStatus(StrEnum):
    BINDABLE = "bindable"
    """It can be accepted."""
    QUOTED = "quoted"
    """The price stands, but a referral must be decided before it can be accepted."""
    REFERRED = "referred"
    """A referral must be decided before there is an offer; a price is no more than an indication."""
    DECLINED = "declined"
    """There is no cover for this risk."""
    ACCEPTED = "accepted"
    """The customer agreed; a policy can be issued."""
    BOUND = "bound"
    """A policy was issued from it."""
    EXPIRED = "expired"
    """It was not accepted and issued in time."""
    MIGRATING = "migrating"
    """A policy of another system, until its batch is cut over: nothing else becomes of it."""
    REVERSED = "reversed"
    """It was taken back before the cut-over."""


class QuoteStep(StrEnum):
    ACCEPT = "accept"
    ACCEPT_REFERRAL = "accept_referral"
    DECLINE_REFERRAL = "decline_referral"
    BIND = "bind"
    EXPIRE = "expire"
    CUT_OVER = "cut_over"
    REVERSE = "reverse"


CANNOT = {
    QuoteStep.ACCEPT: "be accepted",
    QuoteStep.ACCEPT_REFERRAL: "be taken on",
    QuoteStep.DECLINE_REFERRAL: "be declined",
    QuoteStep.BIND: "be bound",
    QuoteStep.EXPIRE: "expire",
    QuoteStep.CUT_OVER: "be cut over",
    QuoteStep.REVERSE: "be reversed",
}
"""What a refusal says that the quote cannot do."""

NEXT = {
    (QuoteStatus.BINDABLE, QuoteStep.ACCEPT): QuoteStatus.ACCEPTED,
    (QuoteStatus.REFERRED, QuoteStep.ACCEPT_REFERRAL): QuoteStatus.BINDABLE,
    (QuoteStatus.QUOTED, QuoteStep.ACCEPT_REFERRAL): QuoteStatus.BINDABLE,
    (QuoteStatus.BINDABLE, QuoteStep.ACCEPT_REFERRAL): QuoteStatus.BINDABLE,
    (QuoteStatus.ACCEPTED, QuoteStep.ACCEPT_REFERRAL): QuoteStatus.ACCEPTED,
    (QuoteStatus.REFERRED, QuoteStep.DECLINE_REFERRAL): QuoteStatus.DECLINED,
    (QuoteStatus.QUOTED, QuoteStep.DECLINE_REFERRAL): QuoteStatus.DECLINED,
    (QuoteStatus.BINDABLE, QuoteStep.DECLINE_REFERRAL): QuoteStatus.DECLINED,
    (QuoteStatus.ACCEPTED, QuoteStep.DECLINE_REFERRAL): QuoteStatus.DECLINED,
    (QuoteStatus.ACCEPTED, QuoteStep.BIND): QuoteStatus.BOUND,
    (QuoteStatus.BINDABLE, QuoteStep.EXPIRE): QuoteStatus.EXPIRED,
    (QuoteStatus.QUOTED, QuoteStep.EXPIRE): QuoteStatus.EXPIRED,
    (QuoteStatus.REFERRED, QuoteStep.EXPIRE): QuoteStatus.EXPIRED,
    (QuoteStatus.ACCEPTED, QuoteStep.EXPIRE): QuoteStatus.EXPIRED,
    (QuoteStatus.MIGRATING, QuoteStep.CUT_OVER): QuoteStatus.BOUND,
    (QuoteStatus.MIGRATING, QuoteStep.REVERSE): QuoteStatus.REVERSED,
}
"""A decision leads there where it answers the last referral (`Quote.referral_accepted`)."""

BLOCKED = {QuoteStatus.REFERRED: "quote", QuoteStatus.QUOTED: "bind"}
"""The step that a referral blocks in each status. Later, one may still block the issue."""

STATUS_OF_BLOCKED = {step: status for status, step in BLOCKED.items()}


def status_of(outcome: str, findings: tuple[Finding, ...]) -> QuoteStatus:
    """The status of a quote by its findings: at the first step that a referral blocks."""
    if outcome == "declined":
        return QuoteStatus.DECLINED
    open_at = {finding.blocks for finding in findings if finding.open}
    first = next((step for step in STATUS_OF_BLOCKED if step in open_at), "")
    return STATUS_OF_BLOCKED.get(first, QuoteStatus.BINDABLE)


class UnderwriterDecision(Value):
    """The decision on a referred risk, and its reason."""

    underwriter: str
    reason: str
    decided_at: AwareDatetime
    supplied: tuple[str, ...] = ()
    """Look-ups that had not answered: the underwriter told their facts, and answers for them."""


class CoverHistory(Value):
    """How long a policyholder has been insured: waiting periods run once."""

    since: AwareDatetime
    """The first term's start."""
    covers: dict[str, AwareDatetime]
    """Since when each cover has been in force without a gap."""


class RenewalBasis(Value):
    """What a renewal is priced on beside the risk: the policy, its last premium and its claims."""

    policy_id: PolicyId
    number: ReferenceNumber | None = None
    last: Premium
    claims: tuple[PastClaim, ...] = ()
    cover_history: CoverHistory | None = None
    shares_with: PolicyId | None = None
    """The first term's policy, where limits or deductibles of the whole life are used."""
    changes: int | None = None
    """How often the terms of the policy that ends had been changed by then. None: an offer of a release that did
    not count them."""


class Quote(PartyRecord):
    """One risk, priced on one product version. A referred one is bound only after an acceptance."""

    FOLLOWS_POLICY = False

    id: Internal[QuoteId]
    partner: Internal[str]
    producer: Internal[str | None] = None
    """The producer of record, where it is not the partner itself."""
    carrier: Internal[str]
    product: Internal[ProductRef]
    period: Internal[Period]
    territory: Internal[str] = ""
    """Where the risk is; the product's first territory where none was said."""
    options: Internal[tuple[str, ...]] = ()
    """Codes of the optional covers that were chosen."""
    policyholder: Annotated[Policyholder | None, Classification.PERSONAL] = None
    answers: Annotated[dict[str, Any] | None, Classification.SENSITIVE] = None
    """Answers to the product's questions, JSON; None once they were erased. All of them count as
    sensitive: what is asked is the product's affair, and a conviction may be among it."""
    looked_up: Internal[dict[str, Any]]
    """What outside sources said, by source; null where one was unavailable. CoverHistory for the term."""
    status: Internal[QuoteStatus]
    findings: Annotated[tuple[Finding, ...], Classification.SENSITIVE] = ()
    """Why it is referred or declined: as sensitive as the answers that it repeats."""
    covers: Internal[tuple[CoverTerms, ...]] = ()
    premium: Internal[Premium | None] = None
    imposed: Internal[ImposedTerms | None] = None
    decision: Annotated[UnderwriterDecision | None, Classification.SENSITIVE] = None
    """With a reason in an underwriter's own words, which may be about anybody."""
    renewing: Annotated[RenewalBasis | None, Classification.SENSITIVE] = None
    """Of a renewal, what it stands on, claims among it; None: new business."""
    migration: Internal[Migration | None] = None
    """Of a policy that comes from another system; None: of all others."""
    migrated_answers: Annotated[dict[str, dict[str, Any]] | None, Classification.SENSITIVE] = None
    """Of that: the answers that its endorsements changed, by their number."""
    created_at: Internal[AwareDatetime]
    created_by: Internal[str]
    valid_until: Internal[AwareDatetime]

    def made(self, seal: Seal) -> Event:
        """The first event of the quote's stream; it can be made again from the quote as it was."""
        return Event.following(
            StreamPosition(),
            self,
            seal,
            stream=self.id,
            type=QuoteEventType.MIGRATED if self.migration else QuoteEventType.MADE,
            actor=self.created_by,
            now=self.created_at,
        )

    @property
    def referrals(self) -> tuple[Finding, ...]:
        """The open referrals that the next decision is about: those that block the first step."""
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
        """The role that must decide; None: no decision is awaited."""
        if self.status not in BLOCKED and not self.referrals:
            return None
        return next(
            (finding.authority for finding in self.referrals if finding.authority), UNDERWRITER
        )

    def accepted(self, *, now: datetime) -> Self:
        """The customer accepts the offer.

        Raises:
            ReferralOpen: A referral must be decided first.
            QuoteExpired: The offer's last day has passed.
            AlreadyErased: The quote's personal data were erased.
            WrongState: The quote is not open for acceptance.
        """
        self._check_standing(now)
        if self.status in BLOCKED:
            raise ReferralOpen(
                self.id, CANNOT[QuoteStep.ACCEPT], [finding.code for finding in self.referrals]
            )
        return self._moved(QuoteStep.ACCEPT, now=now)

    def referral_accepted(
        self,
        *,
        decision: UnderwriterDecision,
        looked_up: dict[str, Any],
        imposed: ImposedTerms,
        covers: tuple[CoverTerms, ...],
        premium: Premium,
    ) -> Self:
        """An underwriter accepts the referred risk, on these terms and at this price.

        Referrals that block a later step stay open. Other terms than the customer has accepted are
        a new offer.

        Raises:
            QuoteExpired: The offer's last day has passed.
            AlreadyErased: The quote's personal data were erased.
            WrongState: The quote waits for no decision.
        """
        moved = self._decided(QuoteStep.ACCEPT_REFERRAL, now=decision.decided_at)
        answered = self.referrals
        days = [finding.expires_days for finding in answered if finding.expires_days is not None]
        stands = [decision.decided_at + timedelta(days=count) for count in days]
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
        """An underwriter declines the referred risk.

        Raises:
            QuoteExpired: The offer's last day has passed.
            AlreadyErased: The quote's personal data were erased.
            WrongState: The quote waits for no decision.
        """
        return self._decided(QuoteStep.DECLINE_REFERRAL, now=decision.decided_at).replace(
            decision=decision, premium=None
        )

    def bound(self, *, now: datetime) -> Self:
        """Bind the quote to its policy, once.

        Raises:
            QuoteAlreadyIssued: The quote has a policy.
            ReferralOpen: A referral must be decided first.
            QuoteExpired: The offer's last day has passed.
            AlreadyErased: The quote's personal data were erased.
            WrongState: The quote was not accepted.
        """
        if self.status is QuoteStatus.BOUND:
            raise QuoteAlreadyIssued(self.id, policy_id_for(self.id))
        moved = self._moved(QuoteStep.BIND, now=now)
        if self.referrals:
            raise ReferralOpen(
                self.id, CANNOT[QuoteStep.BIND], [finding.code for finding in self.referrals]
            )
        return moved

    def cut_over(self, *, now: datetime) -> Self:
        """Let the policy of another system be ours, once.

        Raises:
            QuoteAlreadyIssued: It is.
            QuoteExpired: It was kept for too long.
            AlreadyErased: Its personal data were erased.
            WrongState: It was reversed, or is a quote of our own.
        """
        if self.status is QuoteStatus.BOUND:
            raise QuoteAlreadyIssued(self.id, policy_id_for(self.id))
        return self._moved(QuoteStep.CUT_OVER, now=now)

    def reversed(self, *, now: datetime) -> Self:
        """Take it back before the cut-over.

        Raises:
            QuoteExpired: It was kept for too long.
            AlreadyErased: Its personal data were erased.
            WrongState: It was cut over or reversed, or is a quote of our own.
        """
        return self._moved(QuoteStep.REVERSE, now=now)

    def is_open_at(self, now: datetime) -> bool:
        """Whether it may still become a policy."""
        return now < self.valid_until and (self.status, QuoteStep.EXPIRE) in NEXT

    def expired(self) -> Self:
        """The quote after its last day, if it did not become a policy.

        Raises:
            AlreadyErased: The quote's personal data were erased.
            WrongState: The quote cannot expire.
        """
        if self.answers is None:
            raise AlreadyErased(f"quote {self.id}")
        status = NEXT.get((self.status, QuoteStep.EXPIRE))
        if status is None:
            raise WrongState(f"Quote {self.id}", self.status, CANNOT[QuoteStep.EXPIRE])
        return self.replace(status=status)

    def _decided(self, step: QuoteStep, *, now: datetime) -> Self:
        """Only what a referral blocks, now or later, is for an underwriter to decide."""
        moved = self._moved(step, now=now)
        if self.waits_for is None:
            raise WrongState(f"Quote {self.id}", self.status, CANNOT[step])
        return moved

    def _moved(self, step: QuoteStep, *, now: datetime) -> Self:
        self._check_standing(now)
        status = NEXT.get((self.status, step))
        if status is None:
            raise WrongState(f"Quote {self.id}", self.status, CANNOT[step])
        return self.replace(status=status)

    def _check_standing(self, now: datetime) -> None:
        if self.answers is None:
            raise AlreadyErased(f"quote {self.id}")
        over = now >= self.valid_until and (self.status, QuoteStep.EXPIRE) in NEXT
        if over or self.status is QuoteStatus.EXPIRED:
            raise QuoteExpired(self.id, self.valid_until.isoformat())
