"""Whose statement has a call, and from when a statement never changes."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.usage.months import (
    LATE_AT_MOST,
    final_at,
    month_for,
    months_with,
)

LAST_SECOND = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
NOVEMBER_FULL = datetime(2026, 12, 4, tzinfo=UTC)


def test_a_line_goes_to_the_month_of_its_time_until_three_days_after_its_end() -> None:
    assert month_for(LAST_SECOND, NOVEMBER_FULL - timedelta(seconds=1)) == "2026-11"
    assert month_for(LAST_SECOND, NOVEMBER_FULL) == "2026-12"
    assert month_for(LAST_SECOND + timedelta(seconds=1), NOVEMBER_FULL) == "2026-12"


def test_a_line_goes_past_every_month_that_is_full() -> None:
    assert month_for(LAST_SECOND, datetime(2027, 1, 4, tzinfo=UTC)) == "2027-01"


def test_a_statement_is_final_only_once_nothing_that_began_before_can_still_be_counted() -> None:
    """A delivery that begins before the month is full ends within a minute: the template says so."""
    assert final_at("2026-11") - NOVEMBER_FULL >= timedelta(minutes=10)


@given(
    seconds=st.integers(0, 4 * 366 * 86_400),
    late=st.timedeltas(timedelta(), LATE_AT_MOST),
    since=st.timedeltas(timedelta(), timedelta(days=90)),
)
def test_a_reader_looks_into_every_statement_that_can_have_a_call(
    seconds: int, late: timedelta, since: timedelta
) -> None:
    at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    counted_at = at + late
    first = (at - since).date()

    assert month_for(at, counted_at) in months_with(first, at.date(), counted_at)


def test_a_reader_looks_into_no_month_to_come() -> None:
    assert months_with(date(2026, 10, 1), date(2026, 12, 31), LAST_SECOND) == [
        "2026-10",
        "2026-11",
        "2026-12",
    ]
    assert months_with(date(2026, 1, 1), date(2026, 1, 31), LAST_SECOND) == [
        "2026-01",
        "2026-02",
        "2026-03",
    ]
