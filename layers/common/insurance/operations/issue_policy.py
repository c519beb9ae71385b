"""Issue a policy from an accepted quote: once, at the price that was accepted."""

from insurance.domain.caller import Caller
from insurance.domain.errors import NoLongerSold, QuoteChanged, QuoteNotFound, StaleRevision
from insurance.domain.event import Event, Head
from insurance.domain.identity import mode_of
from insurance.domain.policy import Policy
from insurance.operations.ports import Kept, Policies, Products, Screening
from insurance.operations.pricing import imposed_of, price_again
from insurance.operations.receipt import Receipt
from insurance.operations.screen_policyholder import Screenings, screen_policyholder


def issue_policy(
    quote_id: str,
    *,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    policies: Policies,
    screening: Screening,
    screenings: Screenings,
    receipt: Receipt,
) -> Kept[Policy]:
    """Bind the quote and write the policy, with the postings of its premium, in one transaction."""
    was = policies.load_quote(quote_id, receipt)
    quote = was.record
    if not caller.sees(quote_id, quote.partner):
        raise QuoteNotFound(quote_id)
    if expected_revision is not None and expected_revision != was.head.sequence:
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
    if was.key is None:
        raise ValueError("a quote that was erased cannot be bound")
    screen_policyholder(
        quote,
        was.key,
        caller=caller,
        screening=screening,
        screenings=screenings,
        now=receipt.now,
    )
    issued = Event.following(
        Head(),
        policy,
        was.key,
        stream=policy.id,
        type="policy.issued",
        actor=caller.principal,
        now=receipt.now,
        effective_at=policy.period.start,
        postings=policy.premium.written(),
    )
    bound_event = Event.following(
        was.head,
        bound,
        was.key,
        stream=quote_id,
        type="quote.bound",
        actor=caller.principal,
        now=receipt.now,
    )
    kept = Kept(policy, issued.head, was.key)
    policies.issue(
        issued,
        policy,
        bound=bound_event,
        bound_quote=bound,
        was=was,
        receipt=receipt.answered(kept),
    )
    return kept
