"""A policy in force of another system, in a row of a file that a batch brought."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from pydantic_core import to_json

from insurance.api.body import Request, read_request
from insurance.api.fields import Code, Day, MoneyOrNil, ReferenceCode, Territory
from insurance.api.requests.quotes import PolicyholderRequest
from insurance.domain.contract.migration import SourceNumber
from insurance.domain.product.covers import COVERS_MAX
from insurance.operations.policy.migrate_policy import PolicyInput
from insurance.operations.quoting.make_quote import RiskInput
from insurance.operations.quoting.quoted_party import PartyInput


class ChargedPremiumRequest(Request):
    """What was charged for the term."""

    net: MoneyOrNil
    lines: Annotated[dict[Code, MoneyOrNil], Field(max_length=20)] = {}
    """Taxes, levies and fees, by the product's codes."""
    commission: MoneyOrNil | None = None


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
            net=self.premium.net,
            lines=self.premium.lines,
            commission=self.premium.commission,
            plan=self.plan,
            paid=self.paid,
        )


def read_policy(record: Mapping[str, Any], now: datetime) -> PolicyInput:
    """A row of a file as a policy in force.

    Raises:
        InvalidFields: It does not fit; each fault with its pointer.
    """
    request, _sent = read_request(to_json(record).decode(), MigratedPolicyRequest, now)
    return request.policy()
