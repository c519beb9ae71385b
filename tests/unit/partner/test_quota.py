"""The portions in which a quota is taken: never beyond it, one by one near its end, each mark reached once."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.partner.quota import (
    BLOCK_MAX,
    MARKS,
    Span,
    block_size,
    last_calls,
    window,
)

LIMITS = st.one_of(st.integers(1, 40), st.integers(1, 3_000_000))


@given(LIMITS, st.data())
def test_a_block_is_taken_only_where_it_fits_and_is_not_too_large(limit: int, data: st.DataObject):
    seen = data.draw(st.integers(0, limit - 1))
    served = data.draw(st.integers(0, seen))
    size = block_size(seen, limit, served)
    when = window(seen, size, limit)

    assert when.least <= seen <= when.most  # as it was meant it may be taken
    at_most = block_size(when.most, limit, 10 * limit)  # as much would be taken then
    assert 1 <= size <= max(1, at_most)
    for used in (when.least, when.most):
        after = used + size
        assert after <= limit
        marks = [-(-limit * percent // 100) for percent in MARKS]
        crossed = [
            percent for percent, calls in zip(MARKS, marks, strict=True) if used < calls <= after
        ]
        assert max(crossed, default=0) == when.reached


def test_a_new_process_takes_one_call_and_a_busy_one_an_eighth_of_what_it_has_served():
    assert [block_size(0, 1_000_000, served) for served in (0, 7, 16, 80, 8_000_000)] == [
        *(1, 1, 2, 10),
        BLOCK_MAX,
    ]


@pytest.mark.parametrize(
    ("limit", "last"), [(1, 500), (500, 500), (100_000, 500), (20_000_000, 100_000)]
)
def test_the_last_calls_are_taken_one_by_one(limit: int, last: int):
    assert last_calls(limit) == last
    assert block_size(max(0, limit - last), limit, 10**9) == 1
    assert block_size(limit - 1, limit, 10**9) == 1
    assert block_size(limit, limit, 10**9) == block_size(limit + 7, limit, 10**9) == 0


def test_blocks_shrink_towards_the_end():
    sizes = [block_size(used, 100_000, 10**9) for used in range(0, 100_000, 7)]

    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == BLOCK_MAX


def test_a_month_is_one_of_utc():
    eve = datetime(2026, 12, 31, 23, 59, 59, 1, tzinfo=UTC)
    far = eve.astimezone(timezone(timedelta(hours=9)))

    assert Span.month(far) == Span.month(eve)
    assert (Span.month(eve).name, Span.month(eve).seconds) == ("2026-12", 31 * 86_400)
    assert Span.month(eve).seconds_left(eve) == 1
    assert Span.month(eve + timedelta(seconds=1)).name == "2027-01"
    assert Span.month(datetime(2028, 2, 5, tzinfo=UTC)).seconds == 29 * 86_400


def test_a_span_begins_with_its_minute_hour_or_day_of_utc():
    at = datetime(2026, 11, 30, 21, 5, 59, 500_000, tzinfo=UTC)
    lengths = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))

    spans = [Span.of(at, length) for length in lengths]

    assert [each.name[11:] for each in spans] == ["21:05", "21:00", "00:00"]
    assert [each.seconds for each in spans] == [60, 3_600, 86_400]
    assert spans[0].seconds_left(at) == 1


def test_a_rate_tells_no_mark():
    assert {window(used, 1, 10, ()).reached for used in range(10)} == {0}
