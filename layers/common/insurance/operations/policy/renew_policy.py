"""Renew a policy: offer the next term, at a price that knows the last one and its claims."""

from datetime import datetime

from insurance.domain.claim.past_claims import past_losses
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.identity import mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.policy.renewal import RenewalOffer, renewal_terms
from insurance.domain.product import Product
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Keys
from insurance.operations.policy.ports import Renewals
from insurance.operations.products.ports import Products
from insurance.operations.quoting.find_facts import find_facts
from insurance.operations.quoting.ports import LookUps, Quotes


def preview_renewal(
    policy_id: str,
    *,
    caller: Caller,
    products: Products,
    look_ups: LookUps,
    renewals: Renewals,
    now: datetime,
) -> RenewalOffer:
    """The next term: changed answers, looked up anew, and its price; nothing is kept."""
    kept, claims = renewals.expiring(policy_id)
    policy = kept.record
    if not caller.sees(policy_id, policy.partner):
        raise PolicyNotFound(policy_id)
    losses = past_losses(claims, products.version(policy.product))
    terms = renewal_terms(policy, losses, next_version(policy, products), now=now)
    return terms.priced(find_facts(terms.look_ups, look_ups))


def offer_renewal(
    policy_id: str,
    *,
    caller: Caller,
    products: Products,
    look_ups: LookUps,
    renewals: Renewals,
    quotes: Quotes,
    keys: Keys,
    receipt: Idempotency,
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
    quote = offered.quote(now=receipt.now, created_by=caller.principal)
    key = keys.new()
    event = quote.made(key)
    kept = Stored(quote, event.head, key)
    quotes.add(event, quote, key=key, command=Command(caller, receipt).with_answer(kept))
    return kept


def next_version(policy: Policy, products: Products) -> Product:
    """The product version that is renewed on, on the day on which the term ends where the risk is."""
    zone = products.version(policy.product).zone
    day = policy.period.end.astimezone(zone).date()
    return products.for_renewal(policy.product.code, day, mode_of(policy.id))
