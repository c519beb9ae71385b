"""Count the calls of a delivery of the access log."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from insurance.domain.usage.call import LoggedCall
from insurance.domain.usage.months import AHEAD_AT_MOST, LATE_AT_MOST
from insurance.operations.usage.ports import MeterTime, UsagePorts


class CountReport(NamedTuple):
    """What became of the calls of a delivery."""

    counted: int
    """How many were not counted before."""
    refused: Sequence[LoggedCall]
    """Those that are too old to know whether they were counted, or of a time to come."""


def count_calls(
    stream: str, calls: Sequence[LoggedCall], ports: UsagePorts, *, now: datetime
) -> CountReport:
    """Count calls of one log stream, each once.

    Raises:
        Unavailable: Others counted calls of the same seconds and stream at every attempt.
    """

    def is_of_our_time(call: LoggedCall) -> bool:
        return now - LATE_AT_MOST < call.at < now + AHEAD_AT_MOST

    known = [call for call in calls if is_of_our_time(call)]
    counted = ports.meter.count(stream, known, MeterTime(now, ports.kept_days()))
    return CountReport(counted, [call for call in calls if not is_of_our_time(call)])
