"""A file whose values are others than those of the batches before is noticed; one that is like them is not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from insurance.domain.core.errors import InvalidFields, WrongState
from insurance.domain.intake.batch import (
    BatchStatus,
    BatchStep,
    DataBatch,
    FieldTally,
    RowTally,
)
from insurance.domain.intake.document import DriftRule, Watch
from insurance.domain.intake.drift import bin_of, drifts_of, stability_index
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.quality import BatchQuality
from insurance.domain.intake.row import Action
from insurance.domain.intake.source import RowKind
from insurance.domain.intake.spread import Drift

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def spread(values: list[Any]) -> dict[str, int]:
    bins: dict[str, int] = {}
    for value in values:
        place = bin_of(value, TODAY)
        bins[place] = bins.get(place, 0) + 1
    return bins


def batch(bins: dict[str, int], *, rows: int = 0, filled: int = 0, **changes: Any) -> DataBatch:
    rows = rows or sum(bins.values())
    return DataBatch(
        id="bat_test_a",
        source="harbour",
        source_revision=1,
        version=1,
        kind=RowKind.QUOTES,
        partner="",
        upload_id="upl_test_0123456789abcdef",
        sha256="a" * 64,
        size_bytes=1,
        received_by="otto",
        received_at=NOW,
        status=BatchStatus.CHECKED,
        changed_at=NOW,
        tally=RowTally(read=rows),
        fields={"value": FieldTally(filled=filled or sum(bins.values()))},
        bins={"value": bins},
    ).replace(**changes)


def before(bins: dict[str, int], **named: Any) -> BatchQuality:
    return BatchQuality.of(batch(bins, **named)).replace(sha256="b" * 64)


def rule(watch: Watch, limit: str = "0.25", action: Action = Action.WARN) -> DriftRule:
    return DriftRule(code="moved", field="value", watch=watch, limit=limit, action=action)


def test_the_index_is_the_sum_over_the_groups():
    """By hand: 0.0693 + 0.0091 + 0 + 0.0511 + 0.0203 = 0.1498, less a little for the half row in each group."""
    then = dict(zip("abcde", (200, 300, 250, 150, 100), strict=True))
    now = dict(zip("abcde", (100, 250, 250, 250, 150), strict=True))
    index = stability_index(then, now)
    assert index == Decimal("0.1489")
    assert abs(index - Decimal("0.1498")) < Decimal("0.001")
    assert stability_index(then, then) == 0


def test_bins_are_joined_until_each_group_has_a_tenth_of_the_rows():
    then = {"1": 60, "2": 35, "3": 5}
    assert (
        stability_index(then, {"1": 60, "2": 37, "3": 3}) == 0
    )  # the last belongs to the one before
    assert stability_index(then, {"1": 20, "2": 75, "3": 5}) > Decimal("0.25")
    assert stability_index({"1": 100}, {"9": 100}) > 1  # where there was nothing before
    assert stability_index({"1": 100}, {"1": 97, "9": 3}) == 0


@pytest.mark.parametrize("seed", range(5))
def test_numbers_that_are_spread_alike_have_not_moved_and_dearer_ones_have(seed):
    random = Random(seed)  # noqa: S311 - the same values each time
    usual, again, dearer = (
        [round(random.lognormvariate(mean, 0.6) * 100) for _ in range(2_000)]
        for mean in (9.0, 9.0, 9.5)
    )
    assert stability_index(spread(usual), spread(again)) < Decimal("0.05")
    assert stability_index(spread(usual), spread(dearer)) > Decimal("0.25")


@pytest.mark.parametrize(
    ("value", "place"),
    [(0, "0"), (-3, "-3"), (4, "12"), (5, "13"), (1_000_000, "83"), (-1_000_000, "-83"), (True, "true"), ("petrol", "petrol"), (date(2026, 11, 29), "-1")],
)  # fmt: skip
def test_a_value_counts_in_a_bin_that_never_moves(value, place):
    assert bin_of(value, TODAY) == place


def test_each_rule_says_what_it_measured():
    last = [before({"petrol": 80, "diesel": 20}, rows=105)]
    now = batch({"petrol": 30, "electric": 40}, rows=100)

    assert drifts_of([rule(Watch.NEW_CODES)], now, last) == (
        Drift(rule="moved", field="value", watch=Watch.NEW_CODES, action=Action.WARN, measured="1", codes=("electric",)),
    )  # fmt: skip
    [missing] = drifts_of([rule(Watch.MISSING)], now, last)
    assert missing.measured == "0.2523"  # 0.3000 now, 0.0477 before
    [moved] = drifts_of([rule(Watch.DISTRIBUTION)], now, last)
    assert Decimal(moved.measured) > 1
    assert drifts_of([rule(Watch.MISSING, "0.3"), rule(Watch.DISTRIBUTION, "9")], now, last) == ()


def test_nothing_is_said_by_few_rows_of_other_fields_or_of_the_file_itself():
    now, rules = batch({"electric": 40}), [rule(Watch.NEW_CODES)]
    assert drifts_of(rules, now, [before({"petrol": 99})]) == ()
    assert drifts_of(rules, batch({"electric": 29}), [before({"petrol": 100})]) == ()
    assert drifts_of(rules, now, [before({"petrol": 100}).replace(fields={}, bins={})]) == ()
    assert drifts_of(rules, now, [before({"petrol": 100}).replace(sha256=now.sha256)]) == ()
    assert drifts_of(rules, now, [before({"petrol": 100})]) != ()


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (Action.WARN, BatchStatus.CHECKED),
        (Action.QUARANTINE, BatchStatus.PAUSED),
        (Action.HALT, BatchStatus.HALTED),
    ],
)
def test_after_a_dry_run_a_rule_may_hold_the_batch_and_after_a_run_it_only_says(action, status):
    [drift] = drifts_of(
        [rule(Watch.NEW_CODES, action=action)], batch({"x": 40}), [before({"y": 100})]
    )

    held = batch({"x": 40}).drifted((drift,))

    assert (held.status, held.drifts) == (status, (drift,))
    assert batch({}, rows=1, status=BatchStatus.FINISHED).drifted((drift,)).status == "finished"
    if status is BatchStatus.PAUSED:
        assert held.taken(BatchStep.RESUME, by="otto", now=NOW, reason=None).status == "checked"


def test_a_batch_that_may_be_held_is_tried_before_it_is_started():
    received = batch({}, rows=1, status=BatchStatus.RECEIVED, tries_first=True)
    with pytest.raises(WrongState):
        received.taken(BatchStep.START, by="otto", now=NOW, reason=None)
    tried = received.taken(BatchStep.DRY_RUN, by="otto", now=NOW, reason=None).replace(
        status=BatchStatus.CHECKED
    )
    assert tried.taken(BatchStep.START, by="otto", now=NOW, reason=None).status == "running"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"field": "gone"}, "/drift/0/field"),
        ({"field": "name"}, "/drift/0/field"),  # a text has no spread
        ({"field": "born"}, "/drift/0/field"),  # personal
        ({"field": "value", "watch": "new-codes"}, "/drift/0/field"),
        ({"action": "clean"}, "/drift/0"),
        ({"limit": "much"}, "/drift/0/limit"),
    ],
)
def test_a_rule_that_nothing_can_be_measured_for_is_refused(changes, pointer):
    document: Any = {
        "kind": "quotes",
        "columns": {"Name": {}, "Born": {"personal": True}, "Value": {}},
        "fields": {
            "name": {"from": "Name"},
            "born": {"from": "Born", "as": "date"},
            "value": {"from": "Value", "as": "integer"},
        },
        "drift": [{"code": "moved", "field": "value", "watch": "distribution"}],
    }
    compile_mapping(document)
    with pytest.raises(InvalidFields) as refused:
        compile_mapping(document | {"drift": [document["drift"][0] | changes]})
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
