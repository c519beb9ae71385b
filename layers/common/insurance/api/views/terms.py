"""What quotes and policies show alike: money, periods, premiums, covers."""

from datetime import date, datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from insurance.domain.contract.premium import LineKind
from insurance.domain.contract.terms import Finding, ImposedTerms
from insurance.domain.core.money import Currency


class View(BaseModel):
    """A representation; `etag` travels as a header, not in the body."""

    model_config = ConfigDict(defer_build=True)  # as a value: a call shows one view of many

    etag: str | None = Field(default=None, exclude=True)


class Shown(BaseModel):
    """Shows a value of the domain by its fields of the same names."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)

    @classmethod
    def of(cls, value: Any) -> Self:
        return cls.model_validate(value)


class MoneyView(Shown):
    """An amount in minor units: 169.26 GBP is {"amount": 16926, "currency": "GBP"}."""

    amount: int
    currency: Currency


class ProductRefView(Shown):
    """A version of a product."""

    code: str
    version: str


class PeriodView(Shown):
    """From `start` up to but not including `end`."""

    start: datetime
    end: datetime


class PremiumLineView(Shown):
    """A tax, levy or fee on top of the net premium."""

    kind: LineKind
    code: str
    name: str
    amount: MoneyView


class CoverPremiumView(Shown):
    """A cover's share of the net premium."""

    cover: str
    amount: MoneyView


class PremiumView(Shown):
    """Net premium, the lines added to it, and the total to pay."""

    net: MoneyView
    lines: list[PremiumLineView]
    by_cover: list[CoverPremiumView]
    total: MoneyView


class CoverView(Shown):
    """A cover as it is sold."""

    code: str
    name: str
    limit: MoneyView | None
    excess: MoneyView | None
    excess_note: str | None


class FindingView(Shown):
    """Why underwriting declined, referred, excluded or loaded."""

    code: str
    outcome: Literal["decline", "refer", "exclude", "load", "inform"]
    reason: str
    blocks: Literal["quote", "bind", "issue"] | None
    """Of a referral that nobody has accepted yet: the step that it holds up, `quote`, `bind` or
    `issue`."""

    @classmethod
    def of(cls, finding: Finding) -> Self:
        return cls(
            code=finding.code,
            outcome=finding.outcome,
            reason=finding.reason,
            blocks=finding.blocks if finding.open else None,
        )


class ImposedTermsView(BaseModel):
    """Terms on which an underwriter accepted a risk."""

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


class AddressView(Shown):
    """A postal address."""

    lines: list[str]
    postcode: str | None
    country: str


class PolicyholderView(Shown):
    """The person or organisation that takes out the policy."""

    name: str
    email: str | None
    date_of_birth: date | None
    address: AddressView | None

    def name_alone(self) -> Self:
        """For somebody whose affair the rest is not."""
        return self.model_copy(update={"email": None, "date_of_birth": None, "address": None})
