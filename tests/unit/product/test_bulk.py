"""Many risks at once: the same premiums, and the same refusals."""

from itertools import islice
from random import Random

import pytest
from insurance.domain.core.errors import InvalidFields
from insurance.domain.product.rating.bulk import Bulk, reader
from insurance.products import product, versions

from tests.support.motor import START, answers, driver, motor, wire
from tools.products.random_risks import random_risks

VEHICLE = {"vehicle": {"vehicle_group": 15}}


@pytest.mark.parametrize("code", [code for code, _ in versions()])
def test_bulk_premiums_are_those_of_the_tariff(code):
    sold = product(code)
    bulk = Bulk(sold)

    for risk in islice(random_risks(sold, Random(code)), 100):  # noqa: S311 - repeatable
        try:
            price = sold.tariff_price(risk)
        except InvalidFields:
            with pytest.raises(InvalidFields):
                bulk.premium(risk.answers.to_json(), risk.looked_up, risk.covers, risk.start)
            continue
        found = bulk.premium(risk.answers.to_json(), risk.looked_up, risk.covers, risk.start)

        assert found is not None
        assert price is not None
        assert (found.net, found.total) == (price.net.amount, price.total.amount)


def test_the_compiled_reader_takes_what_the_explaining_one_takes():
    read = reader(motor().questions)

    assert read(answers()) == motor().read_answers(answers()).held


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"annual_mileage": "8000"},
        {"annual_mileage": True},
        {"annual_mileage": -1},
        {"vehicle_value": {"amount": 1.5, "currency": "GBP"}},
        {"vehicle_value": {"amount": 100, "currency": "EUR"}},
        {"vehicle_value": wire(-1)},
        {"cover_type": "comprehensiv"},
        {"registration": ""},
        {"registration": "A" * 13},
        {"drivers": []},
        {"drivers": [driver()] * 5},
        {"drivers": [{**driver(), "name": "Ann"}]},
        {"drivers": [{"age": 35}]},
        {"drivers": None},
    ],
)
def test_whatever_is_wrong_is_refused_with_its_pointer(wrong):
    assert reader(motor().questions)(answers(**wrong)) is None
    with pytest.raises(InvalidFields):
        Bulk(motor()).premium(answers(**wrong), VEHICLE, (), START)


def test_without_the_look_up_there_is_no_premium():
    assert Bulk(motor()).premium(answers(), {"vehicle": None}, (), START) is None
