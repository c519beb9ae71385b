"""Issue a policy from an accepted quote: once, at the price that was accepted."""

from datetime import datetime
from typing import NamedTuple

from insurance.domain.control.stop import Activity, Reach, Stops
from insurance.domain.core.errors import AlreadyErased, NoLongerSold, QuoteChanged, QuoteNotFound
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.numbering import policy_numbers
from insurance.domain.policy.people import with_people_of
from insurance.domain.policy.renewal import check_next_term
from insurance.domain.product import Product
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.pricing import price_again, territory_of
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command
from insurance.operations.free_number import with_free_number
from insurance.operations.parties.screen_policyholder import screen_policyholder
from insurance.operations.policy.ports import IssuingPorts, QuoteEvent, TransferContext
from insurance.operations.products.ports import Products


def issue_policy(
    quote_id: str, command: Command, ports: IssuingPorts, *, no_known_loss: bool = False
) -> Stored[Policy]:
    """Bind the quote and write the policy, with the postings of its premium, in one transaction.

    Args:
        quote_id: The accepted quote.
        command: The command.
        ports: What the operation needs from outside.
        no_known_loss: Whether the policyholder declares that they know of no loss. Where the
            product allows it, cover then begins with the first day, before the policy is issued.

    Raises:
        QuoteNotFound: The quote does not exist, or belongs to another partner.
        StaleRevision: The quote has changed since the caller read it.
        QuoteAlreadyIssued: The quote has a policy.
        QuoteExpired: The offer's last day has passed.
        ReferralOpen: A referral must be decided before the policy can be issued.
        WrongState: The quote was not accepted; or of the policy that it renews, another term is not wanted, or
            there is no cover at the term's end.
        Stopped: A stop holds the issue.
        NoLongerSold: The product version is no longer sold.
        QuoteChanged: The quote would be priced differently today, or the policy that it renews has changed.
        ScreeningOpen: The policyholder's name resembles one on a sanctions list.
        AlreadyErased: The quote's personal data were erased.
        NumberTaken: Every number that the policy could get is taken.
    """
    before, stops = ports.policies.load_quote(quote_id, command)
    quote = before.record
    if not command.caller.sees(quote_id, quote.partner, quote.party):
        raise QuoteNotFound(quote_id)
    command.check_revision(before, quote_id)
    bound = quote.bound(now=command.now)
    _check_stops(quote, stops, command, ports.products)
    product = _check_price(quote, ports.products, command.now)
    if before.key is None:
        raise AlreadyErased(f"quote {quote_id}")
    screen_policyholder(quote, before.key, command, ports.screening)
    begins = product.term.cover_begins(quote.period.start, command.now, no_known_loss=no_known_loss)
    policy = Policy.from_quote(
        bound, now=command.now, cover_begins_at=begins, no_known_loss=no_known_loss
    )
    last = quote.renewing.number if quote.renewing else None
    ending = ports.policies.ending(quote.renewing.policy_id) if quote.renewing else None
    if quote.renewing and ending:
        check_next_term(quote, quote.renewing, ending.policy.record)
    following = with_people_of(ending.policy.record, policy) if ending else policy
    basis = _Basis(bound, before, ending)
    return with_free_number(
        policy_numbers(policy, product, last),
        lambda number: _store(following.replace(number=number), basis, command, ports),
    )


class _Basis(NamedTuple):
    """What a policy is made of."""

    bound: Quote
    before: Stored[Quote]
    ending: TransferContext | None
    """The policy of the term before, of a renewal."""


def _store(policy: Policy, basis: _Basis, command: Command, ports: IssuingPorts) -> Stored[Policy]:
    bound, before = basis.bound, basis.before
    if before.key is None:
        raise AlreadyErased(f"quote {bound.id}")
    issued = Event.following(
        StreamPosition(),
        policy,
        before.key,
        stream=policy.id,
        type=PolicyEventType.ISSUED,
        actor=command.actor,
        now=command.now,
        effective_at=policy.period.start,
        postings=policy.premium.written(),
    )
    bound_event = Event.following(
        before.head,
        bound,
        before.key,
        stream=bound.id,
        type=QuoteEventType.BOUND,
        actor=command.actor,
        now=command.now,
    )
    stored = Stored(policy, issued.head, before.key)
    ports.policies.issue(
        issued,
        policy,
        bound=QuoteEvent(bound_event, before, bound),
        ending=basis.ending,
        command=command.with_answer(stored),
    )
    return stored


def _check_stops(quote: Quote, stops: Stops, command: Command, products: Products) -> None:
    product = products.version(quote.product)
    reach = Reach(product.code, territory_of(quote, product), quote.partner)
    stops.check(Activity.RENEW if quote.renewing else Activity.BIND, reach, command.received_at)


def _check_price(quote: Quote, products: Products, now: datetime) -> Product:
    """The product version, which must still be sold and give the price that was accepted."""
    renewal = quote.renewing is not None
    product = products.version(quote.product)
    starts = quote.period.start.astimezone(product.zone).date()
    day = starts if renewal else now.date()
    if not products.sells(quote.product, day, mode_of(quote.id), renewal=renewal):
        raise NoLongerSold(quote.id, f"{quote.product.code} {quote.product.version}")
    if price_again(product, quote, quote.imposed).premium != quote.premium:
        raise QuoteChanged(quote.id)
    return product
