"""Running totals over more than one claim: what rules alone, or one person alone, may let go.

What passes a total waits for another person. A total is a shared limit: what counts to it is taken in the claim's own
transaction, so that claims which are settled at the same moment pass it by nothing. It is never given back: what
was sent and came back is looked at by a person, too.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from insurance.domain.claim.authority import authority_limit
from insurance.domain.claim.limits import LimitMovement, Room
from insurance.domain.claim.payee_account import account_number
from insurance.domain.core.house_authority import APPROVALS_A_DAY, RunningTotal, total_limit
from insurance.domain.core.identity import mode_of
from insurance.domain.core.money import Money
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

WORDS: Final = {
    RunningTotal.POLICY: "the claims on the policy",
    RunningTotal.PAYEE_ACCOUNT: "what the payee's account is paid in a month",
    RunningTotal.PARTNER_DAY: "what the partner's claims pay to others than policyholders in a day",
    RunningTotal.HANDLER_DAY: "what one person lets go alone in a day",
}


class Pool(NamedTuple):
    """Where a total is kept that stands apart from the policy's own limits."""

    total: RunningTotal
    name: str
    """Of the account, the partner or the person, with its time. A personal one is hashed where it is kept."""

    @property
    def id(self) -> str | None:
        """Where it is kept; None: the name is personal, and a hash of it stands for it."""
        personal = self.total is RunningTotal.PAYEE_ACCOUNT
        return None if personal else f"total_{self.total}_{self.name}"


class KeptTotal(NamedTuple):
    """A pool as it is kept."""

    id: str
    used: int
    """In minor units."""


def pools_of(
    payee: Payee | None, policy: Policy, at: datetime, *, alone: Caller | None = None
) -> tuple[Pool, ...]:
    """The totals apart from the policy's to which a payment would count.

    What goes to who holds the policy counts to the policy alone: so the usual claim moves no total that
    claims on other policies move.

    Args:
        payee: Who is paid; None: nobody is named.
        policy: The policy.
        at: When the payment is let go. Days and months are those of UTC.
        alone: The person who lets it go; None: rules do.
    """
    day = at.date().isoformat()
    apart = f"{mode_of(policy.id)}#{policy.premium.total.currency}"
    pools = []
    account = account_number(payee) if payee else None
    if payee and account and not is_holder(payee.name, policy.policyholder, policy.joint_holders):
        pools.append(Pool(RunningTotal.PAYEE_ACCOUNT, f"{apart}#{day[:7]}#{account}"))
        pools.append(Pool(RunningTotal.PARTNER_DAY, f"{apart}#{day}#{policy.partner}"))
    if alone is not None:
        pools.append(Pool(RunningTotal.HANDLER_DAY, f"{apart}#{day}#{alone.principal}"))
    return tuple(pools)


def rooms_of(
    product: Product, used: Mapping[str, int], kept: Mapping[RunningTotal, KeptTotal]
) -> tuple[Room, ...]:
    """The totals that a payment for a loss counts to, as far as they are used.

    Args:
        product: The version of the product that the policy was sold on: it limits what its claims pay in a term.
        used: What the policy's claims have used of what they share, in minor units, by code.
        kept: The totals apart from the policy's.
    """
    apart = rooms_apart(product, kept)
    whole = product.claims.straight_through_total
    if whole is None:
        return apart
    there = Money(amount=used.get(RunningTotal.POLICY, 0), currency=product.currency)
    return (Room(RunningTotal.POLICY, there, whole, None), *apart)


def rooms_apart(product: Product, kept: Mapping[RunningTotal, KeptTotal]) -> tuple[Room, ...]:
    """The totals apart from the policy's: those that a bill counts to."""
    currency = product.currency
    return tuple(
        Room(
            total,
            Money(amount=pool.used, currency=currency),
            total_limit(total, currency),
            pool.id,
        )
        for total, pool in kept.items()
    )


def passed(rooms: Sequence[Room], due: Money) -> list[str]:
    """In words, which totals a payment would pass."""
    return [
        f"{due} would bring {WORDS[room.total]} to {room.used + due}: more than {room.whole} needs a person."
        for room in rooms
        if due.amount > 0 and not room.holds(due)
    ]


def approval_counted(
    claim: Claim, payment: Payment, product: Product, act: Act
) -> tuple[LimitMovement, ...]:
    """What a second person's approval counts to their day. Who has no limit for one claim has none for a day."""
    limit = authority_limit(act.caller, product, payment.cost_type)
    if limit is None:
        return ()
    apart = f"{mode_of(claim.id)}#{payment.amount.currency}#{act.at.date().isoformat()}"
    pool = Pool(RunningTotal.APPROVER_DAY, f"{apart}#{act.by}")
    nothing = Money.zero(payment.amount.currency)
    room = Room(pool.total, nothing, limit.times(Decimal(APPROVALS_A_DAY)), pool.id)
    return (room.taken(payment.amount),)
