"""Explain a quote: every step from the answers to the premium."""

from insurance.domain.core.caller import Caller
from insurance.domain.core.stored import Stored
from insurance.domain.quote.quote import Quote
from insurance.operations.products.ports import Products
from insurance.operations.quoting.ports import Quotes
from insurance.operations.quoting.pricing import Priced, imposed_of, price_again
from insurance.operations.quoting.read_quote import read_quote


def explain_quote(
    quote_id: str, *, caller: Caller, products: Products, quotes: Quotes
) -> tuple[Stored[Quote], Priced]:
    """The quote, and its price computed again on the same version and facts, with its trace."""
    kept = read_quote(quote_id, caller=caller, quotes=quotes)
    quote = kept.record
    product = products.version(quote.product)
    return kept, price_again(product, quote, imposed_of(quote.imposed))
