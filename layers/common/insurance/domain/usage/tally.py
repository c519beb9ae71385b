"""What is counted of calls. Tallies add up: those of days to that of a month."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Self

from insurance.domain.usage.call import CallOutcome, LoggedCall, outcome_of
from insurance.domain.usage.latency import bucket_of, percentile


@dataclass(slots=True)
class Tally:
    """Calls by HTTP status, how long they took, and how much was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: Counter[int] = field(default_factory=Counter)
    """Calls by the bucket of their time."""
    bytes: int = 0

    @classmethod
    def of(cls, tallies: Iterable["Tally"]) -> Self:
        """The sum."""
        total = cls()
        for tally in tallies:
            total.statuses.update(tally.statuses)
            total.latencies.update(tally.latencies)
            total.bytes += tally.bytes
        return total

    def add(self, call: LoggedCall) -> None:
        self.statuses[call.status] += 1
        self.latencies[bucket_of(call.latency_ms)] += 1
        self.bytes += call.bytes

    @property
    def calls(self) -> int:
        return self.statuses.total()

    @property
    def outcomes(self) -> Counter[CallOutcome]:
        outcomes: Counter[CallOutcome] = Counter()
        for status, calls in self.statuses.items():
            outcomes[outcome_of(status)] += calls
        return outcomes

    def answered_within(self, percent: int) -> int | None:
        """Milliseconds within which this share of the calls was answered."""
        return percentile(self.latencies, percent)


class UsageRow(NamedTuple):
    """What an application called of one operation on one day, as one month's statement has it."""

    month: str
    """Whose statement it stands in: of the day, or a later one for lines that came after that was final."""
    application: str
    day: date
    operation: str
    tally: Tally

    @property
    def position(self) -> str:
        """Where it stands in the list of an application's usage."""
        return f"{self.month}#{self.day.isoformat()}#{self.operation}"
