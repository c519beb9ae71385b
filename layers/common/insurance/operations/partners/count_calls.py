"""Count an application's calls of a month, in blocks that a process takes and then serves from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from insurance.domain.core.errors import QuotaExceeded
from insurance.domain.partner.quota import Quota, Span

FRESH: Final = timedelta(minutes=5)
"""How long it is good enough to know what was used then."""
UNCOUNTED: Final = timedelta(seconds=10)
"""How long the table is left alone once it did not answer: waiting for it would cost each call its time."""


class NotCounted(Exception):
    """Calls cannot be counted now; the reason is a word for logs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Block(NamedTuple):
    """Calls that were taken from a span of time."""

    size: int
    """0: none is left."""
    used: int
    """How many of it are taken, these included."""


class QuotaStore(Protocol):
    """How much of each quota is used."""

    def take(self, quota: Quota, span: Span, *, seen: int, served: int) -> Block:
        """Take a block of calls from an application's span of time, of the size that is right for this process.

        Never are more taken than the quota has, however many take at once. Who takes the call by which a mark is
        reached notes it in the same write.

        Args:
            quota: Whose calls.
            span: When.
            seen: How many calls were used when this process looked last.
            served: How many calls of it this process has served.

        Raises:
            NotCounted: It cannot be said now.
        """
        ...


class Counted(NamedTuple):
    """A call that counts."""

    left: int
    """At least so many are left, or 0."""
    resets_in: int
    """Seconds until the next one begins."""


@dataclass(slots=True)
class _Held:
    """What this process knows and holds of one application's span of time."""

    quota: Quota
    span: Span
    left: int = 0
    """Of the blocks that were taken."""
    served: int = 0
    used: int = 0
    """In all, when it was looked at last."""
    seen_at: datetime | None = None
    not_before: datetime | None = None
    """When the table is asked again, after it did not answer."""

    def is_fresh(self, at: datetime) -> bool:
        return self.seen_at is not None and at - self.seen_at < FRESH

    def surely_left(self, at: datetime | None) -> int:
        """How many calls are left at this time, if others came as fast as the plan lets them since we looked;
        None: we look now."""
        others = 0
        if at is not None and self.seen_at is not None:
            seconds = int((at - self.seen_at).total_seconds()) + 1
            others = self.quota.burst + self.quota.per_second * seconds
        return self.left + max(0, self.quota.limit - self.used - others)


class Quotas:
    """The calls that this process has taken, for each application that calls it."""

    def __init__(self, store: QuotaStore) -> None:
        self._store = store
        self._held: dict[str, _Held] = {}

    def count(self, quota: Quota, at: datetime, span: Span | None = None) -> Counted:
        """Count one call at this time, of its month or of a span that is shorter.

        Raises:
            QuotaExceeded: The month's calls are used up.
            NotCounted: It cannot be counted now.
        """
        held = self._of(quota, span or Span.month(at))
        looked = False if held.left and held.is_fresh(at) else self._take(held, at)
        resets_in = held.span.seconds_left(at)
        if not held.left:
            raise QuotaExceeded(quota.limit, retry_after_seconds=resets_in)
        held.left -= 1
        held.served += 1
        return Counted(held.surely_left(None if looked else at), resets_in)

    def _of(self, quota: Quota, span: Span) -> _Held:
        held = self._held.get(quota.application)
        if held is None or (held.quota, held.span) != (quota, span):
            # What is left of a block stays used: by another figure it might be more than there is.
            held = self._held[quota.application] = _Held(quota, span)
        return held

    def _take(self, held: _Held, at: datetime) -> bool:
        """Take a block, and say whether one could be asked for. A block that is held still serves meanwhile."""
        if held.used >= held.quota.limit:
            return False
        try:
            block = self._block(held, at)
        except NotCounted:
            if not held.left:
                raise
            return False
        held.left += block.size
        held.used, held.seen_at, held.not_before = block.used, at, None
        return True

    def _block(self, held: _Held, at: datetime) -> Block:
        if held.not_before is not None and at < held.not_before:
            raise NotCounted("it did not answer shortly before")
        # Who only looks anew takes one call, and keeps its block.
        served = 0 if held.left else held.served
        try:
            return self._store.take(held.quota, held.span, seen=held.used, served=served)
        except NotCounted:
            held.not_before = at + UNCOUNTED
            raise
