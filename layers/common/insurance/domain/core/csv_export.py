"""CSV as we export it: the one place that writes it, since a spreadsheet runs what looks like a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

FORMULA: Final = re.compile(r"[=+\-@\t\r]")
"""How a cell begins that a spreadsheet takes for a formula (OWASP, "CSV Injection")."""
FIGURE: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def write_csv(
    rows: Iterable[Sequence[object]], columns: Sequence[str] = (), *, line_end: str = "\r\n"
) -> str:
    """The rows as comma-separated values (RFC 4180), under a header if columns are given.

    A text that a spreadsheet would run gets an apostrophe in front. Figures stay as they are.
    """
    text = io.StringIO()
    lines = csv.writer(text, lineterminator=line_end)
    if columns:
        lines.writerow(columns)
    lines.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and FORMULA.match(cell) and not FIGURE.fullmatch(cell):
        return f"'{cell}"
    return cell
