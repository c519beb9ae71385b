"""What is due, what was paid, and what becomes of both when the policy changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from insurance.domain.core.errors import PaymentDiffers, PlanAlreadyChosen
from insurance.operations.billing.read_billing import read_billing

from tests.support.billing import UNKNOWN, query_at
from tests.support.plain import plain_product, price
from tests.support.platform import Platform
from tests.support.policies import issued_platform
from tests.support.policy_life import WITH_A_TEENAGER, gbp, motor_with


@pytest.fixture
def platform() -> Platform:
    return issued_platform()


def test_a_policy_whose_plan_nobody_chose_is_due_at_once(platform):
    billed = platform.billing_on(date(2026, 1, 1))

    assert [invoice.due.amount for invoice in billed.statement.invoices] == [gbp("169.26")]
    assert billed.status == "current"
    assert platform.billing_on(date(2026, 1, 2)).status == "delinquent"


def test_paying_by_instalments_costs_its_charge(platform):
    billed = platform.choose("monthly")

    assert billed.statement.owed == gbp("186.19")
    assert len(billed.statement.invoices) == 12
    assert platform.balance("premium_receivable") == 18619


def test_a_plan_stays_once_something_was_paid(platform):
    platform.choose("monthly")
    platform.choose("annual")
    assert platform.balance("premium_receivable") == 16926
    platform.pay("10", "REF-1")

    with pytest.raises(PlanAlreadyChosen):
        platform.choose("monthly")


def test_payments_go_to_the_oldest_first(platform):
    platform.choose("monthly")

    statement = platform.pay("20", "REF-1").summary.statement

    assert [str(invoice.open.major) for invoice in statement.invoices[:3]] == [
        "0.00",
        "10.99",
        "15.52",
    ]


def test_one_outside_reference_is_posted_once(platform):
    first, again = platform.pay("20", "REF-1"), platform.pay("20", "REF-1")

    assert (first.posted_before, again.posted_before) == (False, True)
    assert platform.balance("cash") == 2000
    with pytest.raises(PaymentDiffers):
        platform.pay("21", "REF-1")


def test_what_is_not_owed_goes_to_suspense(platform):
    taken = platform.pay("200", "REF-1")

    assert taken.to_suspense == gbp("30.74")
    assert platform.balance("suspense") == -3074
    assert platform.balance("premium_receivable") == 0
    assert taken.summary.status == "paid"


def test_a_payment_for_a_policy_that_is_not_there_goes_to_suspense_once(platform):
    first, again = platform.pay("50", "REF-9", UNKNOWN), platform.pay("50", "REF-9", UNKNOWN)

    assert first.summary is None
    assert again.posted_before
    assert platform.balance("suspense") == -5000
    with pytest.raises(PaymentDiffers):
        platform.pay("51", "REF-9", UNKNOWN)


def test_a_payment_that_came_for_nobody_is_not_posted_again_when_its_policy_is_named(platform):
    platform.pay("50", "REF-9", UNKNOWN)

    again = platform.pay("50", "REF-9")

    assert (again.summary, again.posted_before) == (None, True)
    assert platform.balance("cash") == 5000
    with pytest.raises(PaymentDiffers):
        platform.pay("51", "REF-9")


def test_a_payment_that_was_posted_on_a_policy_is_not_posted_again_for_another(platform):
    platform.pay("50", "REF-1")

    for other in (UNKNOWN, platform.another_policy()):
        with pytest.raises(PaymentDiffers):
            platform.pay("50", "REF-1", other)

    assert platform.balance("cash") == 5000
    assert platform.balance("suspense") == 0


def test_a_change_in_the_middle_of_a_plan_is_spread_over_what_is_still_to_come(platform):
    platform.choose("monthly")
    platform.now = datetime(2026, 6, 20, tzinfo=UTC)

    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    amounts = [
        invoice.due.amount for invoice in platform.billing_on(date(2026, 6, 21)).statement.invoices
    ]
    assert amounts[:6] == [gbp("15.47")] + [gbp("15.52")] * 5
    assert sum(amount.amount for amount in amounts[6:]) == 6 * 1552 + 13349
    assert max(amounts[6:]).amount - min(amounts[6:]).amount <= 1


def test_a_refund_empties_the_last_instalments_first(platform):
    platform.choose("monthly")
    platform.now = datetime(2026, 6, 20, tzinfo=UTC)

    platform.cancel(date(2026, 7, 2))

    statement = platform.billing_on(date(2026, 6, 21)).statement
    assert [str(invoice.due.amount.major) for invoice in statement.invoices[-2:]] == [
        "8.71",
        "0.00",
    ]
    assert sum(invoice.due.amount.amount for invoice in statement.invoices) == 18619 - 2233


def test_what_was_paid_and_is_not_owed_any_more_is_a_credit(platform):
    platform.pay("169.26", "REF-1")
    platform.now = datetime(2026, 6, 20, tzinfo=UTC)

    platform.cancel(date(2026, 7, 2))

    assert platform.billing_on(date(2026, 6, 21)).statement.credit == gbp("22.33")


def test_who_steps_back_within_the_cooling_off_days_owes_no_charge_either(platform):
    platform.choose("monthly")
    platform.pay("15.47", "REF-1")
    platform.now = datetime(2026, 1, 5, tzinfo=UTC)

    platform.cancel(date(2026, 1, 5))

    statement = platform.billing_on(date(2026, 1, 5)).statement
    assert (statement.owed, statement.credit) == (gbp("0"), gbp("15.47"))
    assert not any(invoice.open for invoice in statement.invoices)
    assert platform.pay("1", "REF-2").to_suspense == gbp(
        "1"
    )  # and with it the charge is taken back
    assert platform.balance("fee_income") == 0
    assert platform.balance("premium_receivable") == -1547


def test_a_day_begins_where_the_risk_is():
    platform = Platform(plain_product(), now=datetime(2025, 12, 20, tzinfo=UTC))
    platform.issue(all_answers=price(1000))

    evening = datetime(2026, 1, 2, 4, 59, tzinfo=UTC)  # of the first of January, in New York
    late = read_billing(platform.policy_id, evening, query_at(evening), platform.refund_ports)
    morning = evening + timedelta(minutes=1)
    after = read_billing(platform.policy_id, morning, query_at(morning), platform.refund_ports)

    assert (late.status, after.status) == ("current", "delinquent")


def test_what_a_plan_forgoes_is_never_given_back_to_who_paid_nothing():
    plan = [{"code": "forgoing", "count": 12, "odd_units": "write_off"}]
    platform = issued_platform(motor_with(instalments=plan))
    assert platform.choose("forgoing").account.forgone == gbp("0.06")
    platform.now = datetime(2026, 1, 5, tzinfo=UTC)

    platform.cancel(date(2026, 1, 5))

    billed = platform.billing_on(date(2026, 1, 5))
    assert billed.statement.owed == gbp("0")
    assert billed.account.refundable(platform.policy) == gbp("0")


def test_the_customers_account_is_what_is_owed_less_what_was_paid(platform):
    platform.choose("monthly")
    platform.pay("31", "REF-1")
    platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    statement = platform.billing_on(date(2026, 8, 1)).statement

    owed = statement.owed - statement.received
    assert platform.balance("premium_receivable") == owed.amount
    assert sum(invoice.open.amount for invoice in statement.invoices) == owed.amount


def test_money_that_came_in_is_never_taken_for_an_instruction_to_pay(platform):
    platform.pay("20", "REF-1")

    streams = platform.memory.events
    assert not [
        event for events in streams.values() for event in events if "payments" in event.facts
    ]
