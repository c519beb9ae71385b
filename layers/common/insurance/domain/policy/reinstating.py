"""Reinstatement of limits: the premium for a limit that losses used and that is available again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final, NamedTuple

from insurance.domain.contract.premium import Premium
from insurance.domain.contract.proration import Measure, Share, portions
from insurance.domain.contract.terms import ProRata, Reinstatement
from insurance.domain.core.money import Money
from insurance.domain.core.money import total as total_of
from insurance.domain.policy.charging import following
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.transaction import (
    ChargeLine,
    Computation,
    Reinstated,
    Transaction,
    TransactionKind,
)

LAST_MOMENT: Final = timedelta(microseconds=1)


class LimitsUsed(NamedTuple):
    """The reinstated limits that a claim uses, and what all claims on the policy have used."""

    claim_id: str
    limits: Sequence[Reinstatement]
    used: Mapping[str, int]
    """In minor units, by the limit's code."""


def charge_limits(
    policy: Policy, claim: LimitsUsed, conditions: Conditions, *, now: datetime, actor: str
) -> Policy:
    """The policy with a transaction for each limit whose use has changed since the last charge."""
    period = policy.period
    for terms in claim.limits:
        charge = charge_for(terms, claim.used.get(terms.code, 0), policy, conditions)
        if charge is None or not charge[1].lines:
            continue
        reinstates, computation = charge
        made = Transaction(
            number=policy.next_number,
            kind=TransactionKind.LIMIT_REINSTATEMENT,
            effective_at=min(max(now, period.start), period.end - LAST_MOMENT),
            processed_at=now,
            actor=actor,
            reason=claim.claim_id,
            computation=computation,
            reinstates=reinstates,
        )
        policy = policy.replace(transactions=(*policy.transactions, made))
    return policy


def premium_of(
    terms: Reinstatement, before: Money, after: Money, policy: Policy, conditions: Conditions
) -> Computation:
    """The premium for reinstating `after` in total instead of `before`.

    It is rate x net premium of a term x reinstated amount / limit, and the taxes on it.
    """
    price = policy.at(terms.priced_at).premium
    net = _net(price, terms.cover)
    factor = Fraction(terms.rate) * (terms.times(after) - terms.times(before))
    working = f"{terms.name}: {after - before} of {terms.limit} reinstated. {terms.rate} x {net}"
    if terms.pro_rata is ProRata.NONE:
        working += " for each time that it is begun"
    else:
        working += f" x {after - before} / {terms.limit}"
    if terms.pro_rata is ProRata.AMOUNT_AND_TIME:
        measure = Measure(policy.period, conditions.day_count, conditions.zone)
        left = measure.remaining(terms.priced_at)
        factor *= left.exact
        working += f" x {left}"
    part = factor * Fraction(net.amount, price.net.amount or 1)
    lines = list(following(price).values())
    return _computed(lines, part, f"{working}.", conditions)


def charge_for(
    terms: Reinstatement, used: int, policy: Policy, conditions: Conditions
) -> tuple[Reinstated, Computation] | None:
    """What the policy still owes, or gets back, when its claims have used this much of the limit.

    None when exactly that was charged. The charge depends on the amount used, not on which claim
    used it, so it is the same in whatever order claims are paid and recovered.
    """
    charged = [
        (transaction.reinstates, transaction.computation)
        for transaction in policy.standing()
        if transaction.reinstates is not None and transaction.reinstates.code == terms.code
    ]
    before = total_of((transaction.amount for transaction, _ in charged), terms.limit.currency)
    after = terms.of_used(used)
    if after == before:
        return None
    reinstated = Reinstated(code=terms.code, amount=after - before)
    if after > before:
        return reinstated, premium_of(terms, before, after, policy, conditions)
    back = (terms.times(after) - terms.times(before)) / terms.times(before)
    lines = _summed([line for _, computation in charged for line in computation.lines])
    working = f"{terms.name}: {before - after} is not used any more; what it cost is given back."
    return reinstated, _computed(lines, back, working, conditions)


def _net(price: Premium, cover: str | None) -> Money:
    if cover is None or not price.by_cover:
        return price.net
    nets = (share.amount for share in price.by_cover if share.cover == cover)
    return total_of(nets, price.net.currency)


def _summed(lines: list[ChargeLine]) -> list[ChargeLine]:
    summed: dict[str, ChargeLine] = {}
    for line in lines:
        amount = line.amount + summed[line.code].amount if line.code in summed else line.amount
        summed[line.code] = line.replace(amount=amount)
    return list(summed.values())


def _computed(
    lines: list[ChargeLine], part: Fraction, working: str, conditions: Conditions
) -> Computation:
    share = Share(part=abs(part.numerator), whole=part.denominator, unit="of the price")
    sign = -1 if part < 0 else 1
    amounts = portions(
        [line.amount.replace(amount=line.amount.amount * sign) for line in lines],
        share,
        conditions.rounding,
    )
    made = tuple(
        line.replace(amount=amount) for line, amount in zip(lines, amounts, strict=True) if amount
    )
    return Computation(
        method="reinstatement_of_limit",
        lines=made,
        total=total_of((line.amount for line in made), conditions.currency),
        notes=(working,),
    )
