"""Histograms of times: whole numbers, which add up, and percentiles within a twentieth of the truth."""

import random
from collections import Counter

import pytest
from insurance.domain.usage.latency import BUCKETS, LONGEST_MS, bucket_of, percentile


def test_what_a_bucket_stands_for_is_within_a_twentieth_of_every_time_in_it() -> None:
    for milliseconds in range(LONGEST_MS + 1):
        shown = percentile({bucket_of(milliseconds): 1}, 50)
        assert shown is not None
        assert 20 * abs(shown - milliseconds) <= milliseconds


def test_short_times_are_exact() -> None:
    assert [percentile({bucket_of(ms): 1}, 50) for ms in range(20)] == list(range(20))


def test_buckets_follow_on_each_other_and_few_are_enough() -> None:
    found = [bucket_of(ms) for ms in range(LONGEST_MS + 1)]

    assert found == sorted(found)
    assert sorted(set(found)) == list(range(BUCKETS))
    assert BUCKETS <= 110


def test_what_took_longer_than_the_longest_counts_as_long() -> None:
    assert bucket_of(10**9) == bucket_of(LONGEST_MS)


@pytest.mark.parametrize("percent", [50, 95])
def test_a_percentile_of_two_histograms_is_that_of_all_their_calls(percent: int) -> None:
    some = random.Random(4711)  # noqa: S311 - repeatable
    times = [int(some.lognormvariate(4, 1.2)) for _ in range(5000)]
    first, second = (Counter(map(bucket_of, part)) for part in (times[:1234], times[1234:]))
    exact = sorted(times)[-(-len(times) * percent // 100) - 1]

    shown = percentile(first + second, percent)

    assert shown is not None
    assert 20 * abs(shown - exact) <= exact


def test_no_calls_have_no_percentile() -> None:
    assert percentile({}, 95) is None
