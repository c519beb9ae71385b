"""The baseline of personal motor, and ways to depart from it."""

from datetime import date
from typing import Any

from insurance.domain.core.money import Currency, Money
from insurance.domain.product import Product, Risk
from insurance.products import SampleLookUps, product

GBP = Currency.GBP
START = date(2026, 1, 1)


def gbp(major: str | int) -> Money:
    return Money.of(str(major), GBP)


def wire(major: int) -> dict[str, object]:
    return {"amount": major * 100, "currency": "GBP"}


def driver(age: int = 35, convictions: int = 0) -> dict[str, object]:
    return {"age": age, "licence_years": max(age - 18, 0), "convictions": convictions}


def motor() -> Product:
    return product("personal_motor")


def answers(**changes: Any) -> dict[str, object]:
    return {
        "registration": "AB12 CDE",
        "vehicle_value": wire(12_000),
        "annual_mileage": 8_000,
        "no_claims_years": 5,
        "voluntary_excess": wire(250),
        "cover_type": "comprehensive",
        "drivers": [driver()],
        **changes,
    }


def risk(covers: tuple[str, ...] = (), start: date = START, **changes: Any) -> Risk:
    """A risk as quoting makes it: answers read, vehicle looked up."""
    read = motor().read_answers(answers(**changes))
    look_ups = SampleLookUps()
    looked_up = {one.source: look_ups.find(one.source, one.key) for one in motor().look_ups(read)}
    return Risk(read, looked_up, covers, start)
