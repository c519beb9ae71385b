"""Proration holds whatever the day count: shares add up, parts re-add, nothing is earned twice."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.contract.proration import (
    DayCount,
    Earning,
    Measure,
    ProrationRounding,
    Share,
    earned,
    portions,
)
from insurance.domain.core.arithmetic import ROUNDING
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.period import Period

LONDON, NEW_YORK, UTC_ZONE = (
    ZoneInfo(name) for name in ("Europe/London", "America/New_York", "UTC")
)
ZONES = st.sampled_from([LONDON, NEW_YORK, UTC_ZONE, ZoneInfo("Pacific/Apia")])
DAYS = st.dates(date(2019, 1, 1), date(2029, 12, 31))
AMOUNTS = st.integers(-(10**12), 10**12)


@st.composite
def terms(draw):
    """A term of whole days in a zone, and two instants on it, in order."""
    zone = draw(ZONES)
    first = draw(DAYS)
    length = draw(st.integers(2, 1100))
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    last = first + timedelta(days=length)
    end = datetime(last.year, last.month, last.day, tzinfo=zone)
    term = Period(start=start.astimezone(UTC), end=end.astimezone(UTC))
    seconds = int((term.end - term.start).total_seconds())
    early, late = sorted(draw(st.integers(0, seconds)) for _ in "ab")
    instants = [term.start + timedelta(seconds=offset) for offset in (early, late)]
    return Measure(term, draw(st.sampled_from(DayCount)), zone), *instants


@given(terms())
def test_shares_of_a_split_term_add_up_to_the_whole(drawn):
    measure, early, late = drawn
    edges = [measure.term.start, early, late, measure.term.end]
    spans = [Period(start=start, end=end) for start, end in pairwise(edges) if start < end]

    shares = [measure.share(span).exact for span in spans]

    assert sum(shares, Fraction(0)) == 1
    assert measure.elapsed(early).exact + measure.remaining(early).exact == 1


@given(terms(), AMOUNTS)
def test_nothing_is_earned_beyond_the_term_nor_before_it(drawn, amount):
    measure, early, late = drawn
    part = Earning(amount=Money(amount=amount, currency=Currency.GBP), period=measure.term)

    def at(moment: datetime) -> Fraction:
        return earned([part], moment, day_count=measure.day_count, zone=measure.zone)

    assert at(measure.term.start - timedelta(days=40)) == 0
    assert at(measure.term.end + timedelta(days=40)) == amount
    assert abs(at(early)) <= abs(at(late)) <= abs(amount)


@given(
    st.lists(AMOUNTS, min_size=1, max_size=8),
    st.integers(0, 366),
    st.sampled_from(sorted(ROUNDING)),
    st.sampled_from([1, 5, 100]),
)
def test_portions_re_add_to_the_portion_of_the_sum(amounts, days, mode, unit):
    share = Share(part=days, whole=366, unit="days")
    moneys = [Money(amount=amount, currency=Currency.GBP) for amount in amounts]
    rounding = ProrationRounding(mode=mode, unit=unit)

    parts = portions(moneys, share, rounding)

    whole = Money(amount=sum(amounts), currency=Currency.GBP)
    assert sum(part.amount for part in parts) == share.of(whole, rounding).amount
    for part, amount in zip(parts, amounts, strict=True):
        assert abs(part.amount - amount * share.exact) <= unit


@given(st.integers(0, 10**12), st.integers(0, 365))
def test_what_is_given_back_is_never_more_than_what_was_charged(amount, days):
    share = Share(part=days, whole=365, unit="days")

    assert 0 <= share.of(Money(amount=amount, currency=Currency.GBP)).amount <= amount


def test_a_day_on_which_clocks_change_is_a_day_and_not_so_many_hours():
    start, end = (datetime(2026, 3, day, tzinfo=LONDON) for day in (1, 31))
    sunday = Period(
        start=datetime(2026, 3, 29, tzinfo=LONDON), end=datetime(2026, 3, 30, tzinfo=LONDON)
    )
    term = Period(start=start, end=end)

    days = Measure(term, DayCount.ACTUAL, LONDON).share(sunday)
    milliseconds = Measure(term, DayCount.MILLISECONDS, LONDON).share(sunday)

    assert str(days) == "1/30 days"
    assert milliseconds.part == 23 * 3_600_000


@pytest.mark.parametrize(
    ("day_count", "expected"),
    [
        (DayCount.ACTUAL, "29/366 days"),
        (DayCount.MONTHS, "1/12 months"),
        (DayCount.THIRTY_360, "30/360 days"),
    ],
)
def test_february_of_a_leap_year(day_count, expected):
    term = Period(start=datetime(2024, 1, 1, tzinfo=UTC), end=datetime(2025, 1, 1, tzinfo=UTC))
    february = Period(start=datetime(2024, 2, 1, tzinfo=UTC), end=datetime(2024, 3, 1, tzinfo=UTC))

    assert str(Measure(term, day_count, UTC_ZONE).share(february)) == expected


def test_a_month_from_the_thirty_first_ends_with_the_next_month():
    term = Period(start=datetime(2023, 1, 31, tzinfo=UTC), end=datetime(2024, 1, 31, tzinfo=UTC))
    measure = Measure(term, DayCount.MONTHS, UTC_ZONE)

    assert str(measure.elapsed(datetime(2023, 2, 28, tzinfo=UTC))) == "1/12 months"
    assert str(measure.elapsed(datetime(2023, 3, 14, tzinfo=UTC))) == "(1 14/31)/12 months"


def test_a_half_month_is_a_share_of_its_own_days():
    term = Period(start=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2027, 1, 1, tzinfo=UTC))

    measured = Measure(term, DayCount.MONTHS, UTC_ZONE).elapsed(datetime(2026, 2, 15, tzinfo=UTC))

    assert str(measured) == "(1 1/2)/12 months"
    assert str(measured.of(Money.of("1200", Currency.GBP)).major) == "150.00"
