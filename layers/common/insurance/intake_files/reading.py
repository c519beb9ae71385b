"""Files of a source as rows: the one way in."""

import codecs
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

from insurance.domain.intake.document import Encoding, FileFormat, MappingDocument, read_document
from insurance.domain.intake.row import RawRow
from insurance.intake_files.csv_rows import csv_rows
from insurance.intake_files.json_rows import json_rows
from insurance.intake_files.sheet_rows import sheet_rows
from insurance.intake_files.text_lines import BLOCK

ROW_BYTES_MAX: Final = 2**18
"""Of a row's headings and values in UTF-8."""


class Sample(NamedTuple):
    """The first rows of a file that nobody has mapped yet."""

    layout: dict[str, str]
    """As a mapping says it: format, and of CSV encoding and delimiter."""
    headings: tuple[str, ...]
    rows: tuple[RawRow, ...]


type Rows = Callable[[BinaryIO, MappingDocument], Iterator[RawRow]]

_READERS: Final[Mapping[FileFormat, Rows]] = {
    FileFormat.CSV: csv_rows,
    FileFormat.JSONL: json_rows,
    FileFormat.XLSX: sheet_rows,
}


def read_rows(stream: BinaryIO, document: MappingDocument) -> Iterator[RawRow]:
    """Each row of the file by the headings of its columns, in flat memory.

    Raises:
        UnreadableFile: The file cannot be read, or not from here on.
    """
    for row in _READERS[document.format](stream, document):
        yield row if _is_kept_whole(row.values) else RawRow(row.number, {}, "row-too-long")


def _is_kept_whole(values: Mapping[str, str]) -> bool:
    """Whether an item of the database holds the row, with its headings, where it is kept back."""
    length = sum(map(len, values)) + sum(map(len, values.values()))
    if length * 4 <= ROW_BYTES_MAX:  # no character has more bytes
        return True
    return sum(len(name.encode()) + len(text.encode()) for name, text in values.items()) <= (
        ROW_BYTES_MAX
    )


def read_sample(stream: BinaryIO, file_format: FileFormat, most: int = 1_000) -> Sample:
    """The first rows, with the encoding and the delimiter that they show.

    Args:
        stream: One that can be set back to its beginning.
        file_format: What the file is.
        most: Rows to read.

    Raises:
        UnreadableFile: It cannot be read.
    """
    layout = {"format": file_format.value}
    if file_format is FileFormat.CSV:
        layout |= _csv_layout(stream.read(BLOCK))
        stream.seek(0)
    anything = {"kind": "sample", "columns": {"x": {}}, "fields": {"x": {"from": "x"}}}
    document = read_document({**layout, **anything})
    rows = tuple(islice(read_rows(stream, document), most))
    return Sample(layout, tuple(dict.fromkeys(name for row in rows for name in row.values)), rows)


def _csv_layout(head: bytes) -> dict[str, str]:
    encoding = Encoding.UTF_8
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = Encoding.WINDOWS_1252
    line = head.replace(b"\0", b"").splitlines()[0] if head else b""
    return {"encoding": encoding.value, "delimiter": max(_DELIMITERS, key=line.count).decode()}


_DELIMITERS: Final = (b",", b";", b"\t", b"|")
"""The first of those that the line of headings has most of."""
