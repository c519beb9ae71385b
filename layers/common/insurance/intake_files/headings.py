"""The headings of a file against the columns of a mapping."""

from collections.abc import Sequence
from typing import Final

from insurance.domain.intake.document import COLUMNS_MAX, HEADING_MAX, MappingDocument
from insurance.domain.intake.files import UnreadableFile

ROWS_MAX: Final = 1_000_000
CELL_MAX: Final = 32_767
"""Characters: what a cell of Excel holds."""


def checked_headings(cells: Sequence[str], document: MappingDocument, place: int) -> list[str]:
    """The headings without blanks around. Columns without one are unknown to mappings, and may be many.

    Raises:
        UnreadableFile: There are too many, one is too long, two are the same, or one that is required is missing.
    """
    headings = [cell.strip() for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise UnreadableFile("empty")
    if len(headings) > COLUMNS_MAX:
        raise UnreadableFile("too-many-columns", place)
    if max(map(len, headings)) > HEADING_MAX:
        raise UnreadableFile("heading-too-long", place)
    named = [heading for heading in headings if heading]
    if len(set(named)) != len(named):
        raise UnreadableFile("repeated-heading", place)
    required = {name for name, column in document.columns.items() if column.required}
    if required - set(named):
        raise UnreadableFile("missing-column", place)
    return headings
