"""Quotas: how many calls an application has in a month, and in which portions our functions take them.

A function takes a block of calls from the month with one write, and serves so many calls without another. What a
block has left when its process ends is lost to the application: it counts as used. So a block follows what the
process has served, and the last calls of a month are taken one by one.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Self

from insurance.domain.core.value import Value

MARKS: Final = (80, 100)
"""The percentages of a quota that are told when they are reached."""
BLOCK_MAX: Final = 1_000
SERVED_PARTS: Final = 8
"""A block is at most this part of what its process has served: as much may be lost with the process."""
LEFT_PARTS: Final = 50
"""A block is at most this part of what is left."""
LAST_CALLS: Final = 500
LAST_PARTS: Final = 200
"""At least the last 500 calls of a month are taken one by one, of a large quota the last part in 200."""
PERCENT: Final = 100
SECOND: Final = timedelta(seconds=1)


class Span(NamedTuple):
    """A time of UTC in which calls are counted: a calendar month; or the minute, hour or day of a rule's rate."""

    starts_at: datetime
    ends_at: datetime
    name: str
    """Such as 2026-11, or 2026-11-30T21:05."""

    @classmethod
    def month(cls, at: datetime) -> Self:
        """The month of an instant."""
        starts_at = _midnight(at).replace(day=1)
        ends_at = (starts_at + timedelta(days=31)).replace(day=1)
        return cls(starts_at, ends_at, f"{starts_at:%Y-%m}")

    @classmethod
    def of(cls, at: datetime, length: timedelta) -> Self:
        """The span of an instant, of a length of which a day has a whole number."""
        midnight = _midnight(at)
        starts_at = midnight + (at - midnight) // length * length
        return cls(starts_at, starts_at + length, f"{starts_at:%Y-%m-%dT%H:%M}")

    @property
    def seconds(self) -> int:
        return (self.ends_at - self.starts_at) // SECOND

    def seconds_left(self, at: datetime) -> int:
        """Until the next one begins, rounded up."""
        return -((at - self.ends_at) // SECOND)


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


class QuotaMark(Value):
    """A percentage of its month that an application has used."""

    month: str
    percent: int


class Quota(NamedTuple):
    """An application's calls in a month, and how fast its plan lets them come."""

    application: str
    limit: int
    per_second: int
    burst: int
    marks: tuple[int, ...] = MARKS
    """The percentages that are told; none of a rate."""


class Window(NamedTuple):
    """When a block may be taken: so many calls are used already, at least and at most."""

    least: int
    most: int
    reached: int = 0
    """The percentage of the quota that the block reaches, if it reaches one of the marks."""


def last_calls(limit: int) -> int:
    """How many calls at the end of a month are taken one by one."""
    return max(LAST_CALLS, limit // LAST_PARTS)


def block_size(used: int, limit: int, served: int) -> int:
    """How many calls a process that has served so many may take at once; 0: none is left."""
    left = limit - used
    if left <= last_calls(limit):
        return min(1, max(left, 0))
    return max(1, min(left // LEFT_PARTS, served // SERVED_PARTS, BLOCK_MAX))


def window(used: int, size: int, limit: int, marks: Sequence[int] = MARKS) -> Window:
    """When a block that is meant for this many used calls may still be taken.

    Others take blocks at the same time. This one may be taken as long as it goes not beyond the quota, is not too
    large for what is left, and reaches the same mark, or none, as it would now.
    """
    after = used + size
    told = {percent: _calls_at(percent, limit) for percent in marks}
    reached = max((each for each, calls in told.items() if used < calls <= after), default=0)
    most = limit - (1 if size == 1 else max(LEFT_PARTS * size, last_calls(limit) + 1))
    most = min([most, *(calls - size - 1 for calls in told.values() if calls > after)])
    if reached:
        return Window(told[reached] - size, min(most, told[reached] - 1), reached)
    return Window(max((calls for calls in told.values() if calls <= used), default=0), most)


def _calls_at(percent: int, limit: int) -> int:
    """With which call the percentage is reached."""
    return -(-limit * percent // PERCENT)
