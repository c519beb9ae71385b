"""Renew a policy: offer the next term, at a price that takes account of its claims."""

from contextlib import suppress

from insurance.domain.claim.past_claims import past_claims
from insurance.domain.control.stop import Activity, Reach
from insurance.domain.core.errors import AlreadyErased, PolicyNotFound, QuoteNotFound, WrongState
from insurance.domain.core.event import Event
from insurance.domain.core.identity import QuoteId, mode_of, renewal_quote_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.party.demands import check_offer
from insurance.domain.policy import Policy
from insurance.domain.policy.renewal import RenewalOffer, renewal_terms
from insurance.domain.product import Product
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.pricing import territory_of
from insurance.domain.quote.quote import Quote, QuoteStatus, RenewalBasis
from insurance.operations.command import Command, Query
from insurance.operations.policy.ports import ExpiringPolicy, RenewalPorts
from insurance.operations.products.ports import Products
from insurance.operations.quoting.find_facts import find_facts
from insurance.operations.quoting.ports import QuoteBasis, Quotes


def preview_renewal(policy_id: str, query: Query, ports: RenewalPorts) -> RenewalOffer:
    """The next term as it would be offered now; nothing is stored.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
        AlreadyErased: The policy's answers were erased.
        WrongState: Another term is not wanted, or there is no cover at the term's end.
        TermsNotOffered: It is too early for an invitation, or the term is over.
        Stopped: A stop holds renewals of this.
    """
    return _offer(policy_id, query, ports)[0]


def offer_renewal(policy_id: str, command: Command, ports: RenewalPorts) -> Stored[Quote]:
    """Store the offer as a quote, once for each holder of a policy; accepted and issued, it is the next policy.

    It is made for the policy's party: policy and renewal are sealed with the same key.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
        AlreadyErased: The policyholder's personal data were erased.
        ProcessingRestricted: The policyholder demanded that their data are used for nothing new.
        WrongState: Another term is not wanted, was issued to a former holder, or there is no cover at the term's end.
        TermsNotOffered: It is too early for an invitation, or the term is over.
        Stopped: A stop holds renewals of this.
        KeyReused: The offer was made before, by another request.
    """
    offer, expiring = _offer(policy_id, command, ports)
    key, demands = expiring.policy.key, expiring.demands
    if key is None:
        raise AlreadyErased(policy_id)
    check_offer(expiring.policy.record.party, demands)
    quote_id = offer_id_of(expiring.policy.record, ports.quotes)
    quote = offer.quote(quote_id, demands, now=command.now, created_by=command.actor)
    event = quote.made(key)
    stored = Stored(quote, event.head, key)
    basis = QuoteBasis(policy=expiring.policy)
    ports.quotes.add(event, quote, key=key, command=command.with_answer(stored), basis=basis)
    return stored


def find_offer(command: Command, policy_id: str, ports: RenewalPorts) -> None:
    """Look for the offer that this call made before.

    Raises:
        AlreadyAnswered: It is there.
        KeyReused: It was made by another request.
    """
    with suppress(PolicyNotFound, WrongState):
        policy = ports.renewals.expiring(policy_id).policy.record
        ports.quotes.find_replay(command, quote_id=offer_id_of(policy, ports.quotes))


def offer_id_of(policy: Policy, quotes: Quotes) -> QuoteId:
    """The id of the offer to who holds the policy: its first one, or their own if that was made to a former holder.

    Raises:
        WrongState: The next term was issued to a former holder.
    """
    own = renewal_quote_id_for(policy.id)
    if not policy.former_holders:
        return own
    former = {each.party_id for each in policy.former_holders} - {policy.party}
    for party in (None, *sorted(former)):
        with suppress(QuoteNotFound):
            earlier = quotes.get(renewal_quote_id_for(policy.id, party)).record
            if earlier.party == policy.party:
                continue
            if earlier.status is QuoteStatus.BOUND:
                raise WrongState(policy.id, "renewed for a former holder", "be renewed")
            if party is None:
                own = renewal_quote_id_for(policy.id, policy.party)
    return own


def offer_again(
    offered: Stored[Quote], basis: RenewalBasis, command: Command, ports: RenewalPorts
) -> Stored[Quote]:
    """Put an open offer right that the policy has overtaken since.

    Raises:
        AlreadyErased: The policyholder's personal data were erased.
        ProcessingRestricted: The policyholder demanded that their data are used for nothing new.
        WrongState: Another term is not wanted, or there is no cover at the term's end.
        TermsNotOffered: The term is over.
        StaleRevision: The offer has changed since it was read.
    """
    offer, expiring = _offer(basis.policy_id, command, ports)
    if offered.key is None:
        raise AlreadyErased(basis.policy_id)
    check_offer(expiring.policy.record.party, expiring.demands)
    quote = offer.put_right(offered.record, expiring.demands)
    event = Event.following(
        offered.head,
        quote,
        offered.key,
        stream=quote.id,
        type=QuoteEventType.OFFERED_AGAIN,
        actor=command.actor,
        now=command.now,
    )
    stored = Stored(quote, event.head, offered.key)
    ports.quotes.change(event, quote, before=offered, command=command.with_answer(stored))
    return stored


def next_version(policy: Policy, products: Products) -> Product:
    """The product version of the next term: the one on sale where the risk is when the term ends."""
    zone = products.version(policy.product).zone
    day = policy.period.end.astimezone(zone).date()
    return products.for_renewal(policy.product.code, day, mode_of(policy.id))


def _offer(
    policy_id: str, call: Command | Query, ports: RenewalPorts
) -> tuple[RenewalOffer, ExpiringPolicy]:
    """The offer, and what it was made of."""
    expiring = ports.renewals.expiring(policy_id)
    policy, products = expiring.policy.record, ports.products
    if not call.caller.sees(policy_id, policy.partner, policy.party):
        raise PolicyNotFound(policy_id)
    product = products.version(policy.product)
    reach = Reach(product.code, territory_of(policy, product), policy.partner)
    expiring.stops.check(Activity.RENEW, reach, call.received_at)
    losses = past_claims(expiring.claims, product)
    terms = renewal_terms(policy, losses, next_version(policy, products), now=call.now)
    return terms.priced(find_facts(terms.look_ups, ports.look_ups)), expiring
