"""What is asked and what is answered, as pydantic models."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Money(Model):
    amount: int
    currency: Literal["GBP"]


class Address(Model):
    lines: Annotated[list[str], Field(min_length=1, max_length=5)]
    postcode: Annotated[str, Field(max_length=12)] | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Policyholder(Model):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    date_of_birth: date | None = None
    address: Address | None = None


class Driver(Model):
    age: Annotated[int, Field(ge=0, le=120)]
    licence_years: Annotated[int, Field(ge=0, le=100)]
    convictions: Annotated[int, Field(ge=0, le=50)]


class MotorAnswers(Model):
    registration: Annotated[str, Field(pattern=r"^[A-Za-z0-9 ]{2,12}$")]
    vehicle_value: Money
    annual_mileage: Annotated[int, Field(ge=0, le=500000)]
    no_claims_years: Annotated[int, Field(ge=0, le=80)]
    voluntary_excess: Money = Money(amount=0, currency="GBP")
    cover_type: Literal["comprehensive", "third_party_fire_theft"] = "comprehensive"
    drivers: Annotated[list[Driver], Field(min_length=1, max_length=4)]


class QuoteRequest(Model):
    product: Literal["personal_motor"]
    start: date
    policyholder: Policyholder
    answers: MotorAnswers
    covers: Annotated[list[str], Field(max_length=50)] = []
    producer: str | None = None

    def asked(self):
        return self.model_dump(mode="json", exclude_none=True)


class Product(BaseModel):
    code: str
    version: str


class Period(BaseModel):
    start: datetime
    end: datetime


class PremiumLine(BaseModel):
    kind: str
    code: str
    name: str
    amount: Money


class CoverPremium(BaseModel):
    cover: str
    amount: Money


class Premium(BaseModel):
    net: Money
    lines: list[PremiumLine]
    by_cover: list[CoverPremium]
    total: Money


class Cover(BaseModel):
    code: str
    name: str
    limit: Money | None = None
    excess: Money | None = None
    excess_note: str | None = None


class Finding(BaseModel):
    code: str
    outcome: str
    reason: str


class Quote(BaseModel):
    id: str
    party_id: str
    status: str
    revision: int
    product: Product
    period: Period
    premium: Premium | None = None
    covers: list[Cover]
    findings: list[Finding]
    policyholder: Policyholder
    answers: MotorAnswers
    options: list[str]
    producer: str | None = None
    carrier: str
    created_at: datetime
    expires_at: datetime
