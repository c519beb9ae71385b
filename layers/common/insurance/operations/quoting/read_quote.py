"""Read a quote of one's own book."""

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import QuoteNotFound
from insurance.domain.core.stored import Stored
from insurance.domain.quote.quote import Quote
from insurance.operations.quoting.ports import Quotes


def read_quote(quote_id: str, *, caller: Caller, quotes: Quotes) -> Stored[Quote]:
    """Another partner's quote is as unknown as one that never was."""
    kept = quotes.get(quote_id)
    if not caller.sees(quote_id, kept.record.partner):
        raise QuoteNotFound(quote_id)
    return kept
