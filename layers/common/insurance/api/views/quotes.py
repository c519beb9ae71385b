"""How quotes and previews of them are shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel

from insurance.api.etag import etag
from insurance.api.views.data_origin import DataOriginView
from insurance.api.views.terms import (
    CoverView,
    FindingView,
    ImposedTermsView,
    MoneyView,
    PeriodView,
    PolicyholderView,
    PremiumView,
    ProductRefView,
    View,
)
from insurance.domain.contract.data_origin import DataOrigin
from insurance.domain.core.classification import Personal, Sensitive
from insurance.domain.core.money import Money
from insurance.domain.core.stored import Stored
from insurance.domain.product.rating.trace import TraceStep
from insurance.domain.quote.pricing import PricedRisk
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.operations.quoting.explain_quote import Explanation

StepOperation = Literal[
    "base", "factor", "add", "load", "discount", "minimum", "maximum", "round", "for_each"
]


class PreviewView(View):
    """A price that nobody has kept: it stands for nothing until it is quoted."""

    outcome: Literal["priced", "referred", "declined"]
    product: ProductRefView
    period: PeriodView
    premium: PremiumView | None
    covers: list[CoverView]
    findings: Sensitive[list[FindingView]]

    @classmethod
    def of(cls, priced: PricedRisk) -> Self:
        product = priced.product.ref
        return cls(
            outcome=priced.offer.outcome,
            product=ProductRefView.of(product),
            period=PeriodView.of(priced.period),
            premium=PremiumView.of(priced.premium) if priced.premium else None,
            covers=[CoverView.of(cover) for cover in priced.covers],
            findings=[FindingView.of(finding) for finding in priced.findings],
        )


class QuoteView(View):
    """A quote: what the risk costs, on what terms, and until when."""

    id: str
    party_id: str
    """Who takes out the policy; a renewal has the party of the policy that ends."""
    status: QuoteStatus
    revision: int
    product: ProductRefView
    period: PeriodView
    territory: str | None
    premium: PremiumView | None
    covers: list[CoverView]
    findings: Sensitive[list[FindingView]]
    imposed: ImposedTermsView | None
    supplied: Sensitive[list[str] | None]
    """Look-ups that had not answered, and whose facts an underwriter told instead."""
    policyholder: Personal[PolicyholderView | None]
    answers: Sensitive[dict[str, Any] | None]
    options: list[str]
    data_origin: DataOriginView | None
    producer: str | None
    carrier: str
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, stored: Stored[Quote]) -> Self:
        quote = stored.record
        return cls(
            etag=etag(stored.head.sequence, "quote"),
            id=quote.id,
            party_id=quote.party,
            status=quote.status,
            revision=stored.head.sequence,
            product=ProductRefView.of(quote.product),
            period=PeriodView.of(quote.period),
            territory=quote.territory or None,
            premium=PremiumView.of(quote.premium) if quote.premium else None,
            covers=[CoverView.of(cover) for cover in quote.covers],
            findings=[FindingView.of(finding) for finding in quote.findings],
            imposed=ImposedTermsView.of(quote.imposed) if quote.imposed else None,
            supplied=list(quote.decision.supplied) or None if quote.decision else None,
            policyholder=PolicyholderView.of(quote.policyholder) if quote.policyholder else None,
            answers=_by_name(quote.answers),
            options=list(quote.options),
            data_origin=DataOriginView.of(DataOrigin.of(quote.looked_up)),
            producer=quote.producer,
            carrier=quote.carrier,
            created_at=quote.created_at,
            expires_at=quote.valid_until,
        )


class StepView(BaseModel):
    """One step of the price: its inputs, the rate applied, and the running premium after it."""

    code: str
    name: str
    operation: StepOperation
    covers: list[str]
    inputs: Sensitive[dict[str, Any]]
    operand: Sensitive[str | None]
    """Null: its condition did not hold, so it did nothing."""
    raw: str
    running: MoneyView
    items: list[list["StepView"]]

    @classmethod
    def of(cls, step: TraceStep) -> Self:
        return cls(
            code=step.code,
            name=step.name,
            operation=step.operation,
            covers=list(step.covers),
            inputs={name: _shown(value) for name, value in step.inputs.items()},
            operand=str(step.operand) if step.operand is not None else None,
            raw=str(step.raw),
            running=MoneyView.of(step.rounded),
            items=[[cls.of(inner) for inner in item] for item in step.items],
        )


class ExplanationView(View):
    """Why the quote costs what it costs, computed again from its stored facts."""

    quote_id: str
    product: ProductRefView
    steps: list[StepView]
    premium: PremiumView | None
    findings: Sensitive[list[FindingView]]
    agrees: bool
    """Whether the computation gives the price that was quoted; it always must."""
    new_business_steps: list[StepView] | None
    """Of a renewal that promises it: how the same risk would be priced as new business."""
    new_business_premium: PremiumView | None
    """What that would cost: a fair renewal never costs more."""

    @classmethod
    def of(cls, explanation: Explanation) -> Self:
        priced = explanation.priced
        quote, entrant = explanation.quote.record, priced.entrant
        return cls(
            etag=etag(explanation.quote.head.sequence, "explanation"),
            quote_id=quote.id,
            product=ProductRefView.of(quote.product),
            steps=[StepView.of(step) for step in priced.offer.trace],
            premium=PremiumView.of(priced.premium) if priced.premium else None,
            findings=[FindingView.of(finding) for finding in priced.findings],
            agrees=priced.premium == quote.premium,
            new_business_steps=[StepView.of(step) for step in entrant.trace] if entrant else None,
            new_business_premium=PremiumView.of(entrant.premium)
            if entrant and entrant.premium
            else None,
        )


def _by_name(value: Any) -> Any:
    """JSON with its fields in the order they are stored in: a replay gives the first bytes."""
    if isinstance(value, dict):
        return {name: _by_name(value[name]) for name in sorted(value)}
    return [_by_name(inner) for inner in value] if isinstance(value, list) else value


def _shown(value: Any) -> Any:
    """An input as JSON shows it: exact, and never a float."""
    if isinstance(value, Money):
        return MoneyView.of(value).model_dump()
    if isinstance(value, Mapping):
        return {name: _shown(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)
