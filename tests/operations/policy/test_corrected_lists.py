"""Answers inside a list follow a correction too: the items that said what was told of the policyholder."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from insurance.domain.core.errors import CorrectionNotPossible

from tests.support.customers import ADA, Customer
from tests.support.plain import plain_product, price
from tests.support.platform import Platform

NOW = datetime(2026, 8, 1, 16, tzinfo=UTC)
BORN, RIGHT = "1991-03-14", date(1991, 4, 13)
QUESTIONS = [
    {"code": "price", "type": "money", "label": "Price", "min": 0, "max": 100000},
    {
        "code": "drivers",
        "type": "list",
        "min_items": 1,
        "max_items": 4,
        "fields": [
            {"code": "name", "type": "text"},
            {"code": "born", "type": "date"},
            {"code": "licence", "type": "text"},
        ],
    },
]
REPEATED = [
    {"answer": "drivers/name", "repeats": "name"},
    {"answer": "drivers/born", "repeats": "date_of_birth"},
]
HERSELF = {"name": "Ada Byron", "born": BORN, "licence": "FULL"}
BEN = {"name": "Ben Okri", "born": "1990-01-01", "licence": "FULL"}


@pytest.fixture
def driver() -> Customer:
    customer = Customer(
        Platform(plain_product(questions=QUESTIONS, corrections={"answers": REPEATED}))
    )
    customer.insured(price(300) | {"drivers": [BEN, HERSELF]})
    customer.platform.now = NOW
    return customer


def drivers(customer: Customer, at: datetime = NOW) -> Any:
    policy = customer.policy(customer.platform.policy_id)
    return (policy.at(at).answers or {})["drivers"]


def test_the_item_that_is_the_policyholder_is_corrected_and_the_other_stays(driver: Customer):
    [made] = driver.correct(date_of_birth=RIGHT, name="Ada King").policies

    assert drivers(driver) == [BEN, HERSELF | {"name": "Ada King", "born": "1991-04-13"}]
    began = driver.policy(driver.platform.policy_id).period.start
    assert drivers(driver, began) == [BEN, HERSELF | {"born": "1991-04-13"}]
    assert [one.requested.effective_at for one in made.endorsements] == [began, NOW]


def test_an_item_about_somebody_else_of_the_same_list_does_not_count(driver: Customer):
    driver.platform.endorse(NOW, drivers=[BEN])

    [made] = driver.correct(name="Ada King").policies

    assert made.endorsements == ()
    assert drivers(driver) == [BEN]


def test_what_a_later_endorsement_repeats_is_corrected_there_again(driver: Customer):
    later = datetime(2026, 10, 1, 4, tzinfo=UTC)
    cleo = BEN | {"name": "Cleo Adler"}
    driver.platform.endorse(later, drivers=[BEN, HERSELF, cleo])

    driver.correct(name="Ada King")

    assert drivers(driver) == [BEN, HERSELF | {"name": "Ada King"}]
    assert drivers(driver, later) == [BEN, HERSELF | {"name": "Ada King"}, cleo]


def test_a_later_endorsement_that_leaves_her_out_is_reversed_first(driver: Customer):
    driver.platform.endorse(datetime(2026, 10, 1, 4, tzinfo=UTC), drivers=[BEN])

    with pytest.raises(CorrectionNotPossible) as refused:
        driver.correct(name="Ada King")

    assert [obstacle.code for obstacle in refused.value.obstacles] == ["changed_later"]
    assert drivers(driver) == [BEN, HERSELF]
    assert driver.policy(driver.platform.policy_id).policyholder == ADA


def test_spelt_with_other_spaces_or_case_it_is_the_same(driver: Customer):
    driver.platform.endorse(NOW, drivers=[HERSELF | {"name": "ADA  BYRON"}])

    driver.correct(name="Ada King")

    assert drivers(driver)[0]["name"] == "Ada King"
