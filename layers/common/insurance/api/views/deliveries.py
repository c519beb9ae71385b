"""How the delivery of events is shown: which stream lacks what, at which consumer."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from insurance.domain.core.delivery import Consumer, Delivery


class LackView(BaseModel):
    """A consumer of events (the books, the bank's queue, the bus and so on) that lacks the last of a stream."""

    consumer: Consumer
    has: int
    """The number of the last event that it has."""


class SetAsideView(BaseModel):
    """An event that a consumer cannot take, however often it is tried; it waits for a person."""

    consumer: Consumer
    sequence: int
    reason: str


class GapView(BaseModel):
    """A stream of which some consumer lacks an event for longer than half a minute."""

    stream: str
    head: int
    """The number of its last event."""
    since: datetime | None
    lacking: list[LackView]
    set_aside: list[SetAsideView]

    @classmethod
    def of(cls, found: Delivery) -> Self:
        lacking = found.lacking.items()
        return cls(
            stream=found.stream,
            head=found.head,
            since=found.since,
            lacking=[LackView(consumer=consumer, has=has) for consumer, has in lacking],
            set_aside=[SetAsideView(**entry._asdict()) for entry in found.set_aside],
        )
