"""Read a quote of one's own book."""

from insurance.domain.caller import Caller
from insurance.domain.errors import QuoteNotFound
from insurance.domain.quote import Quote
from insurance.operations.ports import Kept, Quotes


def read_quote(quote_id: str, *, caller: Caller, quotes: Quotes) -> Kept[Quote]:
    """Another partner's quote is as unknown as one that never was."""
    kept = quotes.get(quote_id)
    if not caller.sees(quote_id, kept.record.partner):
        raise QuoteNotFound(quote_id)
    return kept
