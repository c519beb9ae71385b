"""Register the last event of streams, apart from their delivery: whatever a consumer lacks is known then."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import NamedTuple

from insurance.domain.core.delivery import Consumer, Delivery
from insurance.operations.delivery.deliver_streams import keep
from insurance.operations.delivery.streams import Deliveries


class LastEvent(NamedTuple):
    """The last event of a stream that was seen."""

    sequence: int
    at: datetime
    """When the first of those that were seen was appended."""


def register_heads(heads: Mapping[str, LastEvent], deliveries: Deliveries) -> int:
    """Register the heads that are not known yet; how many streams wait for their delivery.

    Raises:
        Unavailable: Others wrote where a stream stands at every attempt.
    """
    waiting = 0
    for before in deliveries.read(tuple(heads)):
        head = heads[before.stream]
        if before.head < head.sequence:
            keep(before, partial(_registered, head=head), deliveries)
            waiting += 1
    return waiting


def take_back(
    consumers: Collection[Consumer], positions: Mapping[str, LastEvent], deliveries: Deliveries
) -> int:
    """Let consumers have no event after these numbers: they are given them again. The number of streams.

    Raises:
        Unavailable: Others wrote where a stream stands at every attempt.
    """
    for before in deliveries.read(tuple(positions)):
        to = positions[before.stream]
        keep(before, partial(_taken_back, consumers=consumers, to=to), deliveries)
    return len(positions)


def _taken_back(standing: Delivery, *, consumers: Collection[Consumer], to: LastEvent) -> Delivery:
    return standing.taken_back(consumers, to.sequence, to.at)


def _registered(standing: Delivery, *, head: LastEvent) -> Delivery:
    return standing.registered(head.sequence, head.at)
