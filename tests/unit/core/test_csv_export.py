"""What we export as CSV runs in no spreadsheet, and reads back as it was."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.core.csv_export import write_csv


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1+2", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_looks_like_a_formula_is_no_formula(cell: str) -> None:
    assert read(write_csv([(cell,)])) == [[f"'{cell}"]]


@pytest.mark.parametrize("cell", [-1, Decimal("-12.30"), "-12.30", "+5", "0.5", "", "a=b", None])
def test_figures_and_plain_texts_stay(cell: object) -> None:
    assert read(write_csv([(cell, "x")])) == [["" if cell is None else str(cell), "x"]]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=2)))
def test_no_cell_starts_a_formula_and_none_is_lost(rows: list[list[str]]) -> None:
    for row, cells in zip(rows, read(write_csv(rows, line_end="\n")), strict=True):
        assert [cell.removeprefix("'") for cell in cells] == [
            cell.removeprefix("'") for cell in row
        ]
        assert not [cell for cell in cells if cell[:1] in {"=", "@"}]
