"""Policies: what was sold, to whom, for which term, and what is in force at a date."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AwareDatetime

from insurance.domain.contract.premium import Premium
from insurance.domain.contract.proration import Earning
from insurance.domain.contract.terms import CoverTerms, ImposedTerms, ProductRef
from insurance.domain.core.classification import Classification, Record
from insurance.domain.core.identity import (
    PartyId,
    PolicyId,
    QuoteId,
    party_id_for,
    policy_id_for,
)
from insurance.domain.core.money import Money
from insurance.domain.core.period import Period
from insurance.domain.core.value import Value
from insurance.domain.jurisdiction import NoticeKind
from insurance.domain.party.party import Policyholder
from insurance.domain.policy.notice import Notice, NoticeEnd
from insurance.domain.policy.timeline import NEW_BUSINESS, Segment, Timeline
from insurance.domain.policy.transaction import (
    ChangedAnswers,
    ChargeKind,
    ChargeLine,
    Computation,
    Initiator,
    Terms,
    Transaction,
    TransactionKind,
)
from insurance.domain.quote.quote import Held, Quote

LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


class PolicyStatus(StrEnum):
    """Facts about a policy at an instant; several may hold at once."""

    PENDING = "pending"
    ON_RISK = "on_risk"
    CANCEL_PENDING = "cancel_pending"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    """Cancelled by the insurer because what was due was not paid."""
    EXPIRED = "expired"
    DELINQUENT = "delinquent"
    """In arrears beyond the days of grace, and given notice of it."""
    DO_NOT_RENEW = "do_not_renew"


class NonRenewal(Value):
    """Somebody does not want another term."""

    by: Initiator
    reason: str | None = None
    since: AwareDatetime


class Invitation(Value):
    """The next term as it was offered."""

    quote_id: QuoteId
    outcome: str
    """`bindable`, `referred` or `declined`."""
    invited_at: AwareDatetime


class Policy(Record):
    """One contract: a full snapshot of risk, cover and premium as issued, and what changed since."""

    id: PolicyId
    quote_id: QuoteId
    party_id: PartyId
    partner: str
    producer: str | None = None
    carrier: str
    product: ProductRef
    period: Period
    territory: str = ""
    options: tuple[str, ...] = ()
    policyholder: Annotated[Policyholder | None, Classification.PERSONAL] = None
    answers: Annotated[dict[str, Any] | None, Classification.SENSITIVE] = None
    looked_up: dict[str, Any]
    covers: tuple[CoverTerms, ...]
    premium: Premium
    imposed: ImposedTerms | None = None
    issued_at: AwareDatetime
    renews: PolicyId | None = None
    """The policy of the term before."""
    held: Held | None = None
    """What was held before this term; None: nothing, or, of a renewal, nobody wrote it down."""
    shares_with: PolicyId | None = None
    """The first term's policy, with which it shares limits and deductibles of the whole life."""
    transactions: tuple[Transaction, ...] = ()
    """In the order in which they were made; those that stand are replayed in order of effect."""
    changed: Annotated[dict[str, ChangedAnswers] | None, Classification.SENSITIVE] = None
    """The answers that endorsements changed, by their number."""
    notices: tuple[Notice, ...] = ()
    """What the insurer announced, in the order of their numbers."""
    non_renewal: NonRenewal | None = None
    invitation: Invitation | None = None
    """To the next term, by the scheduler."""

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
            territory=quote.territory,
            options=quote.options,
            policyholder=quote.policyholder,
            answers=quote.answers,
            looked_up=quote.looked_up,
            covers=quote.covers,
            premium=quote.premium,
            imposed=quote.imposed,
            issued_at=now,
            renews=quote.renewing.policy_id if quote.renewing else None,
            held=quote.renewing.held if quote.renewing else None,
            shares_with=quote.renewing.shares_with if quote.renewing else None,
        )

    # What is in force

    def status_at(self, now: datetime) -> tuple[PolicyStatus, ...]:
        """Computed from facts, never stored: it changes with time alone."""
        if now < self.period.start:
            return (PolicyStatus.PENDING, *self._beside(now))
        if self.covers_at(now):
            return (PolicyStatus.ON_RISK, *self._beside(now))
        cancelled = self.cancelled_by()
        if cancelled is not None and cancelled.is_lapse:
            return (PolicyStatus.LAPSED,)
        if now < self.period.end or cancelled is not None:
            return (PolicyStatus.CANCELLED,)
        return (PolicyStatus.EXPIRED,)

    def _beside(self, now: datetime) -> tuple[PolicyStatus, ...]:
        """What may hold while cover lasts or lies ahead."""
        cancelled = self.cancelled_by()
        announced = self.open_notice(NoticeKind.CANCELLATION)
        ends = cancelled is not None and now < cancelled.effective_at
        facts = {
            PolicyStatus.CANCEL_PENDING: ends or (announced and announced.effective_at),
            PolicyStatus.DELINQUENT: self.open_notice(NoticeKind.LAPSE),
            PolicyStatus.DO_NOT_RENEW: self.non_renewal,
        }
        return tuple(status for status, holds in facts.items() if holds)

    def covers_at(self, instant: datetime) -> bool:
        """Whether the risk is insured at this instant."""
        return self._segment_at(instant) is not None

    def at(self, instant: datetime) -> Self:
        """The policy on the terms in force then; out of cover, on those that came last before.

        A claim is judged on this: the segment at the time of the loss, not today's.
        """
        before = [each for each in self._timeline().stretches() if each.start <= instant]
        if not before or before[-1].number == NEW_BUSINESS:
            return self
        terms = before[-1].terms
        return self.replace(
            product=terms.product or self.product,
            options=terms.options,
            answers=before[-1].answers,
            looked_up=terms.looked_up,
            covers=terms.covers,
            premium=terms.premium,
            imposed=terms.imposed,
        )

    def settled_at(self, instant: datetime) -> datetime | None:
        """When that was made which rules the policy at an instant; None: when it was issued.

        What undoes another transaction rules too: a reversal, and a reinstatement without a gap.
        """
        ruling = [each for each in self._timeline().effective() if each.effective_at <= instant][
            -1:
        ]
        undoing = [
            each
            for each in self.transactions
            if each.follows is not None and not each.gap and each.effective_at <= instant
        ]
        return max((each.processed_at for each in (*ruling, *undoing)), default=None)

    @property
    def insured_since(self) -> datetime:
        """When the first term began; of a renewal of which nobody knows, long ago."""
        if self.held is not None:
            return self.held.since
        return LONG_AGO if self.renews else self.period.start

    def held_at(self, instant: datetime) -> dict[str, datetime]:
        """Since when each cover in force then had been held without a gap."""
        earlier = self.held.covers if self.held else {}
        since: dict[str, datetime] = {}
        end = self.period.start
        for segment in self.segments():
            if segment.period.start > instant:
                break
            begun = segment.period.start
            if begun == self.period.start:
                unknown = LONG_AGO if self.renews and self.held is None else begun
                since = {one.code: earlier.get(one.code, unknown) for one in segment.terms.covers}
            else:
                kept = since if begun == end else {}
                since = {one.code: kept.get(one.code, begun) for one in segment.terms.covers}
            end = segment.period.end
        return since

    def segments(self) -> tuple[Segment, ...]:
        """The stretches in force, in order of time; a gap in cover lies between two of them."""
        return self._timeline().segments()

    def standing(self) -> tuple[Transaction, ...]:
        """Transactions that nothing has reversed, in order of effect."""
        return self._timeline().standing()

    def cancelled_by(self) -> Transaction | None:
        """The cancellation that the policy stands under."""
        ended: Transaction | None = None
        for transaction in self._timeline().effective():
            ended = transaction if transaction.kind is TransactionKind.CANCELLATION else None
        return ended

    def ends(self) -> tuple[Transaction, ...]:
        """The cancellations that were not taken back, in order of effect."""
        return tuple(
            each
            for each in self._timeline().effective()
            if each.kind is TransactionKind.CANCELLATION
        )

    # What the insurer announced

    def open_notice(self, kind: NoticeKind) -> Notice | None:
        """The one notice of its kind that was neither carried out nor taken back."""
        return next((each for each in self.notices if each.kind is kind and each.open), None)

    @property
    def hangs_on_payment(self) -> bool:
        """A lapse was announced or carried out: money that was there in time ends or undoes it."""
        ended = self.cancelled_by()
        lapsed = ended is not None and ended.is_lapse
        return lapsed or self.open_notice(NoticeKind.LAPSE) is not None

    def carried_out_by(self, lapse: Transaction) -> Notice | None:
        """The notice that the lapse carried out; None where no rule asked for one."""
        carried_out = [
            each
            for each in self.notices
            if each.kind is NoticeKind.LAPSE
            and each.ended is NoticeEnd.CARRIED_OUT
            and each.effective_at == lapse.effective_at
        ]
        return carried_out[-1] if carried_out else None

    def before(self, number: int) -> Self:
        """The policy as it stood when this transaction was not made yet."""
        return self.replace(
            transactions=tuple(
                each.replace(reversed_by=None) if (each.reversed_by or 0) >= number else each
                for each in self.transactions
                if each.number < number
            )
        )

    def with_notice(self, notice: Notice) -> Self:
        """A new notice, or one that has moved on."""
        return self.replace(
            notices=(*self.notices[: notice.number - 1], notice, *self.notices[notice.number :])
        )

    @property
    def next_number(self) -> int:
        return len(self.transactions) + 2

    def transaction(self, number: int) -> Transaction:
        return self.transactions[number - 2]

    # What was charged

    @property
    def charged(self) -> Money:
        """What the customer owes for the term, as it stands."""
        return self.premium.total + sum(
            (each.computation.total for each in self.transactions if each.stands),
            Money.zero(self.premium.total.currency),
        )

    def charged_lines(self) -> tuple[ChargeLine, ...]:
        """The same by line."""
        lines = [charge for charge in _issued_lines(self.premium) if charge.amount]
        for transaction in self.standing():
            lines += transaction.computation.lines
        summed: dict[tuple[ChargeKind, str], ChargeLine] = {}
        for line in lines:
            key = (line.kind, line.code)
            amount = line.amount + summed[key].amount if key in summed else line.amount
            summed[key] = ChargeLine(kind=line.kind, code=line.code, name=line.name, amount=amount)
        return tuple(summed.values())

    @property
    def commission(self) -> Money | None:
        """What the producer gets for the term, as it stands."""
        parts = [self.premium.commission]
        parts += [each.computation.commission for each in self.standing()]
        known = [part for part in parts if part is not None]
        return sum(known[1:], known[0]) if known else None

    @property
    def written(self) -> Money:
        """Net premium of the term, as it stands."""
        return self.premium.net + sum(
            (each.computation.net for each in self.standing()),
            Money.zero(self.premium.net.currency),
        )

    def earnings(self) -> tuple[Earning, ...]:
        """The net premium with the span that each part of it is earned over."""
        parts = [Earning(amount=self.premium.net, period=self.period)]
        for each in self.standing():
            start = max(each.earns_from or each.effective_at, self.period.start)
            period = Period(start=start, end=self.period.end)
            is_straight_through = each.kind is TransactionKind.LIMIT_REINSTATEMENT
            if each.computation.net:
                part = Earning(
                    amount=each.computation.net,
                    period=period,
                    is_straight_through=is_straight_through,
                )
                parts.append(part)
        return tuple(parts)

    def _timeline(self) -> Timeline:
        issued = Terms(
            options=self.options,
            looked_up=self.looked_up,
            covers=self.covers,
            premium=self.premium,
            imposed=self.imposed,
        )
        return Timeline(self.period, issued, self.answers, self.transactions, self.changed)

    def _segment_at(self, instant: datetime) -> Segment | None:
        return next((segment for segment in self.segments() if instant in segment.period), None)


def _issued_lines(premium: Premium) -> list[ChargeLine]:
    net = ChargeLine(kind=ChargeKind.NET, code="net", name="Net premium", amount=premium.net)
    return [net] + [
        ChargeLine(
            kind=ChargeKind(line.kind.value), code=line.code, name=line.name, amount=line.amount
        )
        for line in premium.lines
    ]


def computation_of_new_business(premium: Premium) -> Computation:
    """What the policy cost when it was issued, in the form of every later transaction."""
    return Computation(
        method="term",
        lines=tuple(_issued_lines(premium)),
        commission=premium.commission,
        total=premium.total,
    )
