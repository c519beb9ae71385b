"""Expire a quote that somebody acted on and nothing came of."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.core.errors import QuoteNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.identity import mode_of
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.quote import NEXT, QuoteStep
from insurance.operations.quoting.ports import Quotes
from insurance.operations.system_command import command_for


@dataclass(frozen=True, slots=True)
class QuoteExpirer:
    """The look at a quote whose time is over."""

    quotes: Quotes

    def look(self, quote_id: str, now: datetime) -> datetime | None:
        """Expire it if it is still open; there is nothing to look at afterwards."""
        try:
            before = self.quotes.get(quote_id)
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
        self.quotes.change(event, expired, before=before, command=command.with_answer(None))
        return None
