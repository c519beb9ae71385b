"""Running totals: sums over more than one object, of what is let go, each with a limit that nobody passes.

A total is a shared limit: what counts to it is taken in the transaction that lets the money go, so that acts which
happen at the same moment pass it by nothing. It is never given back: what was sent and came back is looked at by a
person, too.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from insurance.domain.core.house_authority import RunningTotal
from insurance.domain.core.money import Money

WORDS: Final = {
    RunningTotal.POLICY: "the claims on the policy",
    RunningTotal.PAYEE_ACCOUNT: "what the payee's account is paid in a month",
    RunningTotal.PARTNER_DAY: "what the partner's claims pay to others than policyholders in a day",
    RunningTotal.PARTNER_ALL: "what a part of the partner's policies is paid in a day",
    RunningTotal.HANDLER_DAY: "what one person lets go alone in a day",
    RunningTotal.OUTLAY_DAY: "what one person lets go in this way in a day",
    RunningTotal.REQUESTER_DAY: "what one person asks for in this way in a day",
    RunningTotal.PARTNER_OUTLAYS: "what the partner's customers are paid in this way in a day",
}


class LimitMovement(NamedTuple):
    """How a change moves one shared limit or total, in minor units."""

    code: str
    change: int
    room: int
    """What others may have used at most, so that the change still fits into the whole."""
    pool: str | None = None
    """Where it is kept; None: with the policy's own limits."""


class Pool(NamedTuple):
    """A total that stands apart from a policy's own limits."""

    total: RunningTotal
    name: str
    """Of the account, the partner or the person, with its time. A personal one is hashed where it is kept."""
    whole: Money
    """How much may count to it."""

    @property
    def id(self) -> str | None:
        """Where it is kept; None: the name is personal, and a hash of it stands for it."""
        personal = self.total is RunningTotal.PAYEE_ACCOUNT
        return None if personal else f"total_{self.total}_{self.name}"


class Room(NamedTuple):
    """One total that a payment counts to."""

    total: RunningTotal
    used: Money | None
    """None: nobody looked. The transaction does."""
    whole: Money
    pool: str | None
    """None: it is kept with the policy's own limits."""

    def holds(self, due: Money) -> bool:
        return (self.used + due if self.used else due) <= self.whole

    def taken(self, due: Money) -> LimitMovement:
        """A payment that counts to it; what others let go meanwhile must leave room for it."""
        return LimitMovement(self.total, due.amount, self.whole.amount - due.amount, self.pool)


def taken_of(rooms: Sequence[Room], due: Money) -> tuple[LimitMovement, ...]:
    """A payment that counts to all of these totals."""
    return tuple(room.taken(due) for room in rooms)


def passing(rooms: Sequence[Room], due: Money) -> tuple[RunningTotal, ...]:
    """Which totals a payment would pass."""
    return tuple(room.total for room in rooms if not room.holds(due))


def passed(rooms: Sequence[Room], due: Money) -> list[str]:
    """In words, which totals a payment would pass."""
    return [
        f"{due} would bring {WORDS[room.total]} to {_at_least(room, due)}: more than {room.whole} needs a person."
        for room in rooms
        if due.amount > 0 and not room.holds(due)
    ]


def words_of(over: Sequence[RunningTotal]) -> list[str]:
    """In words, which totals a payment that waits for a third person would pass."""
    return [f"It would bring {WORDS[total]} above its limit." for total in over]


def _at_least(room: Room, due: Money) -> str:
    return f"{due} or more" if room.used is None else f"{room.used + due}"
