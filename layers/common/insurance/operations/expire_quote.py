"""Expire a quote that somebody acted on and nothing came of."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.errors import QuoteNotFound
from insurance.domain.event import Event
from insurance.domain.identity import mode_of
from insurance.domain.quote import NEXT, Step
from insurance.operations.by_clockwork import CLOCKWORK, receipt_for
from insurance.operations.ports import Quotes


@dataclass(frozen=True, slots=True)
class QuoteExpirer:
    """The look at a quote whose time is over."""

    quotes: Quotes

    def look(self, quote_id: str, now: datetime) -> datetime | None:
        """Expire it if it is still open; there is nothing to look at afterwards."""
        try:
            was = self.quotes.get(quote_id)
        except QuoteNotFound:
            return None
        quote = was.record
        if was.key is None or (quote.status, Step.EXPIRE) not in NEXT:
            return None
        if now < quote.valid_until:
            return quote.valid_until
        receipt = receipt_for(mode_of(quote_id), "expire", quote_id, now)
        expired = quote.expired()
        event = Event.following(
            was.head,
            expired,
            was.key,
            stream=quote_id,
            type="quote.expired",
            actor=CLOCKWORK,
            now=now,
            effective_at=quote.valid_until,
        )
        self.quotes.change(event, expired, was=was, receipt=receipt.answered(None))
        return None
