"""Commission: whose it is, once the policy has passed to another broker. The product says by which rule.

Whatever the rule, commission is given back by those who hold the unearned part of it: what each partner
got is earned from the day on which it became theirs to the end of the term, by the product's day count.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import NamedTuple

from insurance.domain.contract.proration import Measure
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Money
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.transaction import CommissionShare


class CommissionSplit(StrEnum):
    """What of the commission moves to the new broker."""

    BY_TIME = "by_time"
    """That for the time that is left of the term."""
    PREMIUM_DUE = "premium_due"
    """That of the instalments that fall due on the day of the change or later."""
    AGREED = "agreed"
    """A share of what the former broker holds for the time that is left."""


class BrokerCommission(NamedTuple):
    """A product's rule."""

    split: CommissionSplit = CommissionSplit.BY_TIME
    share: Fraction = Fraction(1)
    """Of `AGREED`: the new broker's, where the transfer states none."""
    least: Fraction = Fraction(1)
    most: Fraction = Fraction(1)
    """What a transfer may state."""

    def agreed(self, stated: Decimal | None) -> Fraction:
        """The new broker's share: what the transfer states, else the product's.

        Raises:
            InvalidFields: The product leaves no share to an agreement, or not this one.
        """
        if stated is None:
            return self.share
        at = "/commission_share"
        if self.split is not CommissionSplit.AGREED:
            detail = "The product says what is the new broker's."
            raise InvalidFields([FieldFault(at, "not-asked", detail)])
        if not self.least <= Fraction(stated) <= self.most:
            detail = f"The product allows {percent(self.least)} to {percent(self.most)}."
            raise InvalidFields([FieldFault(at, "out-of-range", detail)])
        return Fraction(stated)


def unearned_commission(policy: Policy, measure: Measure, at: datetime) -> dict[str, Fraction]:
    """What each partner holds at an instant of commission for the time after it, in minor units."""
    first = policy.first_partner or policy.partner
    got: list[tuple[str, Money, datetime]] = []
    if policy.premium.commission is not None:
        got.append((first, policy.premium.commission, policy.period.start))
    for transaction in policy.standing():
        computation = transaction.computation
        since = max(transaction.earns_from or transaction.effective_at, policy.period.start)
        got += [(share.partner, share.amount, since) for share in computation.commission_of]
        if computation.commission is not None and not computation.commission_of:
            got.append((first, computation.commission, since))
    held: dict[str, Fraction] = {}
    left = measure.remaining(at).exact
    for partner, amount, since in got:
        whole = measure.remaining(since).exact
        unearned = amount.amount * min(Fraction(1), left / whole) if whole else Fraction(0)
        held[partner] = held.get(partner, Fraction(0)) + unearned
    return held


def in_proportion(amount: Money, held: Mapping[str, Fraction]) -> dict[str, Money] | None:
    """An amount over partners in proportion to what they hold; None: none of them holds anything."""
    positive = {partner: part for partner, part in held.items() if part > 0}
    if not positive:
        return None
    whole = reduce(lcm, (part.denominator for part in positive.values()))
    parts = amount.split([int(part * whole) for part in positive.values()])
    return dict(zip(positive, parts, strict=True))


def shares_of(amounts: Mapping[str, Money]) -> tuple[CommissionShare, ...]:
    """The shares as a computation has them."""
    return tuple(
        CommissionShare(partner=partner, amount=amount) for partner, amount in amounts.items()
    )


def percent(rate: Fraction) -> str:
    """A share as people read it."""
    percent = rate * 100
    return f"{Decimal(percent.numerator) / percent.denominator:f} %"
