"""JSON Lines: an object a line; what lies deeper has the names of its way: `drivers.0.born`."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NoReturn

from insurance.domain.intake.document import COLUMNS_MAX, HEADING_MAX, MappingDocument
from insurance.domain.intake.files import UnreadableFile
from insurance.domain.intake.row import RawRow
from insurance.intake_files.headings import ROWS_MAX
from insurance.intake_files.text_lines import LINE_MAX, lines_of

DEPTH_MAX: Final = 6


class _RowFault(ValueError):
    """Why a line is no row."""


def json_rows(stream: BinaryIO, document: MappingDocument) -> Iterator[RawRow]:
    """Rows of which each says its own columns. A line that is none is a row with a fault.

    Numbers stay the text that they are written in. `null` is an empty cell.

    Raises:
        UnreadableFile: The file cannot be read, or not from here on.
    """
    required = [name for name, column in document.columns.items() if column.required]
    count = 0
    for number, line in enumerate(lines_of(stream, document.encoding), 1):
        if not line.strip():
            continue
        count += 1
        if count > ROWS_MAX:
            raise UnreadableFile("too-many-rows", number)
        row = _Row()
        try:
            row.lay_out(_READ(line), "", 0)
        except _RowFault as fault:
            yield RawRow(number, {}, str(fault))
        except (ValueError, RecursionError):
            yield RawRow(number, {}, "not-json")
        else:
            lacking = any(name not in row.cells for name in required)
            yield RawRow(number, row.cells, "missing-column" if lacking else "")
    if not count:
        raise UnreadableFile("empty")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _RowFault("repeated-heading")
    return members


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


_READ: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=str, parse_int=str, parse_constant=_no_number
).decode


class _Row:
    """A line while it is laid out. Its names are counted too: a long one over a list is said again for each value."""

    def __init__(self) -> None:
        self.cells: dict[str, str] = {}
        self._length = 0

    def lay_out(self, value: Any, name: str, depth: int) -> None:
        """Every value under the name of its way."""
        if isinstance(value, dict | list):
            if depth > DEPTH_MAX:
                raise _RowFault("nested-too-deep")
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            for key, one in inner:
                longer = f"{name}.{key}" if name else str(key)
                if len(longer) > HEADING_MAX:
                    raise _RowFault("heading-too-long")
                self.lay_out(one, longer, depth + 1)
            return
        if not depth:
            raise _RowFault("not-json")
        if len(self.cells) >= COLUMNS_MAX:
            raise _RowFault("too-many-cells")
        if name in self.cells:
            raise _RowFault("repeated-heading")
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else value
        f"{name}{text}".encode()  # half a character (a lone surrogate) is none
        self._length += len(name) + len(text)
        if self._length > LINE_MAX:
            raise _RowFault("row-too-long")
        self.cells[name] = text
