"""Issue a policy from an accepted quote: once, at the price that was accepted."""

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    NoLongerSold,
    QuoteChanged,
    QuoteNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.pricing import imposed_of, price_again
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Screening
from insurance.operations.parties.screen_policyholder import Screenings, screen_policyholder
from insurance.operations.policy.ports import Policies
from insurance.operations.products.ports import Products


def issue_policy(
    quote_id: str,
    *,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    policies: Policies,
    screening: Screening,
    screenings: Screenings,
    receipt: Idempotency,
) -> Stored[Policy]:
    """Bind the quote and write the policy, with the postings of its premium, in one transaction."""
    before = policies.load_quote(quote_id, receipt)
    quote = before.record
    if not caller.sees(quote_id, quote.partner):
        raise QuoteNotFound(quote_id)
    if expected_revision is not None and expected_revision != before.head.sequence:
        raise StaleRevision(quote_id)
    bound = quote.bound(now=receipt.now)
    renewal = quote.renewing is not None
    product = products.version(quote.product)
    starts = quote.period.start.astimezone(product.zone).date()
    day = starts if renewal else receipt.now.date()
    if not products.sells(quote.product, day, mode_of(quote_id), renewal=renewal):
        raise NoLongerSold(quote_id, f"{quote.product.code} {quote.product.version}")
    if price_again(product, quote, imposed_of(quote.imposed)).premium != quote.premium:
        raise QuoteChanged(quote_id)
    policy = Policy.from_quote(bound, now=receipt.now)
    if before.key is None:
        raise ValueError("a quote that was erased cannot be bound")
    screen_policyholder(
        quote,
        before.key,
        caller=caller,
        screening=screening,
        screenings=screenings,
        now=receipt.now,
    )
    issued = Event.following(
        StreamPosition(),
        policy,
        before.key,
        stream=policy.id,
        type=PolicyEventType.ISSUED,
        actor=caller.principal,
        now=receipt.now,
        effective_at=policy.period.start,
        postings=policy.premium.written(),
    )
    bound_event = Event.following(
        before.head,
        bound,
        before.key,
        stream=quote_id,
        type=QuoteEventType.BOUND,
        actor=caller.principal,
        now=receipt.now,
    )
    kept = Stored(policy, issued.head, before.key)
    policies.issue(
        issued,
        policy,
        bound=bound_event,
        bound_quote=bound,
        before=before,
        receipt=receipt.record(kept),
    )
    return kept
