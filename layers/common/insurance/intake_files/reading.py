"""Files of a source as rows: the one way in."""

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final

from insurance.domain.intake.document import FileFormat, MappingDocument
from insurance.domain.intake.row import RawRow
from insurance.intake_files.csv_rows import csv_rows
from insurance.intake_files.json_rows import json_rows
from insurance.intake_files.sheet_rows import sheet_rows

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
    return _READERS[document.format](stream, document)
