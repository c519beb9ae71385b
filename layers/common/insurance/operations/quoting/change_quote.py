"""Move a quote on: the customer accepts it, or an underwriter decides a referral."""

from collections.abc import Mapping
from typing import Any

from insurance.domain.contract.terms import ImposedTerms
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    FieldFault,
    InvalidFields,
    LookUpUnavailable,
    QuoteNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.stored import Stored
from insurance.domain.product import Product
from insurance.domain.quote.quote import UNDERWRITER, Quote, UnderwriterDecision
from insurance.operations.products.ports import Products
from insurance.operations.quoting.ports import Quotes
from insurance.operations.quoting.pricing import imposed_of, price_again, same_currency
from insurance.operations.receipt import Receipt


def accept_quote(
    quote_id: str,
    *,
    expected_revision: int | None,
    caller: Caller,
    quotes: Quotes,
    receipt: Receipt,
) -> Stored[Quote]:
    """The customer takes the offer, while it stands."""
    before = _load(quote_id, expected_revision, caller=caller, quotes=quotes, receipt=receipt)
    return _store(
        before.record.accepted(now=receipt.now), "quote.accepted", before, caller, quotes, receipt
    )


def take_on_quote(
    quote_id: str,
    imposed: ImposedTerms,
    *,
    told: Mapping[str, Mapping[str, Any]],
    reason: str,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    quotes: Quotes,
    receipt: Receipt,
) -> Stored[Quote]:
    """An underwriter takes a referred risk on their terms, which rule price and claim.

    What a look-up had not answered they may have `told`, by source: it prices as if looked up.
    """
    before = _load(quote_id, expected_revision, caller=caller, quotes=quotes, receipt=receipt)
    _authorised(caller, before.record)
    product = products.version(before.record.product)
    quote = before.record.replace(looked_up=_completed(before.record, product, told))
    same_currency(imposed.excess, product.currency, "/excess")
    imposed = _with_earlier(imposed, quote)
    priced = price_again(product, quote, imposed_of(imposed))
    if not priced.covers:
        fault = FieldFault("/exclusions", "nothing-left", "These exclusions leave no cover.")
        raise InvalidFields([fault])
    if priced.premium is None:
        unanswered = [source for source, facts in quote.looked_up.items() if facts is None]
        raise LookUpUnavailable(", ".join(unanswered))
    taken = before.record.taken_on(
        decision=_decision(caller, reason, receipt).replace(supplied=tuple(sorted(told))),
        looked_up=quote.looked_up,
        imposed=imposed,
        covers=priced.covers,
        premium=priced.premium,
    )
    return _store(taken, "quote.referral_accepted", before, caller, quotes, receipt)


def turn_down_quote(
    quote_id: str,
    *,
    reason: str,
    expected_revision: int | None,
    caller: Caller,
    quotes: Quotes,
    receipt: Receipt,
) -> Stored[Quote]:
    """An underwriter declines a referred risk."""
    before = _load(quote_id, expected_revision, caller=caller, quotes=quotes, receipt=receipt)
    _authorised(caller, before.record)
    declined = before.record.turned_down(decision=_decision(caller, reason, receipt))
    return _store(declined, "quote.referral_declined", before, caller, quotes, receipt)


def _completed(
    quote: Quote, product: Product, told: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """What was looked up, and what an underwriter told where nothing was."""
    missing = {source for source, facts in quote.looked_up.items() if facts is None}
    faults = [
        FieldFault(
            f"/looked_up/{source}", "not-missing", "No look-up of this name went unanswered."
        )
        for source in sorted(told.keys() - missing)
    ]
    if faults:
        raise InvalidFields(faults)
    read = {source: dict(product.read_look_up(source, facts)) for source, facts in told.items()}
    return quote.looked_up | read


def _authorised(caller: Caller, quote: Quote) -> None:
    """Each referral that is decided now names the role that may do so."""
    for role in {found.authority or UNDERWRITER for found in quote.referrals} or {UNDERWRITER}:
        caller.require_role(role)


def _with_earlier(imposed: ImposedTerms, quote: Quote) -> ImposedTerms:
    """The terms of this decision, beside those of earlier ones on the same quote."""
    earlier = quote.imposed
    if quote.decision is None or earlier is None:
        return imposed
    return ImposedTerms(
        load=earlier.load if imposed.load is None else imposed.load,
        excess=imposed.excess or earlier.excess,
        exclusions=tuple(dict.fromkeys(earlier.exclusions + imposed.exclusions)),
    )


def _load(
    quote_id: str,
    expected_revision: int | None,
    *,
    caller: Caller,
    quotes: Quotes,
    receipt: Receipt,
) -> Stored[Quote]:
    before = quotes.load(quote_id, receipt)
    if not caller.sees(quote_id, before.record.partner):
        raise QuoteNotFound(quote_id)
    if expected_revision is not None and expected_revision != before.head.sequence:
        raise StaleRevision(quote_id)
    return before


def _store(  # noqa: PLR0917 - the loaded quote, and what storing it takes
    quote: Quote, type: str, before: Stored[Quote], caller: Caller, quotes: Quotes, receipt: Receipt
) -> Stored[Quote]:
    if before.key is None:
        raise ValueError("a quote that was erased cannot move")
    event = Event.following(
        before.head,
        quote,
        before.key,
        stream=quote.id,
        type=type,
        actor=caller.principal,
        now=receipt.now,
    )
    kept = Stored(quote, event.head, before.key)
    quotes.change(event, quote, before=before, receipt=receipt.answered(kept))
    return kept


def _decision(caller: Caller, reason: str, receipt: Receipt) -> UnderwriterDecision:
    return UnderwriterDecision(underwriter=caller.principal, reason=reason, decided_at=receipt.now)
