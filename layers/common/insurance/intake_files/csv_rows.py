"""Comma-separated values (RFC 4180) and their relatives with other delimiters."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from insurance.domain.intake.document import MappingDocument
from insurance.domain.intake.files import UnreadableFile
from insurance.domain.intake.row import RawRow
from insurance.intake_files.headings import ROWS_MAX, checked_headings
from insurance.intake_files.text_lines import LINE_MAX, lines_of


def csv_rows(stream: BinaryIO, document: MappingDocument) -> Iterator[RawRow]:
    """Rows under the first one, which has the headings. Empty lines are none.

    Raises:
        UnreadableFile: The file cannot be read, or not from here on.
    """
    lines = csv.reader(
        lines_of(stream, document.encoding), delimiter=document.delimiter, strict=True
    )
    begins = 1
    headings: list[str] = []
    count = width = 0
    try:
        for cells in lines:
            number, begins = begins, lines.line_num + 1
            if not cells:
                continue
            if not headings:
                headings = checked_headings(cells, document, number)
                width = len(headings)
                continue
            count += 1
            if count > ROWS_MAX:
                raise UnreadableFile("too-many-rows", number)
            if begins > number + 1 and sum(map(len, cells)) > LINE_MAX:
                yield RawRow(number, {}, "row-too-long")
            elif len(cells) == width:
                yield RawRow(number, dict(zip(headings, cells, strict=True)))
            else:
                yield _uneven(number, headings, cells)
    except csv.Error as error:
        code = "cell-too-long" if "field larger" in str(error) else "wrong-quotes"
        raise UnreadableFile(code, begins) from error
    if not headings:
        raise UnreadableFile("empty")


def _uneven(number: int, headings: list[str], cells: list[str]) -> RawRow:
    """A row that has not as many cells as there are headings; empty ones more do no harm."""
    values = dict(zip(headings, cells, strict=False))
    if len(cells) < len(headings):
        return RawRow(number, values, "too-few-cells")
    return RawRow(number, values, "too-many-cells" if any(cells[len(headings) :]) else "")
