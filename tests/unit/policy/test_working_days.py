"""Working days, on England's Easter and Christmas of 2026."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.core.working_days import WorkingDays

ENGLAND = WorkingDays(
    code="GB-ENG",
    holidays=frozenset(
        date(2026, month, day)
        for month, day in [(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)]
    ),
    known_until=date(2026, 12, 31),
)


@pytest.mark.parametrize(
    ("first", "days", "expected"),
    [
        (date(2026, 4, 2), 0, date(2026, 4, 2)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 4, 3), 0, date(2026, 4, 7)),
        (date(2026, 12, 24), 2, date(2026, 12, 30)),
        (date(2026, 2, 27), 1, date(2026, 3, 2)),
    ],
)
def test_so_many_working_days_later(first, days, expected):
    assert ENGLAND.after(first, days) == expected


@given(st.dates(date(2026, 1, 1), date(2026, 9, 1)), st.integers(1, 60))
def test_counting_forward_and_between_agree(first, days):
    reached = ENGLAND.after(first, days)

    assert ENGLAND.works(reached)
    assert ENGLAND.between(first, reached) == days


def test_a_calendar_does_not_guess_beyond_what_it_knows():
    with pytest.raises(ValueError, match="ends on 2026-12-31"):
        ENGLAND.after(date(2026, 12, 31), 1)
