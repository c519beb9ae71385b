"""How quotes and previews of them are shown."""

from datetime import datetime
from typing import Any, Self

from insurance.api.app import etag
from insurance.api.views.terms import (
    CoverView,
    FindingView,
    ImposedTermsView,
    PeriodView,
    PolicyholderView,
    PremiumView,
    ProductRefView,
    View,
)
from insurance.domain.quote import Quote
from insurance.domain.terms import ProductRef
from insurance.operations.ports import Kept
from insurance.operations.pricing import Priced


class PreviewView(View):
    """A price that nobody has kept: it stands for nothing until it is quoted."""

    outcome: str
    product: ProductRefView
    period: PeriodView
    premium: PremiumView | None
    covers: list[CoverView]
    findings: list[FindingView]

    @classmethod
    def of(cls, priced: Priced) -> Self:
        product = ProductRef(code=priced.product.code, version=priced.product.version)
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
    status: str
    revision: int
    product: ProductRefView
    period: PeriodView
    premium: PremiumView | None
    covers: list[CoverView]
    findings: list[FindingView]
    imposed: ImposedTermsView | None
    policyholder: PolicyholderView | None
    answers: dict[str, Any] | None
    options: list[str]
    producer: str | None
    carrier: str
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, kept: Kept[Quote]) -> Self:
        quote = kept.record
        return cls(
            etag=etag(kept.head.sequence, "quote"),
            id=quote.id,
            status=quote.status,
            revision=kept.head.sequence,
            product=ProductRefView.of(quote.product),
            period=PeriodView.of(quote.period),
            premium=PremiumView.of(quote.premium) if quote.premium else None,
            covers=[CoverView.of(cover) for cover in quote.covers],
            findings=[FindingView.of(finding) for finding in quote.findings],
            imposed=ImposedTermsView.of(quote.imposed) if quote.imposed else None,
            policyholder=PolicyholderView.of(quote.policyholder) if quote.policyholder else None,
            answers=quote.answers,
            options=list(quote.options),
            producer=quote.producer,
            carrier=quote.carrier,
            created_at=quote.created_at,
            expires_at=quote.valid_until,
        )
