"""From a risk to what a quote and a policy hold: the product's answer in the contract's own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from insurance.domain.contract.premium import (
    CoverPremium,
    LineKind,
    Premium,
    PremiumLine,
    Refund,
    usual_refund,
)
from insurance.domain.contract.terms import CoverTerms, Finding, ImposedTerms
from insurance.domain.core.errors import AlreadyErased, FieldFault, InvalidFields
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.period import Period
from insurance.domain.product import Finding as Referral
from insurance.domain.product import Imposed, Line, Offer, PastClaim, Price, Product, Risk
from insurance.domain.quote.quote import Quote, Renewing

# Who prices a quote need not load what a policy is.
if TYPE_CHECKING:
    from insurance.domain.policy import Policy
    from insurance.operations.quoting.ports import LookUps

NET = "net"
"""The kind of a price's first line, which the premium holds as such."""

START_WITHIN_DAYS = 365
"""How far ahead cover may begin. A quote is shorter-lived than that anyway."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A risk as the product reads it, and the product's offer for it."""

    product: Product
    risk: Risk
    period: Period
    offer: Offer
    entrant: Offer | None = None
    """Of a renewal that promises never to be dearer: the same risk as new business."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(
            Finding(
                code=found.code,
                outcome=str(found.outcome),
                reason=found.reason,
                authority=authority_of(found),
                expires_days=found.expires_days if found.outcome == "refer" else None,
                blocks=found.blocks if found.outcome == "refer" else "quote",
                answered=found.answered,
            )
            for found in self.offer.findings
        )

    @property
    def covers(self) -> tuple[CoverTerms, ...]:
        return tuple(
            CoverTerms(
                code=cover.code,
                name=cover.name,
                limit=cover.limit,
                excess=cover.excess,
                excess_note=cover.excess_note or None,
            )
            for cover in self.offer.covers
        )

    @property
    def looked_up(self) -> dict[str, Any]:
        """What outside sources said, by source, for as long as the term lasts."""
        return {
            source: None if facts is None else dict(facts)
            for source, facts in self.risk.looked_up.items()
        }

    @property
    def premium(self) -> Premium | None:
        return premium_of(self.offer.price) if self.offer.price else None


def authority_of(found: Referral) -> str:
    """The role that may take a referral on, where it is another than an underwriter's."""
    other = found.outcome == "refer" and found.authority != "underwriter"
    return found.authority if other else ""


def price_new(
    product: Product,
    *,
    start: date,
    answers: dict[str, Any],
    options: tuple[str, ...],
    territory: str,
    look_ups: LookUps,
    now: datetime,
) -> Priced:
    """Price a risk that nobody has looked at before: read the answers, look up, rate, underwrite.

    Raises InvalidFields for answers the product cannot read, and for a start outside its window.
    """
    _check_start(product, start, now)
    read = product.read_answers(answers)
    term = product.period(start, read)
    period = Period(start=term.start.astimezone(UTC), end=term.end.astimezone(UTC))
    looked_up = {
        look_up.source: look_ups.find(look_up.source, look_up.key)
        for look_up in product.look_ups(read)
    }
    risk = Risk(answers=read, looked_up=looked_up, covers=options, start=start, territory=territory)
    return Priced(product, risk, period, product.offer(risk))


def price_again(product: Product, kept: Quote | Policy, imposed: Imposed | None) -> Priced:
    """Price a stored risk on the facts it was sold on. Raises AlreadyErased when they are gone."""
    risk = stored_risk(product, kept)
    renewing = kept.renewing if isinstance(kept, Quote) else None
    if renewing is None:
        return Priced(product, risk, kept.period, product.offer(risk, imposed))
    offer, entrant = product.offer_next(
        risk, imposed, last=last_price(renewing), claims=past_claims(renewing)
    )
    return Priced(product, risk, kept.period, offer, entrant)


def last_price(renewing: Renewing) -> Price:
    """Last term's price, as far as the next one's may go by it."""
    premium = renewing.last
    return Price(net=premium.net, lines=(), by_cover={}, total=premium.total)


def past_claims(renewing: Renewing) -> list[PastClaim]:
    return [
        PastClaim(loss.cover, loss.counts, loss.paid, loss.fault, loss.cause)
        for loss in renewing.claims
    ]


def stored_risk(product: Product, kept: Quote | Policy) -> Risk:
    """The risk of a quote or policy: the same answers and the same looked-up facts."""
    if kept.answers is None:
        raise AlreadyErased(kept.id)
    return _risk(product, kept, kept.answers)


def carried_risk(product: Product, kept: Policy) -> Risk:
    """The risk as another version of its product reads it: what that one does not ask is left out,
    and what it asks beside has its default."""
    if kept.answers is None:
        raise AlreadyErased(kept.id)
    if product.ref == kept.product:
        return stored_risk(product, kept)
    return _risk(product, kept, product.asked_of(kept.answers))


def _risk(product: Product, kept: Quote | Policy, answers: dict[str, Any]) -> Risk:
    start, end = (
        moment.astimezone(product.zone).date() for moment in (kept.period.start, kept.period.end)
    )
    return Risk(
        answers=product.read_answers(answers),
        looked_up=kept.looked_up,
        covers=kept.options,
        start=start,
        territory=kept.territory,
        end=end,
    )


def territory_of(policy: Policy, product: Product) -> str:
    """Where the risk is: what the policy says, else the product's first territory."""
    return policy.territory or product.territories[0]


def imposed_of(terms: ImposedTerms | None) -> Imposed | None:
    """The underwriter's terms as the product takes them."""
    if terms is None:
        return None
    return Imposed(load=terms.load, excess=terms.excess, exclusions=terms.exclusions)


def premium_of(price: Price) -> Premium:
    return Premium(
        net=price.net,
        lines=tuple(_premium_line(line) for line in price.lines if line.kind != NET),
        by_cover=tuple(
            CoverPremium(cover=cover, amount=amount) for cover, amount in price.by_cover.items()
        ),
        total=price.total,
        commission=price.commission,
    )


def _premium_line(line: Line) -> PremiumLine:
    kind, refund = LineKind(line.kind), Refund(line.refund)
    return PremiumLine(
        kind=kind,
        code=line.code,
        name=line.name,
        amount=line.amount,
        refund=None if refund is usual_refund(kind) else refund,
    )


def same_currency(money: Money | None, currency: Currency, pointer: str) -> None:
    """Raise InvalidFields unless the amount is in the product's currency."""
    if money is not None and money.currency is not currency:
        fault = FieldFault(pointer, "currency", f"This product is in {currency}.")
        raise InvalidFields([fault])


def _check_start(product: Product, start: date, now: datetime) -> None:
    today = now.astimezone(product.zone).date()
    if start < today:
        fault = FieldFault("/start", "in-the-past", f"Cover can start on {today} at the earliest.")
        raise InvalidFields([fault])
    if (start - today).days > START_WITHIN_DAYS:
        latest = f"within {START_WITHIN_DAYS} days from {today}"
        raise InvalidFields([FieldFault("/start", "too-far-ahead", f"Cover can start {latest}.")])
