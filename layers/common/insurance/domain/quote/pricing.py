"""Pricing: the product's offer for a risk, in the words that a quote and a policy store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from insurance.domain.contract.data_origin import kept_origin
from insurance.domain.contract.premium import Premium
from insurance.domain.contract.terms import CoverTerms, Finding, ImposedTerms
from insurance.domain.core.errors import AlreadyErased, FieldFault, InvalidFields
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.period import Period
from insurance.domain.party.demands import Demands, Use, stops
from insurance.domain.product import LookUp, Offer, Product, Risk
from insurance.domain.quote.quote import Quote, QuoteStatus, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from insurance.domain.contract.terms import ProductRef
    from insurance.domain.product import Answers

type LookedUp = Mapping[str, Mapping[str, object] | None]
"""What outside sources said, by source; None where one did not answer."""
type FindFacts = Callable[[LookUp], Mapping[str, object] | None]
"""What an outside source says; None when it does not know or does not answer."""


class StoredRisk(Protocol):
    """A risk as a quote or a policy stores it."""

    @property
    def id(self) -> str: ...
    @property
    def product(self) -> ProductRef: ...
    @property
    def period(self) -> Period: ...
    @property
    def territory(self) -> str: ...
    @property
    def options(self) -> Sequence[str]: ...
    @property
    def answers(self) -> dict[str, Any] | None: ...
    @property
    def looked_up(self) -> LookedUp: ...


START_WITHIN_DAYS = 365
"""How far ahead cover may begin. A quote is shorter-lived than that anyway."""


DECLINED: Final = "declined"
OBJECTION: Final = Finding(
    code="objection",
    outcome="refer",
    reason="The customer objected to decisions by rules alone.",
)


class PricedRisk(NamedTuple):
    """A risk as the product reads it, and the product's offer for it."""

    product: Product
    risk: Risk
    period: Period
    offer: Offer
    entrant: Offer | None = None
    """Of a renewal that promises never to be dearer: the same risk as new business."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What underwriting found."""
        return self.offer.findings

    @property
    def covers(self) -> tuple[CoverTerms, ...]:
        """The covers in force."""
        return self.offer.covers

    @property
    def looked_up(self) -> dict[str, Any]:
        """What outside sources said, by source, for as long as the term lasts."""
        return {
            source: None if facts is None else dict(facts)
            for source, facts in self.risk.looked_up.items()
        }

    @property
    def premium(self) -> Premium | None:
        """None: no price can be had."""
        return self.offer.premium

    def judged_for(self, demands: Demands) -> tuple[QuoteStatus, tuple[Finding, ...]]:
        """The status of an offer to a party with these demands, and the findings that it follows from.

        Where rules alone may not decide, an underwriter does: before the offer is accepted, or before
        the risk is declined.
        """
        if not stops(demands, Use.AUTOMATIC_DECISION):
            return status_of(self.offer.outcome, self.findings), self.findings
        priced = self.offer.outcome != DECLINED and self.premium is not None
        finding = OBJECTION.replace(blocks="bind" if priced else "quote")
        findings = (*self.findings, finding)
        return status_of("", findings), findings


class NewRisk(NamedTuple):
    """A risk whose answers the product has read, before outside sources are asked about it."""

    product: Product
    answers: Answers
    options: tuple[str, ...]
    territory: str
    start: date
    period: Period

    @property
    def look_ups(self) -> tuple[LookUp, ...]:
        """What to look up before the risk can be priced."""
        return self.product.look_ups(self.answers)

    def priced(self, looked_up: LookedUp) -> PricedRisk:
        """Rate and underwrite the risk with the facts that were looked up."""
        risk = Risk(
            answers=self.answers,
            looked_up=looked_up,
            covers=self.options,
            start=self.start,
            territory=self.territory,
        )
        return PricedRisk(self.product, risk, self.period, self.product.offer(risk))


