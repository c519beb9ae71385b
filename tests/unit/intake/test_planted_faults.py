"""A broker's file with planted faults: each is found and named, nothing else is said, and both ways say the same."""

import gc
import io
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.row import Action, RawRow
from insurance.intake_files.reading import read_rows

from tools.data import broker_file, measuring
from tools.data.__main__ import motor_mapping

MAPPING = motor_mapping()


def measured(tmp_path, seed, rate):
    file = tmp_path / "broker.csv"
    with broker_file.write(file, seed, 2_000, rate).open() as truth:
        return measuring.measure(MAPPING, file, truth)


@pytest.mark.parametrize("seed", [4711])
def test_each_planted_fault_is_found_and_nothing_else(tmp_path, seed):
    found = measured(tmp_path, seed, 0.3)
    assert [score for score in found.scores if not score.is_met] == []
    assert len(found.scores) == 24
    assert min(score.planted for score in found.scores) > 3
    assert found.false_alarms == 0


def test_nothing_is_said_of_a_clean_file(tmp_path):
    assert measured(tmp_path, 7, 0).false_alarms == 0


def test_a_fault_that_is_not_found_is_a_miss(tmp_path):
    """The measuring itself: a mapping that lacks a rule has no recall for its kind."""
    document = MAPPING.document
    poorer = document.replace(rules=tuple(r for r in document.rules if r.code != "too-young"))
    file = tmp_path / "broker.csv"
    with broker_file.write(file, 1, 2_000, 0.3).open() as truth:
        mapping = compile_mapping(poorer, {"makes": broker_file.MAKES})
        found = measuring.measure(mapping, file, truth)
    [missed] = [score for score in found.scores if not score.is_met]
    assert (missed.kind, missed.recall) == ("too young", 0.0)


def raw_rows(seed, rate=0.5, count=60):
    planted = [row.cells for row in broker_file.rows(seed, count, rate)]
    return [
        RawRow(
            number,
            dict(zip(broker_file.COLUMNS, cells, strict=False)),
            "" if len(cells) == len(broker_file.COLUMNS) else "too-few-cells",
        )
        for number, cells in enumerate(planted, 2)
    ]


STRANGE = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", " ", "N/A", "0", "-1", "1e400", "NaN", "29/02/2024", "Electric", "yes", "٣", "1\u00a0"]),
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(0, 59), st.sampled_from(broker_file.COLUMNS), STRANGE), max_size=40))  # fmt: skip
def test_the_straight_way_says_what_the_whole_way_says(seed, changes):
    rows = raw_rows(seed)
    for place, column, text in changes:
        rows[place] = rows[place]._replace(values={**rows[place].values, column: text})
    seen = MAPPING.seen_keys(256)
    whole = [MAPPING.checked(row, seen) for row in rows]
    assert list(MAPPING.check(rows, MAPPING.seen_keys(256))) == whole
    assert list(MAPPING.check(rows, MAPPING.seen_keys(256))) == whole


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_a_cleaned_row_passes_the_rule_that_it_was_cleaned_for(seed):
    for row in raw_rows(seed):
        [made] = MAPPING.check([row], MAPPING.seen_keys(16))
        headings = {field.source: path for path, field in MAPPING.document.fields.items()}
        again = dict(row.values)
        cleaned = [one for one in made.findings if one.action is Action.CLEAN]
        for one in cleaned:
            heading = next(
                (name for name, path in headings.items() if path == one.place), one.place
            )
            again[heading] = one.after or ""
        [passed] = MAPPING.check([row._replace(values=again)], MAPPING.seen_keys(16))
        assert not {one.rule for one in cleaned} & {one.rule for one in passed.findings}


def test_a_row_that_fits_no_key_table_any_more_halts_the_file():
    rows = [row for row in raw_rows(3, 0) if not row.fault]
    made = list(MAPPING.check(rows, MAPPING.seen_keys(16)))
    assert made[-1].findings[-1].action is Action.HALT
    assert made[-1].findings[-1].code == "too-many"
    assert len(made) == 13


def test_what_a_file_was_compared_by_goes_with_it():
    """24 MB a rule must not wait for the collector of circles: a function stays warm for many files."""
    seen = MAPPING.seen_keys(16)
    table = weakref.ref(seen[0])
    gc.disable()
    try:
        list(MAPPING.check(raw_rows(3, 0), seen))
        del seen
        assert table() is None
    finally:
        gc.enable()


def test_what_is_read_twice_is_the_same(tmp_path):
    file = tmp_path / "broker.csv"
    broker_file.write(file, 5, 300, 0.3)
    content = file.read_bytes()
    first, second = (
        list(MAPPING.check(read_rows(io.BytesIO(content), MAPPING.document))) for _ in range(2)
    )
    assert first == second
