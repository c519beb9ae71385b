"""Open quotes follow a correction of the customer: their details, the answers that repeat them, the price."""

from typing import Final, NamedTuple

from insurance.domain.contract.terms import Finding
from insurance.domain.core.errors import InvalidFields
from insurance.domain.party.demands import Demands
from insurance.domain.policy.correction import (
    HolderCorrection,
    corrected_answers,
    corrected_policyholder,
)
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.renewal import changes_of, last_premium
from insurance.domain.product import Product, Risk
from insurance.domain.quote.pricing import (
    FindFacts,
    PricedRisk,
    facts_after,
    price_risk,
    stored_risk,
)
from insurance.domain.quote.quote import Quote, QuoteStatus


class CorrectedQuote(NamedTuple):
    """An open quote before and after a correction of its policyholder."""

    before: Quote
    after: Quote


UNREADABLE: Final = Finding(
    code="corrected_answer",
    outcome="decline",
    reason="The product cannot read an answer as it was corrected.",
)


def correct_quote(
    quote: Quote,
    correction: HolderCorrection,
    product: Product,
    find: FindFacts,
    *,
    demands: Demands,
    ending: Policy | None = None,
) -> Quote:
    """The quote as it is right. Other answers void its price and what an underwriter decided.

    An accepted quote stays accepted where its covers and its price do. One that the product cannot
    read any more is declined. How long the offer stands does not change.

    Args:
        quote: An open quote.
        correction: Of its policyholder.
        product: The version that it was made on.
        find: Where outside facts come from, if they are looked up by another key now.
        demands: The customer's, which may ask for a person's decision.
        ending: Of an offer for the next term: the ending policy, if the correction changes it.
    """
    if quote.policyholder is None or quote.answers is None:
        return quote
    answers = corrected_answers(quote.answers, quote.policyholder, correction, product)
    moved = quote.replace(policyholder=corrected_policyholder(quote.policyholder, correction))
    basis = moved.renewing
    if ending is not None and basis is not None:
        changes = None if basis.changes is None else changes_of(ending)
        moved = moved.replace(renewing=basis.replace(last=last_premium(ending), changes=changes))
    if not answers and moved.renewing == quote.renewing:
        return moved
    try:
        risk = _risk(moved, answers, product, find)
        priced = price_risk(product, moved, risk, moved.imposed if moved.renewing else None)
    except InvalidFields:
        return moved.replace(status=QuoteStatus.DECLINED, findings=(UNREADABLE,), premium=None)
    return _repriced(moved, priced, demands)


def _risk(quote: Quote, answers: dict[str, object], product: Product, find: FindFacts) -> Risk:
    before = stored_risk(product, quote)
    read = product.read_answers({**(quote.answers or {}), **answers})
    return before._replace(answers=read, looked_up=facts_after(product, before, read, find))


def _repriced(quote: Quote, priced: PricedRisk, demands: Demands) -> Quote:
    status, findings = priced.judged_for(demands)
    same = (priced.covers, priced.premium) == (quote.covers, quote.premium)
    if quote.status is QuoteStatus.ACCEPTED and status is QuoteStatus.BINDABLE and same:
        status = QuoteStatus.ACCEPTED
    return quote.replace(
        answers=dict(priced.risk.answers.to_json()),
        looked_up=priced.looked_up,
        status=status,
        findings=findings,
        covers=priced.covers,
        premium=priced.premium,
        imposed=quote.imposed if quote.renewing else None,
        decision=None,
    )
