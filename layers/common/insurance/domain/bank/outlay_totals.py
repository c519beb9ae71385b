"""The running totals of the ways out that are no payment for a claim: refunds, redress, returns, what is given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from insurance.domain.core.errors import NoAuthority
from insurance.domain.core.house_authority import (
    Outlay,
    RunningTotal,
    approved_limit,
    day_limit,
    total_limit,
)
from insurance.domain.core.running_totals import Pool, passing, taken_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from insurance.domain.core.caller import Caller
    from insurance.domain.core.money import Currency, Money
    from insurance.domain.core.running_totals import LimitMovement, Room
    from insurance.domain.party.party import Payee


class Outgoing(NamedTuple):
    """A refund or redress that a second person lets go."""

    outlay: Outlay
    amount: Money
    payee: Payee
    partner: str
    requested_by: str
    is_known_account: bool
    """Whether it is a payer's, or a third person let money go to it before."""


class ApprovedTotals(NamedTuple):
    """The totals to which an approval counts."""

    rooms: Sequence[Room]
    due: Money

    @property
    def over(self) -> tuple[RunningTotal, ...]:
        """What it would pass: then a third person looks at it."""
        others = [room for room in self.rooms if room.total is not RunningTotal.OUTLAY_DAY]
        return passing(others, self.due)

    @property
    def taken(self) -> tuple[LimitMovement, ...]:
        return taken_of(self._own if self.over else self.rooms, self.due)

    def check_own_day(self) -> None:
        """Check that the approver may let so much go in a day.

        Raises:
            NoAuthority: They may not.
        """
        if passing(self._own, self.due):
            raise NoAuthority("as much as this in one day")

    @property
    def _own(self) -> list[Room]:
        return [room for room in self.rooms if room.total is RunningTotal.OUTLAY_DAY]


def person_pool(outlay: Outlay, caller: Caller, currency: Currency, at: datetime) -> Pool:
    """What one person lets go in this way in a day."""
    name = f"{caller.mode}#{currency}#{at.date().isoformat()}#{outlay}#{caller.principal}"
    return Pool(RunningTotal.OUTLAY_DAY, name, day_limit(caller, outlay, currency))


def approval_pools(outgoing: Outgoing, approver: Caller, at: datetime) -> tuple[Pool, ...]:
    """The totals to which an approval counts: of the approver, of who asked for it and of the partner in their day,
    and of the account in its month."""
    outlay, currency, day = outgoing.outlay, outgoing.amount.currency, at.date().isoformat()
    apart = f"{approver.mode}#{currency}"

    def pool(total: RunningTotal, name: str) -> Pool:
        return Pool(total, f"{apart}#{name}", approved_limit(total, outlay, currency))

    pools = [
        person_pool(outlay, approver, currency, at),
        pool(RunningTotal.REQUESTER_DAY, f"{day}#{outlay}#{outgoing.requested_by}"),
        pool(RunningTotal.PARTNER_OUTLAYS, f"{day}#{outlay}#{outgoing.partner}"),
    ]
    if outgoing.payee.account:
        account = RunningTotal.PAYEE_ACCOUNT
        known = approved_limit(account, outlay, currency)
        limit = known if outgoing.is_known_account else min(known, total_limit(account, currency))
        pools.append(Pool(account, f"{apart}#{day[:7]}#{outgoing.payee.account}", limit))
    return tuple(pools)
