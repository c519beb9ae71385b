"""Broken links: where a stream, or the chain of roots, is not what was recorded."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from insurance.domain.core.event import GENESIS, Event


class LinkFault(StrEnum):
    """What is wrong. The values are part of the API."""

    CHANGED = "changed"
    """The event does not have the hash of what it says."""
    MISSING = "missing"
    """The event is not there, and a later one is."""
    UNLINKED = "unlinked"
    """The event names another event before it than the one that stands there."""
    CUT = "cut"
    """The stream ends before this event, which was recorded."""
    FORKED = "forked"
    """Another event was recorded under this number: from here on the stream was written anew."""
    NOT_IN_ROOT = "not_in_root"
    """What the audit table says of this event does not lead to the signed root."""
    ROOT_CHANGED = "root_changed"
    """The root, its signature or its streams are not what was signed and locked away."""
    ROOT_UNLINKED = "root_unlinked"
    """The root names another root before it than the one that stands there."""
    ROOT_MISSING = "root_missing"
    """There is no root of this number, or of this day."""


class BrokenLink(NamedTuple):
    """The first place at which something is wrong."""

    stream: str
    """The stream, or `roots` for the chain of roots."""
    sequence: int
    """The number of the event, or of the root."""
    fault: LinkFault


class DamagedEvent(NamedTuple):
    """An event that cannot be read."""

    sequence: int


class Recorded(NamedTuple):
    """What is known of a stream apart from its events."""

    hashes: dict[int, bytes]
    """The hashes of events by number, as roots and delivery recorded them."""
    last: int
    """The number of the last event that was recorded."""


class Checked(NamedTuple):
    """How far a stream holds."""

    intact: Sequence[Event]
    """The events up to the first broken link."""
    broken: BrokenLink | None


def check_stream(
    stream: str,
    events: Iterable[Event | DamagedEvent],
    recorded: Recorded,
    *,
    after: int = 0,
    previous: bytes | None = None,
) -> Checked:
    """Follow a stream from the event behind number `after` on, as far as it is what was recorded.

    Args:
        stream: The id of the stream.
        events: Its events behind number `after`, in order.
        recorded: What was recorded of these events.
        after: The number of the event before the first of them.
        previous: The hash of that event; None: it is taken on trust. The first event of all has its own.
    """
    intact: list[Event] = []
    number, before = after, previous if after else GENESIS
    for event in events:
        number += 1
        fault = _fault(event, number, before, recorded.hashes.get(number))
        if fault is not None or isinstance(event, DamagedEvent):
            return Checked(intact, BrokenLink(stream, number, fault or LinkFault.CHANGED))
        intact.append(event)
        before = event.hash
    if number < recorded.last:
        return Checked(intact, BrokenLink(stream, number + 1, LinkFault.CUT))
    return Checked(intact, None)


def _fault(
    event: Event | DamagedEvent, number: int, before: bytes | None, recorded: bytes | None
) -> LinkFault | None:
    if event.sequence != number:
        return LinkFault.MISSING
    if isinstance(event, DamagedEvent):
        return LinkFault.CHANGED
    if event.digest() != event.hash:
        return LinkFault.CHANGED
    if before not in {None, event.previous_hash}:
        return LinkFault.UNLINKED
    if recorded not in {None, event.hash}:
        return LinkFault.FORKED
    return None
