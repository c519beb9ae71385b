"""Make a quote: price a risk, and keep the offer for as long as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from insurance.domain.core.caller import Caller
from insurance.domain.core.identity import Mode, new_quote_id
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Policyholder
from insurance.domain.quote.quote import Quote, status_of
from insurance.operations.parties.ports import Keys
from insurance.operations.products.ports import Products
from insurance.operations.quoting.ports import LookUps, Quotes
from insurance.operations.quoting.pricing import Priced, price_new
from insurance.operations.receipt import Receipt


@dataclass(frozen=True, slots=True)
class RiskAsked:
    """What a caller asks a price for."""

    product: str
    start: date
    policyholder: Policyholder
    answers: Mapping[str, Any]
    options: tuple[str, ...]
    territory: str
    producer: str | None


def preview_quote(
    asked: RiskAsked, *, mode: Mode, products: Products, look_ups: LookUps, now: datetime
) -> Priced:
    """What the quote would say; nothing is kept."""
    return price_new(
        products.on_sale(asked.product, now.date(), mode),
        start=asked.start,
        answers=dict(asked.answers),
        options=asked.options,
        territory=asked.territory,
        look_ups=look_ups,
        now=now,
    )


def make_quote(
    asked: RiskAsked,
    *,
    caller: Caller,
    carrier: str,
    products: Products,
    look_ups: LookUps,
    quotes: Quotes,
    keys: Keys,
    receipt: Receipt,
) -> Stored[Quote]:
    """Store the offer: one conditional write, which is its own receipt."""
    priced = preview_quote(
        asked, mode=caller.mode, products=products, look_ups=look_ups, now=receipt.now
    )
    quote = _quote(asked, priced, caller=caller, carrier=carrier, receipt=receipt)
    key = keys.new()
    event = quote.made(key)
    kept = Stored(quote, event.head, key)
    quotes.add(event, quote, key=key, receipt=receipt.answered(kept))
    return kept


def _quote(
    asked: RiskAsked, priced: Priced, *, caller: Caller, carrier: str, receipt: Receipt
) -> Quote:
    product = priced.product
    return Quote(
        id=new_quote_id(caller.mode, caller.principal, receipt.key),
        partner=caller.partner,
        producer=asked.producer,
        carrier=carrier,
        product=product.ref,
        period=priced.period,
        territory=asked.territory,
        options=tuple(priced.risk.covers),
        policyholder=asked.policyholder,
        answers=dict(priced.risk.answers.to_json()),
        looked_up=priced.looked_up,
        status=status_of(priced.offer.outcome, priced.findings),
        findings=priced.findings,
        covers=priced.covers,
        premium=priced.premium,
        created_at=receipt.now,
        created_by=caller.principal,
        valid_until=_valid_until(product.expires_at(receipt.now), priced, receipt.now),
    )


def _valid_until(stands_until: datetime, priced: Priced, now: datetime) -> datetime:
    """As long as the product lets an offer stand, but not beyond the first day of its cover."""
    first_day_ends = priced.period.start + timedelta(days=1)
    return min(stands_until, max(first_day_ends, now + timedelta(hours=1)))
