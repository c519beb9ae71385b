"""What quotes and policies show alike: money, periods, premiums, covers."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from insurance.domain.money import Money
from insurance.domain.party import Policyholder
from insurance.domain.period import Period
from insurance.domain.premium import Premium
from insurance.domain.terms import CoverTerms, Finding, ImposedTerms, ProductRef


class View(BaseModel):
    """A representation; `etag` travels as a header, not in the body."""

    etag: str | None = Field(default=None, exclude=True)


class MoneyView(BaseModel):
    """An amount in minor units: 169.26 GBP is {"amount": 16926, "currency": "GBP"}."""

    amount: int
    currency: str

    @classmethod
    def of(cls, money: Money) -> Self:
        return cls(amount=money.amount, currency=money.currency)


class ProductRefView(BaseModel):
    code: str
    version: str

    @classmethod
    def of(cls, product: ProductRef) -> Self:
        return cls(code=product.code, version=product.version)


class PeriodView(BaseModel):
    """From `start` up to but not including `end`."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, period: Period) -> Self:
        return cls(start=period.start, end=period.end)


class PremiumLineView(BaseModel):
    kind: str
    code: str
    name: str
    amount: MoneyView


class CoverPremiumView(BaseModel):
    cover: str
    amount: MoneyView


class PremiumView(BaseModel):
    """Net premium, what is added to it line by line, and the total to pay."""

    net: MoneyView
    lines: list[PremiumLineView]
    by_cover: list[CoverPremiumView]
    total: MoneyView

    @classmethod
    def of(cls, premium: Premium) -> Self:
        return cls(
            net=MoneyView.of(premium.net),
            lines=[
                PremiumLineView(
                    kind=line.kind, code=line.code, name=line.name, amount=MoneyView.of(line.amount)
                )
                for line in premium.lines
            ],
            by_cover=[
                CoverPremiumView(cover=share.cover, amount=MoneyView.of(share.amount))
                for share in premium.by_cover
            ],
            total=MoneyView.of(premium.total),
        )


class CoverView(BaseModel):
    code: str
    name: str
    limit: MoneyView | None
    excess: MoneyView | None
    excess_note: str | None

    @classmethod
    def of(cls, cover: CoverTerms) -> Self:
        return cls(
            code=cover.code,
            name=cover.name,
            limit=MoneyView.of(cover.limit) if cover.limit is not None else None,
            excess=MoneyView.of(cover.excess) if cover.excess is not None else None,
            excess_note=cover.excess_note,
        )


class FindingView(BaseModel):
    """Why underwriting declined, referred, excluded or loaded."""

    code: str
    outcome: str
    reason: str

    @classmethod
    def of(cls, finding: Finding) -> Self:
        return cls(code=finding.code, outcome=finding.outcome, reason=finding.reason)


class ImposedTermsView(BaseModel):
    load: str | None
    excess: MoneyView | None
    exclusions: list[str]

    @classmethod
    def of(cls, terms: ImposedTerms) -> Self:
        return cls(
            load=str(terms.load) if terms.load is not None else None,
            excess=MoneyView.of(terms.excess) if terms.excess else None,
            exclusions=list(terms.exclusions),
        )


class AddressView(BaseModel):
    lines: list[str]
    postcode: str | None
    country: str


class PolicyholderView(BaseModel):
    name: str
    email: str | None
    date_of_birth: date | None
    address: AddressView | None

    @classmethod
    def of(cls, holder: Policyholder) -> Self:
        return cls.model_validate(holder.model_dump())
