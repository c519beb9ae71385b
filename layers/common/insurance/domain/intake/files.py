"""What makes a file unreadable as a whole: a batch halts there, and says why."""

from typing import Final

from insurance.domain.core.errors import Refused


class UnreadableFile(Refused):
    """A file, or the rest of it, that cannot be read."""

    def __init__(self, code: str, place: int = 0) -> None:
        """`place` is the line or the row of the sheet; 0: the file."""
        where = f"From place {place} on the" if place else "The"
        super().__init__(f"{where} file cannot be read: {FAULTS[code]}.")
        self.code, self.place = code, place


FAULTS: Final = {
    "empty": "it has no row of headings",
    "wrong-encoding": "its bytes are no text in the encoding that the mapping names",
    "nul": "it holds NUL, as binary files do",
    "line-too-long": "a line is longer than any row of data",
    "cell-too-long": "a cell is longer than any value",
    "heading-too-long": "a heading is longer than any name of a column",
    "too-many-columns": "it has more columns than a mapping may have",
    "repeated-heading": "two columns have the same heading",
    "missing-column": "a column that the mapping requires is missing",
    "wrong-quotes": "a quotation mark is opened and not closed, or stands inside a cell alone",
    "too-many-rows": "it has more rows than a batch may have",
    "nested": "a line holds objects or lists where cells are expected",
    "not-a-workbook": "it is no Excel workbook (.xlsx)",
    "encrypted": "the workbook is protected by a password",
    "no-such-sheet": "the workbook has no sheet of that name",
    "too-large-unpacked": "it unpacks to more than is read",
    "wrong-parts": "its parts have wrong names, lie over each other, or are packed in a way that is not read",
    "document-type": "its XML declares a document type or entities",
    "not-xml": "its XML is broken",
}
"""By their codes."""
