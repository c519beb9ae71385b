"""What is asked and what is answered after the quote, as pydantic models."""

from datetime import datetime
from typing import Annotated, Literal

from models import (
    Cover,
    Model,
    Money,
    Period,
    Policyholder,
    Premium,
    Product,
)
from pydantic import AfterValidator, BaseModel, Field


class Nothing(Model):
    """A body without fields."""


class IssueRequest(Model):
    quote_id: Annotated[str, Field(max_length=64)]


class Policy(BaseModel):
    id: str
    number: str
    quote_id: str
    party_id: str
    status: str
    flags: list[str] = []
    revision: int
    product: Product
    period: Period
    premium: Premium
    covers: list[Cover]
    policyholder: Policyholder
    partner: str
    carrier: str
    issued_at: datetime
    cover_begins_at: datetime
    as_at: datetime
    charged: Money


class Facts(Model):
    driver_age: Annotated[int, Field(ge=0, le=120)] | None = None
    fault: bool | None = None


class Loss(Model):
    policy_id: Annotated[str, Field(max_length=64)]
    cover: Annotated[str, Field(max_length=50)]
    occurred_at: datetime
    claimed: Money
    facts: Facts = Facts()

    def asked(self):
        return self.model_dump(mode="json", exclude_none=True)


def _checked(iban):
    """ISO 7064's MOD 97-10."""
    if int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97 != 1:
        raise ValueError("the check digits do not match")
    return iban


class Claimant(Model):
    name: Annotated[str, Field(min_length=1, max_length=200)]


class Payee(Model):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    iban: Annotated[
        str, Field(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"), AfterValidator(_checked)
    ]


class Notice(Loss):
    claimant: Claimant
    payee: Payee
    narrative: Annotated[str, Field(max_length=4000)] | None = None
    settle: bool = False


class Rule(BaseModel):
    code: str
    outcome: str
    explanation: str


class Step(BaseModel):
    code: str
    name: str
    figure: str
    before: Money
    after: Money


class CoverageCheck(BaseModel):
    outcome: str
    rules: list[Rule]
    payable: Money | None = None
    steps: list[Step] = []


class Reserve(BaseModel):
    cost_type: str
    outstanding: Money
    reason: str
    at: datetime


class Payment(BaseModel):
    id: str
    cost_type: str
    status: str
    amount: Money
    instruction_id: str
    bank_reference: str | None = None


class Claim(BaseModel):
    id: str
    number: str
    policy_id: str
    policy_number: str
    status: str
    decision: str
    revision: int
    cover: str
    occurred_at: datetime
    reported_at: datetime
    claimed: Money
    claimant: Claimant
    payee: Payee
    facts: Facts
    narrative: str | None = None
    rules: list[Rule]
    steps: list[Step]
    payable: Money | None = None
    reserve: Money
    reserves: list[Reserve]
    paid: Money
    payments: list[Payment]


class BankReport(Model):
    instruction_id: Annotated[str, Field(max_length=80)]
    outcome: Literal["paid", "failed"]
    bank_reference: Annotated[str, Field(max_length=35)]
    executed_at: datetime

    def asked(self):
        return self.model_dump(mode="json")


class Reported(BaseModel):
    instruction_id: str
    claim_id: str
    status: str
