"""What a partner is told of events. It is no more than where to look: the object's own view tells the rest."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.api.paging import Page
from insurance.domain.events.feed import EventObject, Told
from insurance.operations.notifications.read_feed import FeedPage


class EventObjectView(BaseModel):
    """What an event tells of."""

    kind: EventObject
    """What it is."""
    id: str
    """Its id, by which it is read."""


class ToldEventView(BaseModel):
    """An event as a partner is told of it."""

    id: str
    """Of the event: the same each time that it is told."""
    type: str
    """What happened: a type of the event catalogue."""
    object: EventObjectView
    """What it happened to."""
    sequence: int
    """The event's number in the history of its object. Numbers may be missing: they are the insurer's own work."""
    occurred_at: datetime
    """When it happened."""

    @classmethod
    def of(cls, told: Told) -> Self:
        return cls(
            id=told.id,
            type=told.type,
            object=EventObjectView(kind=told.object, id=told.stream),
            sequence=told.sequence,
            occurred_at=told.at,
        )


class EventListView(BaseModel):
    """A page of events, in the order in which they arrived: those of one object in the order in which they happened."""

    items: list[ToldEventView]
    next: str
    """Where to go on: also where the list ends, for the events that will come."""

    @classmethod
    def of(cls, found: FeedPage, *, page: Page) -> Self:
        items = [ToldEventView.of(each) for each in found.items]
        return cls(items=items, next=page.next(found.next))
