"""In whose feeds an event stands."""

from collections.abc import Callable, Iterator

from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.events.feed import Feed, feed_of, is_for_subscribers

type PartnersWith = Callable[[Mode, str], Iterator[str]]
"""The partners of a mode that have an API product, each once."""


def feeds_told(event: Event, partners_with: PartnersWith) -> Iterator[Feed]:
    """The feed of the partner whose the object is; of an API product, those of all that have it."""
    if is_for_subscribers(event):
        yield from (
            Feed(event.mode, partner) for partner in partners_with(event.mode, event.facts["code"])
        )
    elif feed := feed_of(event):
        yield feed
