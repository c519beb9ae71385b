"""Pricing: the product's offer for a risk, in the words that a quote and a policy store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Protocol

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
from insurance.domain.product import (
    Imposed,
    Line,
    LookUp,
    Offer,
    PastClaim,
    Price,
    Product,
    Risk,
)
from insurance.domain.quote.quote import Quote, Renewing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insurance.domain.contract.terms import ProductRef
    from insurance.domain.product import Answers

type LookedUp = Mapping[str, Mapping[str, object] | None]
"""What outside sources said, by source; None where one did not answer."""


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
                code=finding.code,
                outcome=str(finding.outcome),
                reason=finding.reason,
                authority=authority_of(finding),
                expires_days=finding.expires_days if finding.outcome == "refer" else None,
                blocks=finding.blocks if finding.outcome == "refer" else "quote",
                answered=finding.answered,
            )
            for finding in self.offer.findings
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


def authority_of(finding: Referral) -> str:
    """The role that may take a referral on, where it is another than an underwriter's."""
    other = finding.outcome == "refer" and finding.authority != "underwriter"
    return finding.authority if other else ""


@dataclass(frozen=True, slots=True)
class NewRisk:
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

    def priced(self, looked_up: LookedUp) -> Priced:
        """Rate and underwrite the risk with the facts that were looked up."""
        risk = Risk(
            answers=self.answers,
            looked_up=looked_up,
            covers=self.options,
            start=self.start,
            territory=self.territory,
        )
        return Priced(self.product, risk, self.period, self.product.offer(risk))


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
    _check_start(product, start, now)
    read = product.read_answers(answers)
    term = product.period(start, read)
    period = Period(start=term.start.astimezone(UTC), end=term.end.astimezone(UTC))
    return NewRisk(product, read, options, territory, start, period)


def price_again(product: Product, stored: StoredRisk, imposed: Imposed | None) -> Priced:
    """Price a stored risk again on the answers and facts that it was sold on.

    Raises:
        AlreadyErased: Its answers were erased.
    """
    risk = stored_risk(product, stored)
    renewing = stored.renewing if isinstance(stored, Quote) else None
    if renewing is None:
        return Priced(product, risk, stored.period, product.offer(risk, imposed))
    offer, entrant = product.offer_next(
        risk, imposed, last=last_price(renewing), claims=past_claims(renewing)
    )
    return Priced(product, risk, stored.period, offer, entrant)


def last_price(renewing: Renewing) -> Price:
    """Last term's price, as far as the next one's may go by it."""
    premium = renewing.last
    return Price(net=premium.net, lines=(), by_cover={}, total=premium.total)


def past_claims(renewing: Renewing) -> list[PastClaim]:
    return [
        PastClaim(loss.cover, loss.counts, loss.paid, loss.fault, loss.cause)
        for loss in renewing.claims
    ]


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


def territory_of(stored: StoredRisk, product: Product) -> str:
    """Where the risk is: what the policy says, else the product's first territory."""
    return stored.territory or product.territories[0]


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
