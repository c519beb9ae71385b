"""Read a quote."""

from insurance.domain.core.errors import QuoteNotFound
from insurance.domain.core.stored import Stored
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Query
from insurance.operations.quoting.ports import QuotingPorts


def read_quote(quote_id: str, query: Query, ports: QuotingPorts) -> Stored[Quote]:
    """The quote as it stands.

    Raises:
        QuoteNotFound: The quote does not exist, or belongs to another partner.
    """
    stored = ports.quotes.get(quote_id)
    if not query.caller.sees(quote_id, stored.record.partner, stored.record.party):
        raise QuoteNotFound(quote_id)
    return stored
