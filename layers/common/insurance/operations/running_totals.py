"""Running totals as operations read them, and what is decided again while they move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from insurance.domain.core.errors import LimitMoved, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from insurance.domain.core.running_totals import Pool, Room

LIMIT_TRIES = 10


class RunningTotals(Protocol):
    def totals(self, pools: Sequence[Pool], *, look: bool = True) -> Sequence[Room]:
        """Running totals apart from the policies', as they are kept, in one read.

        That of an account is left out as long as event delivery has made no key for hashes in the mode.

        Args:
            pools: The totals.
            look: False: do not read how far they are used, since the transaction will see.
        """


def while_limits_move[R](decide: Callable[[int], R]) -> R:
    """Load, decide and store again for as long as others use the same limits and totals first.

    Args:
        decide: It is told how often it was tried before. What usually fits is stored without a look how far
            totals are used; what did not fit is decided again with one.

    Raises:
        Unavailable: Others were first too many times.
    """
    for tries in range(LIMIT_TRIES):
        try:
            return decide(tries)
        except LimitMoved:
            continue
    raise Unavailable("The limit that the policy's claims share")