def read_new_risk(
    product: Product,
    *,
    start: date,
    answers: dict[str, Any],
    options: tuple[str, ...],
    territory: str,
    now: datetime,
) -> NewRisk:
    """Read a risk that was not insured here before.

    Raises:
        InvalidFields: The product cannot read an answer, or cover would start too early or late.
    """
    today = now.astimezone(product.zone).date()
    _check_start(start, today)
    read = product.read_answers(answers, answers, today)
    term = product.period(start, read)
    period = Period(start=term.start.astimezone(UTC), end=term.end.astimezone(UTC))
    return NewRisk(product, read, options, territory, start, period)


def price_again(product: Product, stored: StoredRisk, imposed: ImposedTerms | None) -> PricedRisk:
    """Price a stored risk again on the answers and facts that it was sold on.

    Raises:
        AlreadyErased: Its answers were erased.
    """
    return price_risk(product, stored, stored_risk(product, stored), imposed)


def price_risk(
    product: Product, stored: StoredRisk, risk: Risk, imposed: ImposedTerms | None
) -> PricedRisk:
    """Price a risk in place of a stored one: for the same period and, of a renewal, on the same past."""
    renewing = stored.renewing if isinstance(stored, Quote) else None
    if renewing is None:
        return PricedRisk(product, risk, stored.period, product.offer(risk, imposed))
    offer, entrant = product.offer_next(risk, imposed, last=renewing.last, claims=renewing.claims)
    return PricedRisk(product, risk, stored.period, offer, entrant)


def stored_risk(product: Product, stored: StoredRisk) -> Risk:
    """The risk of a quote or a policy: the same answers and the same facts.

    Raises:
        AlreadyErased: Its answers were erased.
    """
    if stored.answers is None:
        raise AlreadyErased(stored.id)
    return _risk(product, stored, stored.answers)


def carried_risk(product: Product, stored: StoredRisk) -> Risk:
    """A stored risk as another version of its product reads it.

    Answers to questions that this version does not ask are left out. Its new questions have their
    default answers.

    Raises:
        AlreadyErased: Its answers were erased.
    """
    if stored.answers is None:
        raise AlreadyErased(stored.id)
    if product.ref == stored.product:
        return stored_risk(product, stored)
    return _risk(product, stored, product.asked_of(stored.answers))


def _risk(product: Product, stored: StoredRisk, answers: dict[str, Any]) -> Risk:
    start, end = (
        moment.astimezone(product.zone).date()
        for moment in (stored.period.start, stored.period.end)
    )
    return Risk(
        answers=product.read_answers(answers),
        looked_up=stored.looked_up,
        covers=stored.options,
        start=start,
        territory=stored.territory,
        end=end,
    )


def facts_after(product: Product, before: Risk, answers: Answers, find: FindFacts) -> LookedUp:
    """The facts about a risk with other answers: they stay, unless they are looked up by another key now."""
    same = set(product.look_ups(before.answers))
    return dict(kept_origin(before.looked_up)) | {
        look_up.source: before.looked_up.get(look_up.source) if look_up in same else find(look_up)
        for look_up in product.look_ups(answers)
    }


def territory_of(stored: StoredRisk, product: Product) -> str:
    """Where the risk is: what the policy says, else the product's first territory."""
    return stored.territory or product.territories[0]


def same_currency(money: Money | None, currency: Currency, pointer: str) -> None:
    """Check that an amount is in the product's currency.

    Raises:
        InvalidFields: It is in another currency.
    """
    if money is not None and money.currency is not currency:
        fault = FieldFault(pointer, "wrong-currency", f"This product is in {currency}.")
        raise InvalidFields([fault])


def _check_start(start: date, today: date) -> None:
    if start < today:
        fault = FieldFault("/start", "in-the-past", f"Cover can start on {today} at the earliest.")
        raise InvalidFields([fault])
    if (start - today).days > START_WITHIN_DAYS:
        latest = f"within {START_WITHIN_DAYS} days from {today}"
        raise InvalidFields([FieldFault("/start", "too-far-ahead", f"Cover can start {latest}.")])
