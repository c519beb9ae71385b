"""Expire a quote that was accepted and not issued in time."""

from datetime import datetime

from insurance.domain.core.errors import QuoteNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.identity import mode_of
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.quote import NEXT, QuoteStep
from insurance.operations.quoting.ports import Quotes
from insurance.operations.system_command import command_for


def expire_quote(quote_id: str, now: datetime, quotes: Quotes) -> datetime | None:
    """Expire an accepted quote that was not issued in time.

    Returns when to run again: at the end of its validity, if that is still to come.

    Raises:
        StaleRevision: Somebody else has changed the quote meanwhile.
    """
    try:
        before = quotes.get(quote_id)
    except QuoteNotFound:
        return None
    quote = before.record
    if before.key is None or (quote.status, QuoteStep.EXPIRE) not in NEXT:
        return None
    if now < quote.valid_until:
        return quote.valid_until
    command = command_for(mode_of(quote_id), "expire", quote_id, now)
    expired = quote.expired()
    event = Event.following(
        before.head,
        expired,
        before.key,
        stream=quote_id,
        type=QuoteEventType.EXPIRED,
        actor=SYSTEM_ACTOR,
        now=now,
        effective_at=quote.valid_until,
    )
    quotes.change(event, expired, before=before, command=command.with_answer(None))
    return None
