"""Personal motor behaves as its tariff says, through the product's public face."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from insurance.domain.contract.terms import ImposedTerms
from insurance.domain.core.errors import InvalidFields, ProductNotFound
from insurance.domain.product.claims.assessment import Loss
from insurance.products import product

from tests.support.motor import answers, driver, gbp, motor, risk, wire

AT_FAULT = {"driver_age": 35, "fault": True}


def test_the_baseline_is_priced_to_the_penny():
    offer = motor().offer(risk())

    assert offer.outcome == "priced"
    assert offer.premium is not None
    premium = offer.premium
    assert [premium.net, *(line.amount for line in premium.lines)] == [
        gbp("128.80"),
        gbp("15.46"),
        gbp("25.00"),
    ]
    assert offer.premium.total == gbp("169.26")


def test_net_premium_by_cover_adds_up_to_the_whole():
    price = motor().offer(risk(covers=("courtesy_car",))).premium

    assert price is not None
    assert sum(share.amount.amount for share in price.by_cover) == price.net.amount
    shares = {share.cover: share.amount for share in price.by_cover}
    assert shares["courtesy_car"] == gbp("30.00")


def test_the_trace_shows_each_step_with_its_input_factor_and_running_premium():
    steps = {step.code: step for step in motor().offer(risk()).trace}

    assert steps["vehicle_group"].inputs == {"vehicle": {"vehicle_group": 15}}
    assert steps["voluntary_excess"].operand == Decimal("0.92")
    assert steps["no_claims"].rounded == gbp("128.80")
    assert steps["courtesy_car"].operand is None


def test_all_matching_rules_are_reported_and_a_decline_has_no_price():
    offer = motor().offer(risk(drivers=[driver(16, 3)], vehicle_value=wire(60_000)))

    assert offer.outcome == "declined"
    assert offer.premium is None
    assert {finding.code for finding in offer.findings} == {
        "driver_under_17",
        "too_many_convictions",
        "high_value",
    }


def test_an_unknown_vehicle_refers_without_a_price():
    offer = motor().offer(risk(registration="ZZ99 ZZZ"))

    assert offer.outcome == "referred"
    assert [finding.reason for finding in offer.findings] == ["Vehicle not recognised"]
    assert offer.premium is None


def test_a_referred_risk_still_shows_its_price():
    offer = motor().offer(risk(registration="LM70 NPR"))

    assert offer.outcome == "referred"
    assert offer.premium is not None


def test_imposed_terms_rule_the_price_the_covers_and_the_claim():
    imposed = ImposedTerms(load=Decimal("0.25"), excess=gbp(1000), exclusions=("windscreen",))
    offer = motor().offer(risk(registration="LM70 NPR"), imposed)
    plain = motor().offer(risk(registration="LM70 NPR"))

    assert offer.outcome == "priced"
    assert offer.findings[0].answered
    assert offer.premium is not None
    assert plain.premium is not None
    assert offer.premium.net == plain.premium.net.times(Decimal("1.25"))
    assert "windscreen" not in {cover.code for cover in offer.covers}
    paid = motor().assess(Loss("accidental_damage", gbp(3000), AT_FAULT), risk(), imposed)
    assert paid.payable == gbp(2000)
    refused = motor().assess(Loss("windscreen", gbp(400)), risk(), imposed)
    assert refused.outcome == "fail"
    assert refused.payable == gbp(0)


def test_protected_ncd_needs_four_years_without_a_claim():
    with pytest.raises(InvalidFields) as caught:
        motor().offer(risk(covers=("protected_ncd",), no_claims_years=3))

    assert caught.value.faults[0].pointer == "/covers/0"
    assert caught.value.faults[0].code == "not-available"


def test_answers_come_back_unchanged_however_often_they_are_read():
    once = motor().read_answers(answers())

    assert motor().read_answers(once.to_json()) == once


def test_every_fault_of_the_answers_has_its_pointer():
    wrong = answers(
        drivers=[driver(), {"age": "19", "licence_years": 1, "convictions": 0}],
        vehicle_value={"amount": -5, "currency": "GBP"},
        colour="red",
    )

    with pytest.raises(InvalidFields) as caught:
        motor().read_answers(wrong)

    assert {(fault.pointer, fault.code) for fault in caught.value.faults} == {
        ("/answers/drivers/1/age", "not-an-integer"),
        ("/answers/vehicle_value", "too-small"),
        ("/answers/colour", "unknown"),
    }


def test_a_missing_fact_is_named_and_never_denied():
    assessment = motor().assess(Loss("fire_and_theft", gbp(900)), risk())

    assert assessment.outcome == "incomplete"
    assert assessment.missing == ("crime_reference",)


def test_a_claim_of_which_nothing_is_payable_does_not_count():
    assessment = motor().assess(Loss("accidental_damage", gbp(400), AT_FAULT), risk())

    assert assessment.payable == gbp(0)
    assert not assessment.counts


@pytest.mark.parametrize(("offset", "inside"), [(0, True), (-1, False)])
def test_a_loss_at_inception_is_covered(offset, inside):
    start = motor().moment(date(2026, 1, 1))
    loss = Loss("windscreen", gbp(400), occurred_at=start + timedelta(seconds=offset))

    assert (motor().assess(loss, risk()).outcome == "pass") is inside


def test_a_loss_at_the_end_is_not_covered():
    loss = Loss(
        "windscreen",
        gbp(400),
        occurred_at=motor().period(date(2026, 1, 1), motor().read_answers(answers())).end,
    )

    assert motor().assess(loss, risk()).outcome == "fail"


def test_periods_are_half_open_in_local_time_across_the_clock_changes():
    period = motor().period(date(2026, 6, 1), motor().read_answers(answers()))

    assert period.start.astimezone(UTC) == datetime(2026, 5, 31, 23, tzinfo=UTC)
    assert period.end.astimezone(UTC) == datetime(2027, 5, 31, 23, tzinfo=UTC)


def test_a_term_from_29_february_ends_on_28_february():
    assert motor().period(date(2028, 2, 29), motor().read_answers(answers())).end.date() == date(
        2029, 2, 28
    )


def test_an_unknown_product_comes_with_a_suggestion():
    with pytest.raises(ProductNotFound, match="Did you mean personal_motor"):
        product("personal_moter")
