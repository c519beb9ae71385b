"""Make a quote: price a risk, and keep the offer for as long as it stands."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from insurance.domain.contract.data_origin import SOURCE, DataOrigin
from insurance.domain.control.stop import Activity, Reach
from insurance.domain.core.identity import named_party, new_quote_id
from insurance.domain.core.stored import Stored
from insurance.domain.quote.pricing import PricedRisk, read_new_risk
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command, Query
from insurance.operations.quoting.find_facts import find_facts
from insurance.operations.quoting.ports import QuoteBasis, QuotingPorts
from insurance.operations.quoting.quoted_party import (
    PartyInput,
    QuotedParty,
    find_quoted_party,
)


class RiskInput(NamedTuple):
    """What a caller wants a price for."""

    product: str
    start: date
    party: PartyInput
    answers: Mapping[str, Any]
    options: tuple[str, ...]
    territory: str
    """Empty: the product's first."""
    producer: str | None
    origin: DataOrigin | None = None
    """The row of a file that asks for it; None: a call does."""


def preview_quote(risk: RiskInput, query: Query, ports: QuotingPorts) -> PricedRisk:
    """Price a risk as a quote would, and store nothing.

    Raises:
        ProductNotFound: No such product is on sale.
        Stopped: A stop holds quotes of this.
        InvalidFields: The product cannot read an answer, or cover would start too early or late.
    """
    return _price(risk, query, ports)


def make_quote(risk: RiskInput, command: Command, ports: QuotingPorts) -> Stored[Quote]:
    """Price a risk and store the offer: one conditional write, which records its own answer. An offer
    for a party that the caller names is written with a check that the party was not erased.

    Raises:
        PartyNotFound: The named party does not exist, or belongs to another partner.
        AlreadyErased: The named party was erased.
        PartyDiffers: The caller states other details than are stored for the party.
        ProcessingRestricted: The party demanded that their data are used for nothing new.
        ProductNotFound: No such product is on sale.
        Stopped: A stop holds quotes of this.
        InvalidFields: The product cannot read an answer, or cover would start too early or late.
        KeyReused: The caller's key has made another quote.
    """
    priced = _price(risk, command, ports)
    party = find_quoted_party(risk.party, command, ports)
    quote = _quote(risk, priced, party, command, ports.carrier)
    event = quote.made(party.key)
    stored = Stored(quote, event.head, party.key)
    ports.quotes.add(
        event,
        quote,
        key=party.key,
        command=command.with_answer(stored),
        basis=QuoteBasis(registered=party.registered, party=party.stored),
    )
    return stored


def _price(risk: RiskInput, call: Command | Query, ports: QuotingPorts) -> PricedRisk:
    product = ports.products.on_sale(risk.product, call.now.date(), call.caller.mode)
    reach = Reach(product.code, risk.territory or product.territories[0], call.caller.partner)
    ports.stops.leased(call.caller.mode).check(Activity.QUOTE, reach, call.received_at)
    new_risk = read_new_risk(
        product,
        start=risk.start,
        answers=dict(risk.answers),
        options=risk.options,
        territory=risk.territory,
        now=call.now,
    )
    facts = find_facts(new_risk.look_ups, ports.look_ups)
    return new_risk.priced({**facts, SOURCE: risk.origin.facts()} if risk.origin else facts)


def _quote(
    risk: RiskInput, priced: PricedRisk, party: QuotedParty, command: Command, carrier: str
) -> Quote:
    caller, now, product = command.caller, command.now, priced.product
    status, findings = priced.judged_for(party.demands)
    quote_id = new_quote_id(caller.mode, caller.principal, command.idempotency.key)
    return Quote(
        id=quote_id,
        party_id=named_party(party.party_id, quote_id) if party.party_id else None,
        partner=caller.partner,
        producer=risk.producer,
        carrier=carrier,
        product=product.ref,
        period=priced.period,
        territory=risk.territory,
        options=tuple(priced.risk.covers),
        policyholder=party.policyholder,
        answers=dict(priced.risk.answers.to_json()),
        looked_up=priced.looked_up,
        status=status,
        findings=findings,
        covers=priced.covers,
        premium=priced.premium,
        created_at=now,
        created_by=caller.principal,
        valid_until=_valid_until(product.expires_at(now), priced, now),
    )


def _valid_until(stands_until: datetime, priced: PricedRisk, now: datetime) -> datetime:
    """As long as the product lets an offer stand, but not beyond the first day of its cover."""
    first_day_ends = priced.period.start + timedelta(days=1)
    return min(stands_until, max(first_day_ends, now + timedelta(hours=1)))
