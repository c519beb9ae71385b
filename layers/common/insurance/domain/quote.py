"""Quotes: what a risk would cost and on what terms, until it is accepted and becomes a policy."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AwareDatetime

from insurance.domain.classification import Classification, Record
from insurance.domain.errors import AlreadyErased, QuoteAlreadyIssued, QuoteExpired, WrongState
from insurance.domain.event import Event, Head, Seal
from insurance.domain.identity import PolicyId, QuoteId, policy_id_for
from insurance.domain.money import Money
from insurance.domain.party import Policyholder
from insurance.domain.period import Period
from insurance.domain.premium import Premium
from insurance.domain.terms import CoverTerms, Finding, ImposedTerms, ProductRef
from insurance.domain.value import Value


class QuoteStatus(StrEnum):
    BINDABLE = "bindable"
    REFERRED = "referred"
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
    (QuoteStatus.REFERRED, Step.DECLINE): QuoteStatus.DECLINED,
    (QuoteStatus.ACCEPTED, Step.BIND): QuoteStatus.BOUND,
    (QuoteStatus.BINDABLE, Step.EXPIRE): QuoteStatus.EXPIRED,
    (QuoteStatus.REFERRED, Step.EXPIRE): QuoteStatus.EXPIRED,
    (QuoteStatus.ACCEPTED, Step.EXPIRE): QuoteStatus.EXPIRED,
}


class UnderwriterDecision(Record):
    """Who took a referred risk on or turned it down, and why."""

    underwriter: str
    reason: str
    decided_at: AwareDatetime
    supplied: tuple[str, ...] = ()
    """Look-ups that had not answered: the underwriter told their facts, and answers for them."""


class PastLoss(Value):
    """A claim of the term that ends, as the price of the next one knows it."""

    cover: str
    counts: bool
    paid: Money
    cause: str = ""


class Renewing(Value):
    """What a renewal stands on, beside the risk: the policy, its last price, its claims."""

    policy_id: PolicyId
    last: Premium
    claims: tuple[PastLoss, ...] = ()


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
            Head(),
            self,
            seal,
            stream=self.id,
            type="quote.made",
            actor=self.created_by,
            now=self.created_at,
        )

    def accepted(self, *, now: datetime) -> Self:
        """The customer says yes, while the offer stands."""
        return self._moved(Step.ACCEPT, now=now)

    def taken_on(
        self,
        *,
        decision: UnderwriterDecision,
        looked_up: dict[str, Any],
        imposed: ImposedTerms,
        covers: tuple[CoverTerms, ...],
        premium: Premium,
    ) -> Self:
        """An underwriter takes the referred risk, on these terms and at this price."""
        moved = self._moved(Step.TAKE_ON, now=decision.decided_at)
        days = [found.expires_days for found in self.findings if found.expires_days is not None]
        stands = [decision.decided_at + timedelta(days=each) for each in days]
        return moved.replace(
            decision=decision,
            looked_up=looked_up,
            imposed=imposed,
            covers=covers,
            premium=premium,
            valid_until=min([self.valid_until, *stands]),
        )

    def turned_down(self, *, decision: UnderwriterDecision) -> Self:
        return self._moved(Step.DECLINE, now=decision.decided_at).replace(
            decision=decision, premium=None
        )

    def bound(self, *, now: datetime) -> Self:
        """A quote is bound once: only its policy can come of it."""
        if self.status is QuoteStatus.BOUND:
            raise QuoteAlreadyIssued(self.id, policy_id_for(self.id))
        return self._moved(Step.BIND, now=now)

    def expired(self) -> Self:
        """Its time is over, and nothing came of it."""
        if self.answers is None:
            raise AlreadyErased(f"quote {self.id}")
        status = NEXT.get((self.status, Step.EXPIRE))
        if status is None:
            raise WrongState(f"Quote {self.id}", self.status, Step.EXPIRE)
        return self.replace(status=status)

    def _moved(self, step: Step, *, now: datetime) -> Self:
        if self.answers is None:
            raise AlreadyErased(f"quote {self.id}")
        status = NEXT.get((self.status, step))
        if self.status is QuoteStatus.EXPIRED:
            raise QuoteExpired(self.id, self.valid_until.isoformat())
        if status is None:
            raise WrongState(f"Quote {self.id}", self.status, step)
        if now >= self.valid_until:
            raise QuoteExpired(self.id, self.valid_until.isoformat())
        return self.replace(status=status)
