"""Renew a policy: offer the next term, at a price that knows the last one and its claims."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from insurance.domain.claim import Claim
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    AlreadyErased,
    PolicyNotFound,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.core.identity import mode_of, renewal_quote_id_for
from insurance.domain.core.period import Period
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.product import Product
from insurance.domain.product.results import fault_of
from insurance.domain.quote.pricing import (
    Priced,
    carried_risk,
    imposed_of,
    last_price,
    past_claims,
)
from insurance.domain.quote.quote import Held, PastLoss, Quote, Renewing, status_of
from insurance.operations.parties.ports import Keys
from insurance.operations.policy.ports import Renewals
from insurance.operations.products.ports import Products
from insurance.operations.quoting.ports import LookUps, Quotes
from insurance.operations.receipt import Receipt

LAST_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class RenewalOffered:
    """The next term as it is offered, and what it stands on."""

    policy: Policy
    """As it stands in its last moment."""
    priced: Priced
    renewing: Renewing


def preview_renewal(
    policy_id: str,
    *,
    caller: Caller,
    products: Products,
    look_ups: LookUps,
    renewals: Renewals,
    now: datetime,
) -> RenewalOffered:
    """The next term: changed answers, looked up anew, and its price; nothing is kept."""
    kept, claims = renewals.expiring(policy_id)
    policy = kept.record
    if not caller.sees(policy_id, policy.partner):
        raise PolicyNotFound(policy_id)
    if policy.answers is None:
        raise AlreadyErased(policy_id)
    end = policy.period.end
    if policy.non_renewal is not None:
        raise WrongState(policy_id, "not to be renewed", "be renewed")
    if not policy.covers_at(end - LAST_MOMENT):
        raise WrongState(policy_id, "not in force at its end", "be renewed")
    product = next_version(policy, products)
    invited_from = end - timedelta(days=product.renewals.invite_days)
    if not invited_from <= now < end:
        raise TermsNotOffered(f"a renewal before {invited_from.isoformat()} or after the term")
    last = policy.at(end - LAST_MOMENT)
    renewing = Renewing(
        policy_id=policy_id,
        last=last.premium,
        claims=_losses(claims, products.version(policy.product)),
        held=Held(since=policy.insured_since, covers=policy.held_at(end - LAST_MOMENT)),
        shares_with=(policy.shares_with or policy.id) if product.claims.for_life else None,
    )
    before = carried_risk(product, last)
    found = product.renew(
        before,
        last=last_price(renewing),
        claims=past_claims(renewing),
        looked_up={
            one.source: look_ups.find(one.source, one.key)
            for one in product.look_ups(before.answers)
        },
        imposed=imposed_of(last.imposed),
    )
    first, ends = product.period(found.risk.start, found.risk.answers)
    priced = Priced(
        product, found.risk, Period(start=first, end=ends), found.offer, found.new_business
    )
    return RenewalOffered(last, priced, renewing)


def offer_renewal(
    policy_id: str,
    *,
    caller: Caller,
    products: Products,
    look_ups: LookUps,
    renewals: Renewals,
    quotes: Quotes,
    keys: Keys,
    receipt: Receipt,
) -> Stored[Quote]:
    """Keep the offer as a quote, once for each policy; accepted and issued, it is the next policy."""
    offered = preview_renewal(
        policy_id,
        caller=caller,
        products=products,
        look_ups=look_ups,
        renewals=renewals,
        now=receipt.now,
    )
    quote = _quote(offered, caller, receipt)
    key = keys.new()
    event = quote.made(key)
    kept = Stored(quote, event.head, key)
    quotes.add(event, quote, key=key, receipt=receipt.answered(kept))
    return kept


def next_version(policy: Policy, products: Products) -> Product:
    """The product version that is renewed on, on the day on which the term ends where the risk is."""
    zone = products.version(policy.product).zone
    day = policy.period.end.astimezone(zone).date()
    return products.for_renewal(policy.product.code, day, mode_of(policy.id))


def _quote(offered: RenewalOffered, caller: Caller, receipt: Receipt) -> Quote:
    policy, priced = offered.policy, offered.priced
    sold = {cover.code for cover in priced.covers}
    return Quote(
        id=renewal_quote_id_for(policy.id),
        partner=policy.partner,
        producer=policy.producer,
        carrier=policy.carrier,
        product=priced.product.ref,
        period=priced.period,
        territory=policy.territory,
        options=tuple(code for code in priced.risk.covers if code in sold),
        policyholder=policy.policyholder,
        answers=dict(priced.risk.answers.to_json()),
        looked_up=priced.looked_up,
        status=status_of(priced.offer.outcome, priced.findings),
        findings=priced.findings,
        covers=priced.covers,
        premium=priced.premium,
        imposed=policy.imposed,
        renewing=offered.renewing,
        created_at=receipt.now,
        created_by=caller.principal,
        valid_until=policy.period.end,
    )


def _losses(claims: Sequence[Claim], contract: Product) -> tuple[PastLoss, ...]:
    def told(claim: Claim, code: str) -> object:
        return contract.claims.told(claim.cover, claim.facts or {}, code)

    return tuple(
        PastLoss(
            cover=claim.cover,
            counts=claim.counts,
            paid=claim.paid,
            cause=str(told(claim, "cause") or ""),
            fault=fault_of(told(claim, "fault")),
        )
        for claim in claims
    )
