"""A policy in force of another system, in a row of a file that a batch brought."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from pydantic_core import to_json

from insurance.api.body import Request, read_request
from insurance.api.fields import Code, Day, MoneyOrNil, ReferenceCode, Territory
from insurance.api.requests.quotes import PolicyholderRequest
from insurance.domain.contract.migration import CHANGES_MAX, SourceNumber
from insurance.domain.core.money import Money
from insurance.domain.product.covers import COVERS_MAX
from insurance.operations.policy.migrate_policy import BroughtChange, ChargedInput, PolicyInput
from insurance.operations.quoting.make_quote import RiskInput
from insurance.operations.quoting.quoted_party import PartyInput


class ChargeRequest(Request):
    """What was charged or given back for an endorsement."""

    net: Money
    lines: Annotated[dict[Code, Money], Field(max_length=20)] = {}
    commission: Money | None = None

    def charged(self) -> ChargedInput:
        return ChargedInput(self.net, self.lines, self.commission)


class ChargedPremiumRequest(Request):
    """What was charged for the term."""

    net: MoneyOrNil
    lines: Annotated[dict[Code, MoneyOrNil], Field(max_length=20)] = {}
    """Taxes, levies and fees, by the product's codes."""
    commission: MoneyOrNil | None = None

    def charged(self) -> ChargedInput:
        return ChargedInput(self.net, self.lines, self.commission)


class MigratedEndorsementRequest(Request):
    """An endorsement that the policy had."""

    effective_on: Day
    answers: dict[str, Any] = {}
    """Those that it changed."""
    premium: ChargedPremiumRequest
    """From then on, for a whole term."""
    charged: ChargeRequest
    """What was charged for it; below zero: given back."""

    def change(self) -> BroughtChange:
        premium, charged = self.premium.charged(), self.charged.charged()
        return BroughtChange(self.effective_on, self.answers, premium, charged)


class MigratedPolicyRequest(Request):
    """A policy in force."""

    number: SourceNumber
    """As it was called so far."""
    product: Code
    start: Day
    ends_on: Day | None = None
    issued_on: Day | None = None
    policyholder: PolicyholderRequest
    answers: dict[str, Any]
    covers: Annotated[list[Code], Field(max_length=COVERS_MAX)] = []
    producer: ReferenceCode | None = None
    territory: Territory | None = None
    premium: ChargedPremiumRequest
    plan: Code = "annual"
    paid: MoneyOrNil
    endorsements: Annotated[list[MigratedEndorsementRequest], Field(max_length=CHANGES_MAX)] = []

    def policy(self) -> PolicyInput:
        holder = self.policyholder
        return PolicyInput(
            number=self.number,
            risk=RiskInput(
                product=self.product,
                start=self.start,
                party=PartyInput(policyholder=holder.stated(), reference=holder.reference),
                answers=self.answers,
                options=tuple(self.covers),
                territory=self.territory or "",
                producer=self.producer,
            ),
            issued_on=self.issued_on,
            ends_on=self.ends_on,
            premium=self.premium.charged(),
            plan=self.plan,
            paid=self.paid,
            changes=tuple(each.change() for each in self.endorsements),
        )


def read_policy(record: Mapping[str, Any], now: datetime) -> PolicyInput:
    """A row of a file as a policy in force.

    Raises:
        InvalidFields: It does not fit; each fault with its pointer.
    """
    request, _sent = read_request(to_json(record).decode(), MigratedPolicyRequest, now)
    return request.policy()
