"""Published figures of policy life, through the operations that a handler calls."""

from datetime import UTC, date, datetime, timedelta

import pytest
from insurance.domain.contract.proration import DayCount, earned
from insurance.domain.core.money import Money
from insurance.domain.policy import ChargeKind

from tests.cases.published import expected
from tests.support.plain import plain_product, price
from tests.support.platform import Platform
from tests.support.policy_life import WITH_A_TEENAGER


def sold(start: date, dollars: int, **changes: object) -> Platform:
    """A platform that has issued a plain policy."""
    platform = Platform(plain_product(**changes), now=datetime(start.year - 1, 12, 20, tzinfo=UTC))
    platform.issue(start, all_answers=price(dollars))
    return platform


def shown(money: Money) -> str:
    return str(money.major)


def test_mot_l1_adding_a_young_driver_half_way():
    platform = Platform()
    platform.issue()

    change = platform.endorse(date(2026, 7, 2), **WITH_A_TEENAGER)

    assert [shown(change.serviced.difference)] == expected("MOT-L1")
    assert str(change.serviced.requested.computation.share) == "183/365 days"


def test_mot_l2_cancelled_by_the_customer_half_way():
    platform = Platform()
    platform.issue()
    platform.now = datetime(2026, 6, 20, tzinfo=UTC)

    change = platform.cancel(date(2026, 7, 2))

    assert [shown(-change.serviced.difference)] == expected("MOT-L2")


@pytest.mark.parametrize("place", range(3))
def test_pro_1_a_year_split_on_the_first_of_july(place):
    day_count = ["months", "actual", "milliseconds"][place]
    platform = sold(date(2021, 1, 1), 1000, day_count=day_count)

    returned = -platform.cancel(date(2021, 7, 1)).serviced.difference

    assert shown(platform.policy.premium.total - returned) == expected("PRO-1")[place]


def test_pro_2_a_tenth_of_the_unearned_is_kept_and_given_back_on_reinstatement():
    rule = [{"by": "policyholder", "method": "short_rate", "retained": "0.10"}]
    platform = sold(date(2021, 1, 1), 1000, day_count="months", life={"cancellation": rule})

    cancelled = platform.cancel(date(2021, 7, 1)).serviced
    reinstated = platform.reinstate(no_known_loss=True).serviced

    kept = {line.kind: shown(line.amount) for line in cancelled.requested.computation.lines}
    given_back = {line.kind: shown(line.amount) for line in reinstated.requested.computation.lines}
    refunds = [-cancelled.difference, reinstated.difference]
    assert [shown(refund).removesuffix(".00") for refund in refunds] == expected("PRO-2")
    assert kept == {ChargeKind.NET: "-500.00", ChargeKind.RETAINED: "50.00"}
    assert given_back == {ChargeKind.NET: "500.00", ChargeKind.RETAINED: "-50.00"}


def test_pro_3_short_rate_of_ninety_percent_of_pro_rata():
    rules = [
        {"by": "policyholder", "method": "short_rate", "retained": "0.10"},
        {"by": "insurer", "method": "pro_rata"},
    ]
    platform = sold(date(2021, 1, 1), 500, life={"cancellation": rules})
    day = date(2021, 1, 1) + timedelta(days=150)
    platform.now = datetime(2021, 5, 1, tzinfo=UTC)

    refunds = []
    for by in ("insurer", "policyholder"):
        refunds.append(-platform.cancel(day, by).serviced.difference)
        platform.reinstate(no_known_loss=True)

    assert [shown(refund) for refund in refunds] == expected("PRO-3")


def test_pro_4_two_changes_in_a_term():
    platform = sold(date(2017, 1, 1), 365)
    end = platform.policy.period.end

    totals = []
    for days_left, dollars in ((243, 730), (121, 1095)):
        platform.endorse(end - timedelta(days=days_left), **price(dollars))
        totals.append(shown(platform.policy.charged).removesuffix(".00"))

    assert totals == expected("PRO-4")


def test_ear_1_premium_earned_over_a_change():
    platform = sold(date(2021, 1, 1), 3000)
    zone, period = platform.product.zone, platform.policy.period
    changed_at = (period.start.astimezone(zone) + timedelta(days=280)).astimezone(zone)

    platform.endorse(changed_at, **price(2000))

    parts = platform.policy.earnings()
    first = earned(parts, changed_at, day_count=DayCount.ACTUAL, zone=zone)
    whole = earned(parts, period.end, day_count=DayCount.ACTUAL, zone=zone)
    figures = [f"{round(amount) / 100:.2f}" for amount in (first, whole - first, whole)]
    assert figures == expected("EAR-1")


@pytest.mark.parametrize(("place", "dollars"), list(enumerate((365, 700, 2345))))
def test_ear_2_premium_by_day(place, dollars):
    platform = sold(date(2021, 1, 1), dollars)
    zone, period = platform.product.zone, platform.policy.period

    a_day = earned(
        platform.policy.earnings(),
        period.start + timedelta(days=1),
        day_count=DayCount.ACTUAL,
        zone=zone,
    )

    assert f"{float(a_day) / 100:.4f}" == expected("EAR-2")[place]


def test_ear_3_what_was_earned_before_it_was_issued_is_caught_up():
    platform = sold(date(2021, 1, 1), 365)
    ten_days_in = platform.policy.period.start + timedelta(days=10)

    caught_up = earned(
        platform.policy.earnings(),
        ten_days_in,
        day_count=DayCount.ACTUAL,
        zone=platform.product.zone,
    )

    assert int(caught_up) // 100 == int(expected("EAR-3")[0])
