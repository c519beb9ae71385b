"""A partner's feed: what it reads of each event of its own book, and whose event it is. Nothing in it is personal."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.events.catalogue import CATALOGUE, Audience

KEPT: Final = timedelta(days=30)
"""How long an event stays in the feed, at least."""


class EventObject(StrEnum):
    """What an event tells of: where the object is read."""

    QUOTE = "quote"
    POLICY = "policy"
    BILLING_ACCOUNT = "billing_account"
    CLAIM = "claim"
    COMPLAINT = "complaint"
    DOCUMENT = "document"
    PARTY = "party"
    WEBHOOK = "webhook"
    API_PRODUCT = "api_product"
    """Of nobody's book: every partner that has the product is told."""
    APPLICATION = "application"


_OBJECTS: Final[Mapping[str, EventObject]] = {
    "quo": EventObject.QUOTE,
    "pol": EventObject.POLICY,
    "bil": EventObject.BILLING_ACCOUNT,
    "clm": EventObject.CLAIM,
    "cmp": EventObject.COMPLAINT,
    "doc": EventObject.DOCUMENT,
    "pty": EventObject.PARTY,
    "whk": EventObject.WEBHOOK,
    "apd": EventObject.API_PRODUCT,
    "app": EventObject.APPLICATION,
}
"""By the prefix of the stream: other streams are in nobody's book."""


class Feed(NamedTuple):
    """Whose feed it is. Live and test are apart."""

    mode: Mode
    partner: str


class EventSummary(NamedTuple):
    """What a partner reads of an event, or is sent."""

    stream: str
    """The object's id."""
    sequence: int
    """The event's number among those of its object. Those that a partner is not told of have numbers too."""
    type: str
    at: datetime
    """When it happened: by the caller's own clock in test mode."""

    @property
    def id(self) -> str:
        """The same, however often the event is read or sent."""
        return f"{self.stream}-{self.sequence}"

    @property
    def object(self) -> EventObject:
        return _OBJECTS[self.stream.partition("_")[0]]

    @classmethod
    def of(cls, event: Event) -> "EventSummary":
        return cls(event.stream, event.sequence, event.type, event.processed_at)


def is_for_subscribers(event: Event) -> bool:
    """Whether all partners that have an API product are told of it."""
    is_of_product = _OBJECTS.get(event.stream.partition("_")[0]) is EventObject.API_PRODUCT
    return is_of_product and CATALOGUE[event.type].audience is not Audience.INTERNAL


def is_told_to(event: Event, feed: Feed) -> bool:
    """Whether a partner may be told of an event: one of its own book, or of an API product."""
    return feed_of(event) == feed or (is_for_subscribers(event) and event.mode is feed.mode)


def feed_of(event: Event) -> Feed | None:
    """In whose feed an event stands: the partner's in whose book its object is as the event left it.

    None: it is the insurer's own work, or the object is in no partner's book.
    """
    if _OBJECTS.get(event.stream.partition("_")[0]) in {None, EventObject.API_PRODUCT}:
        return None
    if CATALOGUE[event.type].audience is Audience.INTERNAL:
        return None
    partner = event.facts.get("partner")
    return Feed(event.mode, partner) if partner else None
