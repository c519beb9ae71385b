"""Explain a quote: every step from the answers to the premium."""

from typing import NamedTuple

from insurance.domain.core.stored import Stored
from insurance.domain.quote.pricing import PricedRisk, price_again
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Query
from insurance.operations.quoting.ports import QuotingPorts
from insurance.operations.quoting.read_quote import read_quote


class Explanation(NamedTuple):
    """A quote, and its price computed again on the same version and facts, with its trace."""

    quote: Stored[Quote]
    priced: PricedRisk


def explain_quote(quote_id: str, query: Query, ports: QuotingPorts) -> Explanation:
    """Compute a quote's price again and show how.

    Raises:
        QuoteNotFound: The quote does not exist, or belongs to another partner.
        AlreadyErased: The answers that it was priced on were erased.
    """
    stored = read_quote(quote_id, query, ports)
    quote = stored.record
    product = ports.products.version(quote.product)
    return Explanation(stored, price_again(product, quote, quote.imposed))
