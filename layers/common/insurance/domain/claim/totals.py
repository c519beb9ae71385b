"""The running totals that the payments of a claim count to: what rules alone, or one person alone, may let go.

What passes a total waits for another person.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from zlib import crc32

from insurance.domain.bank.outlay_totals import person_pool
from insurance.domain.claim.authority import authority_limit
from insurance.domain.core.house_authority import (
    APPROVALS_A_DAY,
    PARTS,
    Outlay,
    RunningTotal,
    holders_account_limit,
    part_limit,
    total_limit,
)
from insurance.domain.core.identity import mode_of
from insurance.domain.core.money import Money
from insurance.domain.core.running_totals import LimitMovement, Pool, Room
from insurance.domain.policy.holders import is_holder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from insurance.domain.claim.change import Act
    from insurance.domain.claim.claim import Claim
    from insurance.domain.claim.payment import Payment
    from insurance.domain.core.caller import Caller
    from insurance.domain.party.party import Payee
    from insurance.domain.policy import Policy
    from insurance.domain.product import Product


def pools_of(
    payee: Payee | None,
    policy: Policy,
    at: datetime,
    *,
    known_account: bool,
    alone: Caller | None = None,
) -> tuple[Pool, ...]:
    """The totals apart from the policy's to which a payment would count.

    Args:
        payee: Who is paid; None: nobody is named.
        policy: The policy.
        at: When the payment is let go. Days and months are those of UTC.
        known_account: Whether something shows that the account is theirs; see `PayeeSigns`.
        alone: The person who lets it go; None: rules do.
    """
    day, currency = at.date().isoformat(), policy.premium.total.currency
    apart = f"{mode_of(policy.id)}#{currency}"
    part = f"{apart}#{day}#{policy.partner}#{crc32(policy.id.encode()) % PARTS}"
    pools = [Pool(RunningTotal.PARTNER_ALL, part, part_limit(currency))]
    if payee and payee.account:
        holds = is_holder(payee.name, policy.policyholder, policy.joint_holders)
        account, of_partner = RunningTotal.PAYEE_ACCOUNT, RunningTotal.PARTNER_DAY
        known = holds and known_account
        limit = holders_account_limit(currency) if known else total_limit(account, currency)
        pools.append(Pool(account, f"{apart}#{day[:7]}#{payee.account}", limit))
        if not holds:
            name = f"{apart}#{day}#{policy.partner}"
            pools.append(Pool(of_partner, name, total_limit(of_partner, currency)))
    if alone is not None:
        person = RunningTotal.HANDLER_DAY
        name = f"{apart}#{day}#{alone.principal}"
        pools.append(Pool(person, name, total_limit(person, currency)))
    return tuple(pools)


def rooms_of(product: Product, used: Mapping[str, int], apart: Sequence[Room]) -> tuple[Room, ...]:
    """The totals that a payment for a loss counts to, as far as they are used.

    Args:
        product: The version of the product that the policy was sold on: it limits what its claims pay in a term.
        used: What the policy's claims have used of what they share, in minor units, by code.
        apart: The totals apart from the policy's.
    """
    whole = product.claims.straight_through_total
    if whole is None:
        return tuple(apart)
    there = Money(amount=used.get(RunningTotal.POLICY, 0), currency=product.currency)
    return (Room(RunningTotal.POLICY, there, whole, None), *apart)


def approval_counted(
    claim: Claim, payment: Payment, product: Product, act: Act
) -> tuple[LimitMovement, ...]:
    """What a second person's approval counts to their day. Who has no limit for one claim has none for a day."""
    limit = authority_limit(act.caller, product, payment.cost_type)
    if limit is None:
        return ()
    apart = f"{mode_of(claim.id)}#{payment.amount.currency}#{act.at.date().isoformat()}"
    whole = limit.times(Decimal(APPROVALS_A_DAY))
    pool = Pool(RunningTotal.APPROVER_DAY, f"{apart}#{act.by}", whole)
    return (Room(pool.total, None, whole, pool.id).taken(payment.amount),)


def outlay_counted(outlay: Outlay, amount: Money, act: Act) -> tuple[LimitMovement, ...]:
    """What one person gives up, or takes beyond what was expected, counts to their day."""
    if amount.amount <= 0:
        return ()
    pool = person_pool(outlay, act.caller, amount.currency, act.at)
    return (Room(pool.total, None, pool.whole, pool.id).taken(amount),)
