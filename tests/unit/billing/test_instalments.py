"""Instalments: published figures, and what holds for every sum and plan."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.billing import OddUnits, Plan, plans_of, schedule
from insurance.domain.billing.instalments import divided
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.period import Period

from tests.cases.published import expected
from tests.support.platform import Platform
from tests.support.policy_life import gbp

FIRST = date(2026, 1, 31)
YEAR = Period(start=datetime(2026, 1, 31, tzinfo=UTC), end=datetime(2027, 1, 31, tzinfo=UTC))


def test_mot_i1_twelve_instalments_with_a_charge():
    platform = Platform()
    total = platform.issue().premium.total
    monthly = plans_of(platform.product)[1]

    charge = monthly.charge_on(total)
    dues = schedule(total + charge, monthly, FIRST, YEAR).dues

    assert [str(amount.major) for amount in (charge, dues[0].amount, dues[1].amount)] == expected(
        "MOT-I1"
    )
    assert len({due.amount for due in dues[1:]}) == 1


def test_ins_1_the_odd_pennies():
    total = Money(amount=56700 + 5245 + 1000 + 1701, currency=Currency.USD)
    parts = {rule: divided(total, 12, rule) for rule in OddUnits}

    last, first = parts[OddUnits.LAST][0], parts[OddUnits.FIRST][0]
    spread, (less, forgone) = parts[OddUnits.SPREAD_LAST][0], parts[OddUnits.WRITE_OFF]

    assert [str(money.major) for money in (total, last[0], last[-1], spread[-1], forgone)] == (
        expected("INS-1")
    )
    assert (first[0], first[1]) == (last[-1], last[0])
    assert spread[-2:] == [spread[-1]] * 2
    assert spread[:10] == less[:10] == last[:10]


@given(st.integers(0, 10**10), st.integers(1, 366), st.sampled_from(OddUnits), st.dates(FIRST))
def test_instalments_add_up_to_the_sum(amount, count, odd_units, first_due):
    total = Money(amount=amount, currency=Currency.GBP)

    parts, forgone = divided(total, count, odd_units)

    assert sum(part.amount for part in parts) + forgone.amount == amount
    assert 0 <= forgone.amount < count
    assert max(part.amount for part in parts) - min(part.amount for part in parts) <= count


def test_due_dates_keep_to_the_end_of_the_month():
    plan = Plan(code="quarterly", name="Quarterly", count=4)

    dues = schedule(gbp("100"), plan, FIRST, YEAR).dues

    assert [due.due_on.isoformat() for due in dues] == [
        "2026-01-31",
        "2026-04-30",
        "2026-07-31",
        "2026-10-31",
    ]


@given(st.dates(FIRST, date(2040, 1, 1)), st.integers(1, 1200), st.integers(1, 366))
def test_every_instalment_is_due_within_the_term(first_due, days, count):
    start = datetime(first_due.year, first_due.month, first_due.day, tzinfo=UTC)
    term = Period(start=start, end=start + timedelta(days=days))
    plan = Plan(code="often", name="Often", count=count)

    dues = [due.due_on for due in schedule(gbp("100"), plan, first_due, term).dues]

    assert dues == sorted(dues)
    assert dues[0] == first_due
    assert dues[-1] < term.end.date()


def test_half_a_year_is_paid_by_the_month_and_a_year_by_the_week():
    half = YEAR.replace(end=datetime(2026, 7, 31, tzinfo=UTC))
    monthly = Plan(code="monthly", name="Monthly", count=6)
    weekly = Plan(code="weekly", name="Weekly", count=52)

    by_month = schedule(gbp("100"), monthly, FIRST, half).dues
    by_week = schedule(gbp("100"), weekly, FIRST, YEAR).dues

    assert [due.due_on.month for due in by_month] == [1, 2, 3, 4, 5, 6]
    assert by_week[-1].due_on == date(2027, 1, 23)
