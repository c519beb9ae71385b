"""What a product sets aside for a claim."""

from datetime import date
from typing import Any

import pytest
from insurance.domain.core.money import Currency, Money
from insurance.domain.product import InvalidProduct, Product, Risk
from insurance.domain.product.claims.assessment import Assessment, Loss

from tests.support.make import product

ASKS = [
    {"code": "injured", "type": "integer"},
    {"code": "police", "type": "boolean", "required": False},
]


def pounds(amount: int) -> Money:
    return Money(amount=amount * 100, currency=Currency.GBP)


def sold(reserve: object = None, **cover: Any) -> Product:
    claim = {"asks": ASKS} if reserve is None else {"asks": ASKS, "reserve": reserve}
    return product(covers=[{"code": "main", "claim": claim, **cover}])


def assessed(made: Product, **facts: Any) -> Assessment:
    risk = Risk(made.read_answers({}), {}, (), date(2026, 3, 1))
    return made.assess(Loss("main", pounds(1000), facts), risk)


def test_the_claimed_sum_is_set_aside_until_the_payable_one_is_known():
    made = sold(excess=100)

    assert assessed(made).reserve == pounds(1000)
    assert assessed(made, injured=0).reserve == pounds(900)


def test_a_product_sets_aside_what_it_says():
    made = sold("claimed * 3")

    assert assessed(made).reserve == pounds(3000)
    assert assessed(made, injured=0).reserve == pounds(3000)


def test_no_less_is_set_aside_than_what_is_payable():
    assert assessed(sold("claimed / 4"), injured=0).reserve == pounds(1000)


@pytest.mark.parametrize("reserve", ["money(injured) * 5000", "limit", "loss + excess"])
def test_a_reserve_that_asks_for_a_missing_fact_is_the_claimed_sum(reserve):
    made = sold(reserve, limit=4000, excess=100)

    assert assessed(made).reserve == pounds(1000)
    assert assessed(made, injured=1).reserve > pounds(1000) - pounds(101)


def test_an_answer_that_may_be_missing_is_guarded():
    with pytest.raises(InvalidProduct, match="may be missing"):
        assessed(sold("5000 if police else 0"))


def test_nothing_is_set_aside_for_a_claim_that_fails():
    rule = {"code": "never", "when": True, "reason": "Never covered"}
    made = product(covers=[{"code": "main", "claim": {"reserve": 500, "exclusions": [rule]}}])

    assert assessed(made).reserve == pounds(0)
