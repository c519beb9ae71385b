"""Published cases of personal motor, reproduced through the product's public face."""

import pytest

from insurance.domain.product import Loss, PastClaim
from tests.cases.published import SHARED, expected, text
from tests.unit.product.motor import driver, gbp, motor, risk, wire

PRICES = {
    "MOT-R1": {},
    "MOT-R2": {"drivers": [driver(), driver(19)]},
    "MOT-R3": {"drivers": [driver(35, 1)]},
    "MOT-R4": {"cover_type": "third_party_fire_theft"},
    "MOT-R6": {"covers": ("protected_ncd",)},
}

CLAIMS = {
    "MOT-C1": ("accidental_damage", 3_000, {"driver_age": 35, "fault": True}, True),
    "MOT-C2": ("accidental_damage", 3_000, {"driver_age": 19, "fault": True}, True),
    "MOT-C3": ("accidental_damage", 15_000, {"driver_age": 35, "fault": True}, True),
    "MOT-C4": ("windscreen", 400, {}, False),
}


@pytest.mark.parametrize("case", PRICES)
def test_a_published_price(case):
    price = motor().offer(risk(**PRICES[case])).price

    assert price is not None
    figures = [price.net, price.lines[1].amount, price.total]
    assert [str(figure.major) for figure in figures][: len(expected(case))] == expected(case)


@pytest.mark.parametrize("case", CLAIMS)
def test_a_published_claim(case):
    cover, claimed, facts, counts = CLAIMS[case]

    assessment = motor().assess(Loss(cover, gbp(claimed), facts), risk())

    assert [str(assessment.payable.major)] == expected(case)
    assert assessment.counts is counts


def test_no_more_than_the_sum_insured_is_paid_less_the_excess():
    assert motor().assess(
        Loss("accidental_damage", gbp(15_000), {"driver_age": 35, "fault": True}),
        risk(vehicle_value=wire(12_000)),
    ).payable == gbp("11500.00")


def test_the_copied_cases_are_the_shared_ones():
    if not SHARED.is_file():
        pytest.skip("a clone without the shared folder beside it")

    assert text() == SHARED.read_text("utf-8")


@pytest.mark.parametrize(("case", "faults"), [("MOT-N1", 1), ("MOT-N2", 2)])
def test_a_published_renewal(case, faults):
    price = motor().offer(risk()).price
    assert price is not None
    claims = [PastClaim("accidental_damage", counts=True, paid=gbp(2500))] * faults

    renewal = motor().renew(risk(), last=price, claims=claims)

    assert renewal.offer.price is not None
    assert [str(renewal.offer.price.total.major)] == expected(case)
