"""The bench's arithmetic: ratios, intervals, verdicts."""

from decimal import Decimal

import pytest

from bench.goals import Ratio, count_line, null_line, ratio_line, stumbled_line
from bench.growth import slopes
from bench.meter.ours import Cost
from bench.meter.tally import Meter


def test_a_ratio_is_the_median_of_pairs_inside_its_interval():
    ratio = Ratio.of([1.0, 2.0, 9.0, 4.0, 5.0], [2.0, 4.0, 10.0, 8.0, 10.0])

    assert ratio.middle == 0.5
    assert ratio.low <= ratio.middle <= ratio.high
    assert ratio.rounds == 5


def test_equal_series_have_no_spread():
    assert str(Ratio.of([3.0] * 8, [4.0] * 8)) == "0.750 [0.750, 0.750]"


@pytest.mark.parametrize(("at_most", "verdict"), [(0.75, "PASS"), (0.74, "FAIL"), (None, "")])
def test_a_goal_is_met_by_the_median_and_only_a_goal_has_a_verdict(at_most, verdict):
    ratio = Ratio.of([3.0], [4.0])

    assert ratio_line("x", ratio, ratio, at_most=at_most, raw={}).verdict == verdict


def test_a_noisy_run_says_so():
    assert null_line("null", Ratio.of([1.1], [1.0])).verdict == "FAIL"
    assert null_line("null", Ratio.of([1.04], [1.0])).verdict == "PASS"


def test_what_stumbles_is_a_line_of_its_own_and_misses_its_goal():
    line = stumbled_line("cold / theirs", "ended with status 1:\n no module", 0.85)

    assert str(line).split("  ")[0] == "cold / theirs"
    assert "stumbled: ended with status 1: no module" in str(line)
    assert (line.verdict, line.goal) == ("FAIL", "<= 0.85")
    assert stumbled_line("cold / theirs", "gone").verdict == ""


def test_a_count_at_its_bound_passes():
    assert count_line("units", 12, at_most=12, raw={}).verdict == "PASS"
    assert count_line("units", 12.5, at_most=12, raw={}).verdict == "FAIL"


def test_a_cost_that_does_not_grow_has_slope_zero_and_one_that_grows_has_not():
    flat = Cost("flat", Decimal(2), Decimal(12), 2)
    found = {
        size: {"flat": flat, "rising": Cost("rising", Decimal(size), Decimal(1), 2)}
        for size in (100, 1_000, 100_000)
    }

    assert slopes(found)["flat"] == (0, 0, 0)
    assert slopes(found)["rising"] == (1, 0, 0)


def test_a_round_trip_for_idempotency_records_alone_is_told_from_one_with_business_in_it():
    meter = Meter({"Quotes": ("id",), "app-IdempotencyTable": ("id",)})
    records = {"Keys": [{"id": {"S": "r"}}]}

    with meter.measuring() as tally:
        meter._ask({"RequestItems": {"app-IdempotencyTable": records}})
        meter._sent()
        both = {"app-IdempotencyTable": records, "Quotes": records}
        meter._ask({"RequestItems": both})
        meter._sent()

    assert (tally.round_trips, tally.idempotency_round_trips) == (2, 1)
