"""How good the values of a file are: five scores a field, of what the source sent and of nothing that we worked out."""

from datetime import UTC, date, datetime

import pytest
from insurance.domain.intake.batch import FieldTally, RowTally
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.quality import BatchQuality, FieldScore, score_of, source_score
from insurance.domain.intake.row import RawRow
from insurance.domain.intake.scoring import FieldCounter

HEADINGS = ("Ref", "Born", "Start", "Fuel", "Price", "Twelfth")
MAPPING = {
    "kind": "quotes",
    "missing": ["N/A"],
    "columns": {heading: {} for heading in HEADINGS},
    "fields": {
        "reference": {"from": "Ref", "required": True},
        "born": {"from": "Born", "as": "date", "max": "2010-01-01"},
        "start": {"from": "Start", "as": "date", "fresh_days": 30},
        "fuel": {"from": "Fuel", "as": "code", "codes": {"P": "petrol", "D": "diesel"}},
        "price": {"from": "Price", "as": "money", "currency": "GBP", "required": True},
        "twelfth": {"from": "Twelfth", "as": "money", "currency": "GBP", "required": True},
        "year": {"value": "price - twelfth * 12", "as": "money", "currency": "GBP", "min": 0},
        "product": {"value": "'pet'"},
    },
    "rules": [
        {"code": "written-out", "at": "raw", "when": "fuel == 'Petrol'", "action": "clean", "set": {"Fuel": "'P'"}},
        {"code": "unborn", "when": "given(born) and given(start) and born > start"},
        {"code": "twice", "at": "across", "unique": ["reference", "start"], "action": "warn"},
    ],
}  # fmt: skip
GOOD = ("A", "1980-01-01", "2026-11-20", "P", "120.00", "10.00")


def counted(*rows: tuple[str, ...]) -> dict[str, FieldTally]:
    mapping = compile_mapping(MAPPING)
    counter = FieldCounter(mapping, date(2026, 11, 30))
    raw = [
        RawRow(number, dict(zip(HEADINGS, row, strict=True))) for number, row in enumerate(rows, 2)
    ]
    for checked, row in zip(mapping.check(raw, mapping.seen_keys(16)), raw, strict=True):
        counter.add(checked, row)
    return counter.tallies()


def changed(place: int, text: str) -> tuple[str, ...]:
    return (*GOOD[:place], text, *GOOD[place + 1 :])


def test_only_fields_that_a_column_fills_are_scored():
    tallies = counted(GOOD)
    assert tallies.keys() == {"reference", "born", "start", "fuel", "price", "twelfth"}
    assert tallies["start"] == FieldTally(filled=1, dated=1, timely=1)
    assert tallies["fuel"] == FieldTally(filled=1)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (changed(0, ""), {"reference": FieldTally()}),  # missing is not wrong
        (changed(0, "N/A"), {"reference": FieldTally()}),
        (changed(1, "2020-01-01"), {"born": FieldTally(filled=1, failed=1)}),
        (changed(2, "2026-10-30"), {"start": FieldTally(filled=1, dated=1)}),
        (changed(2, "2026-10-31"), {"start": FieldTally(filled=1, dated=1, timely=1)}),
        (changed(2, "soon"), {"start": FieldTally(filled=1, failed=1)}),
        (changed(3, "Petrol"), {"fuel": FieldTally(filled=1, failed=1)}),
        (
            changed(2, "1979-01-01"),
            {
                "born": FieldTally(filled=1, inconsistent=1),
                "start": FieldTally(filled=1, inconsistent=1, dated=1),
            },
        ),
        (
            changed(5, "20.00"),  # what is worked out of both is below its least
            {
                "price": FieldTally(filled=1, inconsistent=1),
                "twelfth": FieldTally(filled=1, inconsistent=1),
            },
        ),
    ],
)
def test_a_finding_counts_for_the_fields_that_it_is_about(row, expected):
    assert counted(row) == counted(GOOD) | expected


def test_a_row_that_repeats_another_counts_for_each_field_of_the_key():
    tallies = counted(GOOD, GOOD, changed(0, "B"))
    assert tallies["reference"] == FieldTally(filled=3, repeated=1)
    assert tallies["start"] == FieldTally(filled=3, repeated=1, dated=3, timely=3)


def batch(read: int, **fields: FieldTally) -> BatchQuality:
    return BatchQuality(
        batch_id="bat_test_x",
        source="harbour",
        version=1,
        sha256="0" * 64,
        ended_at=datetime(2026, 11, 30, tzinfo=UTC),
        tally=RowTally(read=read),
        fields=fields,
    )


def test_the_score_is_the_worst_of_the_five_over_the_fields():
    fair = FieldScore(9_000, 10_000, 10_000, 10_000, None)
    late = FieldScore(10_000, 10_000, 10_000, 10_000, 7_000)
    assert score_of([fair, fair]) == 90
    assert score_of([fair, late]) == 70  # only one of them says how fresh it is
    assert score_of([]) is None


def test_a_source_is_scored_by_rows_not_by_batches():
    small = batch(10, a=FieldTally(filled=0))
    large = batch(90, a=FieldTally(filled=90), b=FieldTally(filled=81))
    assert source_score([small, large]) == 90
    assert source_score([]) is None
    assert small.score == 0


def test_a_batch_without_rows_says_nothing_against_its_source():
    assert batch(0, a=FieldTally()).score == 100
