"""The agenda: what must be looked at again, and when, without a caller who asks for it.

An entry says no more than "look at this then". What is done is decided on what stands when it is
looked at, so an entry that comes twice, late or for nothing does no harm.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime

from insurance.domain.core.identity import Mode, fingerprint
from insurance.domain.core.value import Value

SHARDS = 8
"""Of each kind in the live book, so that no partition takes all writes."""

LIVE = "live"

TRIES_MAX = 5
"""Runs that an entry may fail in before it goes to a person."""


class Kind(StrEnum):
    """What it is looked at for."""

    QUOTE = "quote"
    """An open quote that somebody acted on, to expire."""
    RENEWAL = "renewal"
    """A policy whose next term is to be offered."""
    BILLING = "billing"
    """A policy's instalments, arrears and notices."""
    EARNING = "earning"
    """A policy's premium, earned by the month."""
    CLAIM = "claim"
    """A claim on which a regulator's deadline runs."""
    COMPLAINT = "complaint"
    """The same of a complaint."""
    LIMIT = "limit"
    """A claim that used a limit which stands again for a premium."""


def _whole(instant: datetime) -> datetime:
    """To the second, upwards: so that instants sort as they are written."""
    return (
        instant
        if not instant.microsecond
        else instant.replace(microsecond=0) + timedelta(seconds=1)
    )


class Entry(Value):
    """Look at this then."""

    kind: Kind
    subject: str
    """The id of the quote, policy, claim or complaint."""
    book: str
    due_at: Annotated[AwareDatetime, AfterValidator(_whole)]

    @property
    def shard(self) -> int:
        return fingerprint(self.subject)[0] % shards_of(self.book)

    def moved(self, due_at: datetime) -> Self:
        return self.replace(due_at=_whole(due_at))


def book_of(mode: Mode, partner: str) -> str:
    """Live policies stand in one book; each partner's test policies in one of their own, which
    keeps that partner's time."""
    return LIVE if mode is Mode.LIVE else f"{Mode.TEST}#{partner}"


def shards_of(book: str) -> int:
    return SHARDS if book == LIVE else 1
