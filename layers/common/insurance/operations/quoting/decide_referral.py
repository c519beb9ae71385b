"""Decide a referred quote: an underwriter accepts the risk on terms, or declines it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from insurance.domain.contract.terms import ImposedTerms
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import FieldFault, InvalidFields, LookUpUnavailable, WrongState
from insurance.domain.core.stored import Stored
from insurance.domain.product import Product
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.pricing import DECLINED, price_again, same_currency
from insurance.domain.quote.quote import CANNOT, UNDERWRITER, Quote, QuoteStep, UnderwriterDecision
from insurance.operations.command import Command
from insurance.operations.quoting.change_quote import load_quote, store_quote
from insurance.operations.quoting.ports import QuotingPorts


class AcceptanceInput(NamedTuple):
    """The terms on which an underwriter accepts a risk, and why."""

    reason: str
    imposed: ImposedTerms
    looked_up: Mapping[str, Mapping[str, Any]]
    """Facts that a look-up had not answered, by source: it is priced as if they were looked up."""


def accept_referral(
    quote_id: str, acceptance: AcceptanceInput, command: Command, ports: QuotingPorts
) -> Stored[Quote]:
    """Accept a referred risk on the underwriter's terms, which rule price and claim.

    Raises:
        QuoteNotFound: The quote does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: A referral names an authority that the caller does not have.
        InvalidFields: The terms leave no cover, or name a look-up that was answered.
        LookUpUnavailable: A price needs facts that nobody has supplied.
        QuoteExpired: The offer's last day has passed.
        AlreadyErased: The quote's personal data were erased.
        WrongState: The quote waits for no decision, or the product declines the risk.
    """
    before = load_quote(quote_id, command, ports)
    _check_authority(command.caller, before.record)
    product = ports.products.version(before.record.product)
    looked_up = _completed(before.record, product, acceptance.looked_up)
    quote = before.record.replace(looked_up=looked_up)
    same_currency(acceptance.imposed.excess, product.currency, "/excess")
    imposed = _with_earlier(acceptance.imposed, quote)
    priced = price_again(product, quote, imposed)
    if priced.offer.outcome == DECLINED:
        state = "declined by the product's rules"
        raise WrongState(f"Quote {quote_id}", state, CANNOT[QuoteStep.ACCEPT_REFERRAL])
    if not priced.covers:
        fault = FieldFault("/exclusions", "nothing-left", "These exclusions leave no cover.")
        raise InvalidFields([fault])
    if priced.premium is None:
        unanswered = [source for source, facts in looked_up.items() if facts is None]
        raise LookUpUnavailable(", ".join(unanswered))
    supplied = tuple(sorted(acceptance.looked_up))
    accepted = before.record.referral_accepted(
        decision=_decision(acceptance.reason, command).replace(supplied=supplied),
        looked_up=looked_up,
        imposed=imposed,
        covers=priced.covers,
        premium=priced.premium,
    )
    return store_quote(accepted, QuoteEventType.REFERRAL_ACCEPTED, before, command, ports)


def decline_referral(
    quote_id: str, reason: str, command: Command, ports: QuotingPorts
) -> Stored[Quote]:
    """Decline a referred risk.

    Raises:
        QuoteNotFound: The quote does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: A referral names an authority that the caller does not have.
        QuoteExpired: The offer's last day has passed.
        AlreadyErased: The quote's personal data were erased.
        WrongState: The quote waits for no decision.
    """
    before = load_quote(quote_id, command, ports)
    _check_authority(command.caller, before.record)
    declined = before.record.referral_declined(decision=_decision(reason, command))
    return store_quote(declined, QuoteEventType.REFERRAL_DECLINED, before, command, ports)


def _completed(
    quote: Quote, product: Product, supplied: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """The facts that were looked up, and those supplied where a look-up gave none."""
    missing = {source for source, facts in quote.looked_up.items() if facts is None}
    faults = [
        FieldFault(
            f"/looked_up/{source}", "not-missing", "No look-up of this name went unanswered."
        )
        for source in sorted(supplied.keys() - missing)
    ]
    if faults:
        raise InvalidFields(faults)
    read = {source: dict(product.read_look_up(source, facts)) for source, facts in supplied.items()}
    return quote.looked_up | read


def _check_authority(caller: Caller, quote: Quote) -> None:
    """Each referral that is decided now names the role that may decide it."""
    for role in {referral.authority or UNDERWRITER for referral in quote.referrals} or {
        UNDERWRITER
    }:
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


def _decision(reason: str, command: Command) -> UnderwriterDecision:
    return UnderwriterDecision(underwriter=command.actor, reason=reason, decided_at=command.now)
