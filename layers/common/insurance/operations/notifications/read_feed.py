"""Read the events of a partner's own book, in the order in which they arrived."""

from collections.abc import Sequence
from typing import NamedTuple

from insurance.domain.core.errors import EventsNoLongerKept, FieldFault, InvalidFields
from insurance.domain.events.feed import EventSummary, Feed
from insurance.operations.command import Query
from insurance.operations.listing import ListRange
from insurance.operations.notifications.ports import FeedPorts


class FeedPage(NamedTuple):
    """Part of a feed."""

    items: Sequence[EventSummary]
    next: int
    """The place behind which the next page starts: also at the end, for what will come."""


def read_feed(part: ListRange, query: Query, ports: FeedPorts) -> FeedPage:
    """The events that follow a place in the feed of the caller's own book; from the oldest one where none is named.

    Who goes on from `next` misses no event: a page ends before the first one that cannot be read yet.

    Raises:
        EventsNoLongerKept: What follows the place is so old that it is not kept.
        InvalidFields: The feed has no such place.
    """
    feed = Feed(query.caller.mode, query.caller.partner)
    extent = ports.feeds.extent(feed, now=query.received_at)
    after = _place(part.after) if part.after else extent.oldest - 1
    if after > extent.last:
        raise _unknown_cursor()
    if after + 1 < extent.oldest:
        raise EventsNoLongerKept
    wanted = range(after + 1, min(after + part.limit, extent.last) + 1)
    events = ports.feeds.read(feed, wanted) if wanted else ()
    visible = [each for each, number in zip(events, wanted, strict=False) if each.number == number]
    return FeedPage([each.summary for each in visible], after + len(visible))


def _place(after: str) -> int:
    if not (after.isascii() and after.isdecimal()):
        raise _unknown_cursor()
    return int(after)


def _unknown_cursor() -> InvalidFields:
    return InvalidFields([FieldFault("after", "unknown-cursor", "This list gave no such cursor.")])
