"""Charging: what an endorsement, a cancellation or a reinstatement costs, line by line."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from insurance.domain.contract.premium import LineRefund, Premium, PremiumLine
from insurance.domain.contract.proration import DayCount, Measure, Share, portions
from insurance.domain.core.errors import TermsNotOffered
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.money import total as total_of
from insurance.domain.policy.commission import (
    CommissionSplit,
    in_proportion,
    percent,
    shares_of,
    unearned_commission,
)
from insurance.domain.policy.conditions import Cancelling, Conditions
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.transaction import (
    ChargeKind,
    ChargeLine,
    Computation,
    Initiator,
    Transaction,
)

COOLING_OFF = "cooling_off"
METHODS = {
    CommissionSplit.BY_TIME: "pro_rata",
    CommissionSplit.PREMIUM_DUE: "premium_due",
    CommissionSplit.AGREED: "agreed",
}
"""What a computation calls each way to split commission."""
NOTHING_BACK = "none"


class Charging(NamedTuple):
    """A policy, and the conditions that rule its charges."""

    conditions: Conditions
    policy: Policy

    # Endorsements

    def of_change(self, before: Premium, after: Premium, at: datetime) -> Computation:
        """The difference of two prices for the rest of the term, and the flat adjustment fee."""
        share = self.measure().remaining(at)
        lines, commission = self._difference(before, after, share)
        if not self.conditions.adjusts:
            lines, commission = (), None
        fee = _fee("adjustment_fee", "Fee for the change", self.conditions.adjustment_fee)
        return self._computation("pro_rata", (*lines, *fee), share=share, commission=commission)

    # Another broker

    def of_another_broker(
        self,
        at: datetime,
        former: str,
        new: str,
        *,
        agreed: Decimal | None = None,
        not_due: Share | None = None,
    ) -> Computation:
        """The part of the commission that is the new broker's, by the product's rule.

        Args:
            at: When the policy passes to them.
            former: The partner whose it was.
            new: The partner whose it is from then on.
            agreed: The share that the transfer states.
            not_due: Of the premium, what falls due at that time or later.

        Raises:
            InvalidFields: The product leaves no share to an agreement, or not this one.
        """
        rule, share = self.conditions.broker_commission, self.measure().remaining(at)
        part = rule.agreed(agreed)
        notes: tuple[str, ...] = ()
        match rule.split:
            case CommissionSplit.BY_TIME:
                exact = _exact(self.policy.at(at).premium.commission, share)
            case CommissionSplit.PREMIUM_DUE:
                share = not_due or Share(part=0, whole=1, unit="premium")
                exact = _exact(self.policy.commission, share)
            case CommissionSplit.AGREED:
                held = unearned_commission(self.policy, self.measure(), at)
                exact = held.get(former, Fraction(0)) * part
                notes = (f"{percent(part)} of the commission for {share} is {new}'s.",)
        moved = Money(amount=self.conditions.rounding.rounded(exact), currency=self._currency)
        return Computation(
            method=METHODS[rule.split],
            share=share,
            commission_of=shares_of({former: -moved, new: moved}) if moved else (),
            total=Money.zero(self._currency),
            notes=notes,
        )

    def with_shares(self, computation: Computation, at: datetime) -> Computation:
        """The computation with whose its commission is, where the policy has had more than one partner.

        Who withdraws from the contract takes back what each has got. Else more commission is the partner's
        at the time of effect, and less is given back by those who hold what is unearned: by time alone that
        is the partner of that time.
        """
        commission, policy = computation.commission, self.policy
        if commission is None or computation.commission_of or not policy.former_partners:
            return computation
        shares = {policy.partner_at(at): commission}
        by_time = self.conditions.broker_commission.split is CommissionSplit.BY_TIME
        if computation.method == COOLING_OFF:
            shares = {partner: -amount for partner, amount in policy.commission_of().items()}
        elif commission.amount < 0 and not by_time:
            held = unearned_commission(policy, self.measure(), at)
            shares = in_proportion(commission, held) or shares
        return computation.replace(commission_of=shares_of(shares))

    # Cancellations

    def of_cancelling(
        self, at: datetime, *, by: Initiator, reason: str | None, now: datetime
    ) -> Computation:
        """What the customer gets back: by the price charged, not by today's price.

        Raises:
            TermsNotOffered: The product has no rule for this cancellation.
        """
        if by is Initiator.POLICYHOLDER and self.cools_off(at, now):
            return self._everything_back()
        rule = self.conditions.for_cancelling(by, reason)
        if rule is None:
            raise TermsNotOffered(f"a cancellation by the {by}")
        share = self.measure().remaining(at)
        price = self.policy.at(at).premium
        if rule.method == NOTHING_BACK:
            return self._computation(rule.method, (), share=share)
        returned, commission = self._difference(price, None, share)
        fees = self._full_refunds(price)
        retained, notes = self._retained(rule, price, returned, at)
        back = -total_of((line.amount for line in (*returned, *fees, *retained)), self._currency)
        fee = _fee("cancellation_fee", "Fee for the cancellation", _at_most(rule.fee, back))
        if back < rule.fee:
            notes += (f"The fee of {rule.fee} is taken from what is given back, not beyond it.",)
        return self._computation(
            rule.method,
            (*returned, *fees, *retained, *fee),
            share=share,
            commission=commission,
            notes=notes,
        )

    def cools_off(self, at: datetime, now: datetime) -> bool:
        """Whether the policyholder may still withdraw from the contract.

        The days count from the later of start and issue to the later of the end of cover and today.
        """
        day = _local_day(max(self.policy.period.start, self.policy.issued_at), self.conditions)
        withdrawn = _local_day(max(at, now), self.conditions)
        return withdrawn <= day + timedelta(days=self.conditions.cooling_off_days)

    def _everything_back(self) -> Computation:
        charged = self.policy.charged_lines()
        commission = self.policy.commission
        days = self.conditions.cooling_off_days
        return self._computation(
            COOLING_OFF,
            tuple(line.replace(amount=-line.amount) for line in charged if line.amount),
            commission=-commission if commission is not None else None,
            notes=(f"Within {days} days everything that was charged is given back.",),
        )

    def _retained(
        self, rule: Cancelling, price: Premium, returned: tuple[ChargeLine, ...], at: datetime
    ) -> tuple[tuple[ChargeLine, ...], tuple[str, ...]]:
        """What is retained beyond pro rata, spread over the lines that it is retained from."""
        unearned = -sum(line.amount.amount for line in returned)
        whole = sum(line.amount.amount for line in following(price).values())
        earned = whole - unearned
        retained, note = (
            unearned * rule.retained,
            f"{percent(rule.retained)} of the unearned is kept.",
        )
        if rule.retention is not None:
            days = self.measure(DayCount.ACTUAL).elapsed(at)
            rate = rule.retention(days.part, days.whole)
            retained = whole * rate - earned
            note = f"{percent(rate)} of the term's price is kept for {days}."
        least = rule.minimum_earned * (whole if rule.minimum_earned <= 1 else 1)
        if earned + retained < least:
            retained = least - earned
            minimum = Money(amount=int(least), currency=self._currency)
            note = f"The minimum earned premium is {minimum}."
        amount = self.conditions.rounding.rounded(
            min(max(retained, Fraction(0)), Fraction(unearned))
        )
        if amount <= 0:
            return (), ()
        money = Money(amount=amount, currency=self._currency)
        shares = money.split([abs(line.amount.amount) for line in returned])
        kinds = {ChargeKind.NET: ChargeKind.RETAINED}
        return tuple(
            line.replace(
                kind=kinds.get(line.kind, line.kind),
                name=f"{line.name}, retained",
                before=None,
                after=None,
                amount=share,
            )
            for line, share in zip(returned, shares, strict=True)
            if share
        ), (note,)

    # Reinstatements

    def of_return(self, at: datetime, cancelled: Transaction) -> Computation:
        """The price before the cancellation, for the rest of the term; what was retained is returned.

        Where the cancellation returned nothing, the price of the gap is returned instead.
        """
        price, ended = self.policy.at(at).premium, cancelled.computation
        if ended.method == NOTHING_BACK:
            share = self.measure().between(cancelled.effective_at, at)
            lines, commission = self._difference(price, None, share)
        else:
            share = self.measure().remaining(at)
            lines, commission = self._difference(None, price, share)
            lines += _retained_of(ended)
        computation = self._computation("pro_rata", lines, share=share, commission=commission)
        gave = {each.partner: Fraction(-each.amount.amount) for each in ended.commission_of}
        returned = commission and in_proportion(commission, gave)
        return computation.replace(commission_of=shares_of(returned)) if returned else computation

    # Lines

    def _full_refunds(self, price: Premium) -> tuple[ChargeLine, ...]:
        """Fees that are returned in full when the contract ends: as much as stands charged."""
        whole = {line.code for line in price.lines if line.refunded is LineRefund.FULL}
        return tuple(
            line.replace(amount=-line.amount)
            for line in self.policy.charged_lines()
            if line.code in whole and line.amount.amount > 0
        )

    @property
    def _currency(self) -> Currency:
        return self.conditions.currency

    def measure(self, count: DayCount | None = None) -> Measure:
        return Measure(self.policy.period, count or self.conditions.day_count, self.conditions.zone)

    def _difference(
        self, before: Premium | None, after: Premium | None, share: Share
    ) -> tuple[tuple[ChargeLine, ...], Money | None]:
        """A share of the difference of two prices, over the lines that follow the net premium.

        None is no price.
        """
        old, new = following(before), following(after)
        nil = Money.zero(self._currency)
        lines = old | new
        prices = [
            (old[code].amount if code in old else nil, new[code].amount if code in new else nil)
            for code in lines
        ]
        changes = [later - earlier for earlier, later in prices]
        amounts = portions(changes, share, self.conditions.rounding)
        return tuple(
            line.replace(before=earlier, after=later, amount=amount)
            for line, (earlier, later), amount in zip(lines.values(), prices, amounts, strict=True)
        ), self._commission(before, after, share)

    def _commission(
        self, before: Premium | None, after: Premium | None, share: Share
    ) -> Money | None:
        known = [price.commission for price in (before, after) if price and price.commission]
        if not known:
            return None
        nil = Money.zero(self._currency)
        earlier = before.commission if before and before.commission else nil
        later = after.commission if after and after.commission else nil
        return share.of(later - earlier, self.conditions.rounding)

    def _computation(
        self,
        method: str,
        lines: tuple[ChargeLine, ...],
        *,
        share: Share | None = None,
        commission: Money | None = None,
        notes: tuple[str, ...] = (),
    ) -> Computation:
        return Computation(
            method=method,
            share=share,
            lines=lines,
            commission=commission,
            total=total_of((line.amount for line in lines), self._currency),
            notes=notes,
        )


def following(premium: Premium | None) -> dict[str, ChargeLine]:
    """The net premium and the lines that follow it pro rata, by code."""
    if premium is None:
        return {}
    net = ChargeLine(kind=ChargeKind.NET, code="net", name="Net premium", amount=premium.net)
    lines = [line for line in premium.lines if line.refunded is LineRefund.PRO_RATA]
    return {"net": net} | {line.code: _charge_line(line) for line in lines}


def _charge_line(line: PremiumLine) -> ChargeLine:
    kind = ChargeKind(line.kind.value)
    return ChargeLine(kind=kind, code=line.code, name=line.name, amount=line.amount)


def _retained_of(cancelled: Computation) -> tuple[ChargeLine, ...]:
    """The retained lines of a cancellation, with their tax, reversed."""
    priced = {line.code for line in cancelled.lines if line.before is not None}
    return tuple(
        line.reversed() for line in cancelled.lines if line.before is None and line.code in priced
    )


def _fee(code: str, name: str, amount: Money) -> tuple[ChargeLine, ...]:
    if not amount:
        return ()
    return (ChargeLine(kind=ChargeKind.FEE, code=code, name=name, amount=amount),)


def _exact(amount: Money | None, share: Share) -> Fraction:
    return (amount.amount if amount else 0) * share.exact


def _at_most(amount: Money, limit: Money) -> Money:
    return max(min(amount, limit), Money.zero(amount.currency))


def _local_day(moment: datetime, conditions: Conditions) -> date:
    return moment.astimezone(conditions.zone).date()
