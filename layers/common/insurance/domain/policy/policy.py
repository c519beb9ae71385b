"""Policies: the contract, its transactions, and the terms in force at a date."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field

from insurance.domain.contract.interested_party import Interests
from insurance.domain.contract.migration import Migration
from insurance.domain.contract.number import ReferenceNumber
from insurance.domain.contract.premium import Premium
from insurance.domain.contract.proration import Earning
from insurance.domain.contract.terms import CoverTerms, ImposedTerms, ProductRef
from insurance.domain.core.classification import Classification, Internal, Record
from insurance.domain.core.identity import (
    PartyId,
    PolicyId,
    QuoteId,
    policy_id_for,
)
from insurance.domain.core.money import Money
from insurance.domain.core.period import Period, join_periods
from insurance.domain.jurisdiction.jurisdiction import NoticeKind
from insurance.domain.party.party import Policyholder
from insurance.domain.policy.holders import (
    FORMER_HOLDERS_MAX,
    JOINT_HOLDERS_MAX,
    FormerHolder,
    FormerPartner,
    Holding,
    JointHolder,
    LastCorrection,
)
from insurance.domain.policy.new_business import issued_lines
from insurance.domain.policy.next_term import Invitation, NonRenewal
from insurance.domain.policy.notice import Notice, NoticeEnd
from insurance.domain.policy.status import PolicyState, StatusFacts
from insurance.domain.policy.timeline import NEW_BUSINESS, Segment, Timeline
from insurance.domain.policy.transaction import (
    ChangedAnswers,
    ChargeKind,
    ChargeLine,
    Terms,
    Transaction,
    TransactionKind,
)
from insurance.domain.quote.quote import CoverHistory, Quote


class Policy(Record):
    """One contract: risk, cover and premium as issued, and every change since."""

    id: Internal[PolicyId]
    number: Internal[ReferenceNumber | None] = None
    """None: the policy was issued before policies had numbers."""
    quote_id: Internal[QuoteId]
    party_id: Internal[PartyId]
    partner: Internal[str]
    producer: Internal[str | None] = None
    carrier: Internal[str]
    product: Internal[ProductRef]
    period: Internal[Period]
    territory: Internal[str] = ""
    options: Internal[tuple[str, ...]] = ()
    policyholder: Annotated[Policyholder | None, Classification.PERSONAL] = None
    holding: Internal[Holding] = Holding.HOLDER
    joint_holders: Annotated[
        tuple[JointHolder, ...], Field(max_length=JOINT_HOLDERS_MAX), Classification.PERSONAL
    ] = ()
    """Who holds the policy together with the policyholder."""
    interests: Annotated[Interests | None, Classification.PERSONAL] = None
    """Who has a role on it without holding it. None: none was recorded."""
    former_holders: Annotated[
        tuple[FormerHolder, ...], Field(max_length=FORMER_HOLDERS_MAX), Classification.INTERNAL
    ] = ()
    """In the order in which they held it."""
    former_partners: Internal[
        Annotated[tuple[FormerPartner, ...], Field(max_length=FORMER_HOLDERS_MAX)]
    ] = ()
    """Whose business it was before, in order of time."""
    answers: Annotated[dict[str, Any] | None, Classification.SENSITIVE] = None
    looked_up: Internal[dict[str, Any]]
    covers: Internal[tuple[CoverTerms, ...]]
    premium: Internal[Premium]
    imposed: Internal[ImposedTerms | None] = None
    migration: Internal[Migration | None] = None
    """Where it was before it came here; None: it was issued here."""
    issued_at: Internal[AwareDatetime]
    cover_begins_at: Internal[AwareDatetime | None] = None
    """When the risk is insured from, where that is before the policy was issued."""
    no_known_loss: Internal[bool] = False
    """Whether the policyholder declared, when the policy was issued, that they know of no loss."""
    renews: Internal[PolicyId | None] = None
    """The policy of the term before."""
    cover_history: Internal[CoverHistory | None] = None
    """Cover before this term. None: there was none or, of a renewal, it was not recorded."""
    shares_with: Internal[PolicyId | None] = None
    """The policy of the first term: limits and deductibles for life are shared with it."""
    transactions: Internal[tuple[Transaction, ...]] = ()
    """In the order in which they were processed. The terms follow the order of effect."""
    changed: Annotated[dict[str, ChangedAnswers] | None, Classification.SENSITIVE] = None
    """The answers that endorsements changed, by their number."""
    notices: Internal[tuple[Notice, ...]] = ()
    """Notices that the insurer has given, in order of their numbers."""
    non_renewal: Internal[NonRenewal | None] = None
    invitation: Internal[Invitation | None] = None
    """To the next term, by the scheduler."""
    last_correction: Internal[LastCorrection | None] = None
    """Of a detail of the holder. None: none was corrected."""

    @property
    def holders(self) -> tuple[PartyId, ...]:
        """The parties that hold it: the policyholder, and joint holders who are known customers."""
        joint = (each.party_id for each in self.joint_holders)
        return (self.party, *(party_id for party_id in joint if party_id))

    @classmethod
    def from_quote(
        cls,
        quote: Quote,
        *,
        now: datetime,
        cover_begins_at: datetime | None = None,
        no_known_loss: bool = False,
    ) -> Self:
        """A policy on exactly the terms and the price that were accepted."""
        usual = max(quote.period.start, now)
        if quote.premium is None:
            raise ValueError(f"quote {quote.id} has no price, and cannot have been accepted")
        return cls(
            id=policy_id_for(quote.id),
            quote_id=quote.id,
            party_id=quote.party,
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
            migration=quote.migration,
            issued_at=now,
            cover_begins_at=None if cover_begins_at == usual else cover_begins_at,
            no_known_loss=no_known_loss,
            renews=quote.renewing.policy_id if quote.renewing else None,
            cover_history=quote.renewing.cover_history if quote.renewing else None,
            shares_with=quote.renewing.shares_with if quote.renewing else None,
        )

    @property
    def party(self) -> PartyId:
        """The party that holds the contract."""
        return self.party_id

    # What is in force

    def state_at(self, now: datetime) -> PolicyState:
        """Status and flags at an instant. They are computed, because they change with time alone."""
        return self.status_facts().state_at(now)

    def status_facts(self) -> StatusFacts:
        """All that status and flags follow from."""
        cancelled = self.cancelled_by()
        announced = self.open_notice(NoticeKind.CANCELLATION)
        return StatusFacts(
            period=self.period,
            covered=join_periods(segment.period for segment in self.segments()),
            cancelled_at=cancelled.effective_at if cancelled else None,
            lapsed=cancelled is not None and cancelled.is_lapse,
            cancellation_announced=announced is not None and announced.effective_at is not None,
            delinquent=self.open_notice(NoticeKind.LAPSE) is not None,
            do_not_renew=self.non_renewal is not None,
        )

    def covers_at(self, instant: datetime) -> bool:
        """Whether the risk is insured at this instant."""
        return self._segment_at(instant) is not None

    def at(self, instant: datetime) -> Self:
        """The policy on the terms in force at an instant; without cover, on the last terms before.

        A claim is judged on the terms at the time of the loss, not on today's.
        """
        before = [stretch for stretch in self._timeline().stretches() if stretch.start <= instant]
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
        """When the terms at an instant were settled; None: when the policy was issued.

        A reversal and a reinstatement without a gap settle terms too.
        """
        ruling = [
            transaction
            for transaction in self._timeline().effective()
            if transaction.effective_at <= instant
        ][-1:]
        undoing = [
            transaction
            for transaction in self.transactions
            if transaction.follows is not None
            and not transaction.gap
            and transaction.effective_at <= instant
        ]
        return max((transaction.processed_at for transaction in (*ruling, *undoing)), default=None)

    @property
    def cover_begins(self) -> datetime:
        """When the risk is insured from: with the term, and not before the policy was issued."""
        return self.cover_begins_at or max(self.period.start, self.issued_at)

    def segments(self) -> tuple[Segment, ...]:
        """The periods of cover, each on one set of terms, in order of time."""
        return self._timeline().segments()

    def standing(self) -> tuple[Transaction, ...]:
        """Transactions that nothing has reversed, in order of effect."""
        return self._timeline().standing()

    def cancelled_by(self) -> Transaction | None:
        """The cancellation that ends the policy; None where nothing does."""
        ended: Transaction | None = None
        for transaction in self._timeline().effective():
            ended = transaction if transaction.kind is TransactionKind.CANCELLATION else None
        return ended

    def ends(self) -> tuple[Transaction, ...]:
        """The cancellations that were not taken back, in order of effect."""
        return tuple(
            transaction
            for transaction in self._timeline().effective()
            if transaction.kind is TransactionKind.CANCELLATION
        )

    # Notices

    def open_notice(self, kind: NoticeKind) -> Notice | None:
        """The notice of this kind that has not ended; there is one at most."""
        return next(
            (notice for notice in self.notices if notice.kind is kind and notice.open),
            None,
        )

    @property
    def hangs_on_payment(self) -> bool:
        """Whether there is a lapse, or notice of one, that a payment received in time undoes."""
        ended = self.cancelled_by()
        lapsed = ended is not None and ended.is_lapse
        return lapsed or self.open_notice(NoticeKind.LAPSE) is not None

    def carried_out_by(self, lapse: Transaction) -> Notice | None:
        """The notice that the lapse carried out; None where no notice was required."""
        carried_out = [
            notice
            for notice in self.notices
            if notice.kind is NoticeKind.LAPSE
            and notice.ended is NoticeEnd.CARRIED_OUT
            and notice.effective_at == lapse.effective_at
        ]
        return carried_out[-1] if carried_out else None

    def before(self, number: int) -> Self:
        """The policy as it stood before this transaction was processed."""
        return self.replace(
            transactions=tuple(
                transaction.replace(reversed_by=None)
                if (transaction.reversed_by or 0) >= number
                else transaction
                for transaction in self.transactions
                if transaction.number < number
            )
        )

    def with_notice(self, notice: Notice) -> Self:
        """The policy with a new notice, or with a changed one."""
        return self.replace(
            notices=(*self.notices[: notice.number - 1], notice, *self.notices[notice.number :])
        )

    @property
    def next_number(self) -> int:
        return len(self.transactions) + 2

    def transaction(self, number: int) -> Transaction:
        return self.transactions[number - 2]

    # Charges

    @property
    def charged(self) -> Money:
        """What the customer owes for the term, after all standing transactions."""
        return self.premium.total + sum(
            (
                transaction.computation.total
                for transaction in self.transactions
                if transaction.stands
            ),
            Money.zero(self.premium.total.currency),
        )

    def charged_lines(self) -> tuple[ChargeLine, ...]:
        """What the customer owes for the term, by line."""
        lines = [charge for charge in issued_lines(self.premium) if charge.amount]
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
        """The producer's commission for the term, after all standing transactions."""
        parts = [self.premium.commission]
        parts += [transaction.computation.commission for transaction in self.standing()]
        known = [part for part in parts if part is not None]
        return sum(known[1:], known[0]) if known else None

    @property
    def first_partner(self) -> str | None:
        """Whose business it was at first, if it is another's by now."""
        return self.former_partners[0].partner if self.former_partners else None

    def partner_at(self, at: datetime) -> str:
        """Whose business it was, or is, at an instant."""
        former = (each.partner for each in self.former_partners if at < each.until)
        return next(former, self.partner)

    def commission_of(self) -> dict[str, Money]:
        """The commission of each partner for the term, after all standing transactions."""
        first = self.first_partner or self.partner
        shares: list[tuple[str, Money]] = []
        if self.premium.commission is not None:
            shares.append((first, self.premium.commission))
        for transaction in self.standing():
            computation = transaction.computation
            shares += [(share.partner, share.amount) for share in computation.commission_of]
            if computation.commission is not None and not computation.commission_of:
                shares.append((first, computation.commission))
        summed: dict[str, Money] = {}
        for partner, amount in shares:
            summed[partner] = summed[partner] + amount if partner in summed else amount
        return summed

    @property
    def written(self) -> Money:
        """Written net premium of the term, after all standing transactions."""
        return self.premium.net + sum(
            (transaction.computation.net for transaction in self.standing()),
            Money.zero(self.premium.net.currency),
        )

    def earnings(self) -> tuple[Earning, ...]:
        """The parts of the net premium, each with the period over which it is earned."""
        parts = [Earning(amount=self.premium.net, period=self.period)]
        for transaction in self.standing():
            start = max(transaction.earns_from or transaction.effective_at, self.period.start)
            period = Period(start=start, end=self.period.end)
            immediate = transaction.kind is TransactionKind.LIMIT_REINSTATEMENT
            if transaction.computation.net:
                part = Earning(
                    amount=transaction.computation.net,
                    period=period,
                    immediate=immediate,
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
