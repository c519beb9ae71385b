"""Excel sheets (Office Open XML) as rows, one at a time: what a cell shows its sender, as text."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import BinaryIO, Final

from insurance.domain.intake.document import COLUMNS_MAX, MappingDocument
from insurance.domain.intake.files import UnreadableFile
from insurance.domain.intake.row import RawRow
from insurance.intake_files import sheet_values
from insurance.intake_files.headings import CELL_MAX, ROWS_MAX, checked_headings
from insurance.intake_files.text_lines import LINE_MAX
from insurance.intake_files.workbook import Handlers, Package

SHEET_COLUMNS_MAX: Final = 16_384
SHEET_ROWS_MAX: Final = 1_048_576
STRINGS_MAX: Final = 500_000
STRING_CHARACTERS_MAX: Final = 2**24
STYLES_MAX: Final = 65_536
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")


def sheet_rows(stream: BinaryIO, document: MappingDocument) -> Iterator[RawRow]:
    """Rows under the first one that is not empty, which has the headings.

    Raises:
        UnreadableFile: The file cannot be read, or not from here on.
    """
    workbook = _Workbook(Package(stream))
    headings: list[str] = []
    count = 0
    for number, cells in workbook.rows(document.sheet):
        if not any(cells):
            continue
        if not headings:
            headings = checked_headings(cells, document, number)
            continue
        count += 1
        if count > ROWS_MAX:
            raise UnreadableFile("too-many-rows", number)
        if sum(map(len, cells)) > LINE_MAX:
            yield RawRow(number, {}, "row-too-long")
            continue
        more = len(cells) > len(headings) and any(cells[len(headings) :])
        values = dict(zip_longest(headings, cells[: len(headings)], fillvalue=""))
        yield RawRow(number, values, "too-many-cells" if more else "")
    if not headings:
        raise UnreadableFile("empty")


class _Workbook:
    """Sheets by name, the strings that cells share, and which styles show days."""

    def __init__(self, package: Package) -> None:
        self._package = package
        main = next(
            (to for kind, to in package.related("").values() if kind == "officeDocument"), ""
        )
        self._sheets: list[tuple[str, str]] = []
        self._from_1904 = False
        self._related = package.related(main)
        package.read(main, Handlers(self._start, _nothing, _nothing))
        self._strings = _Strings()
        self._styles = _Styles()
        for kind, part in self._related.values():
            if kind == "sharedStrings":
                package.read(part, self._strings.handlers())
            if kind == "styles":
                package.read(part, self._styles.handlers())

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            id = next((to for name, to in attributes.items() if name.endswith("|id")), "")
            part = self._related.get(id, ("", ""))
            if part[0] == "worksheet":
                self._sheets.append((attributes.get("name", ""), part[1]))
        if tag == "workbookPr":
            self._from_1904 = attributes.get("date1904", "0").lower() in {"1", "true", "on"}

    def rows(self, name: str) -> Iterator[tuple[int, list[str]]]:
        """Rows of a sheet, or of the first, each with its number."""
        part = next((part for called, part in self._sheets if not name or called == name), None)
        if part is None:
            raise UnreadableFile("no-such-sheet")
        sheet = _Sheet(self._strings.texts, self._styles.are_dates, from_1904=self._from_1904)
        for _ in self._package.blocks(part, sheet.handlers()):
            rows, sheet.rows = sheet.rows, []
            yield from rows


class _Strings:
    """The table of strings that cells share."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._length = self._said_apart = 0
        self._in_text = False

    def handlers(self) -> Handlers:
        return Handlers(self._start, self._end, self._characters)

    def _start(self, tag: str, _: dict[str, str]) -> None:
        self._said_apart += tag == "rPh"  # how a name is pronounced: no part of it
        self._in_text = tag == "t" and not self._said_apart

    def _end(self, tag: str) -> None:
        self._in_text = False
        self._said_apart -= tag == "rPh"
        if tag == "si":
            if len(self.texts) >= STRINGS_MAX:
                raise UnreadableFile("too-large-unpacked")
            self.texts.append("".join(self._parts))
            self._parts = []

    def _characters(self, text: str) -> None:
        if self._in_text:
            self._length += len(text)
            if self._length > STRING_CHARACTERS_MAX:
                raise UnreadableFile("too-large-unpacked")
            self._parts.append(text)


class _Styles:
    """Which styles of cells show a number as a day."""

    def __init__(self) -> None:
        self.are_dates: list[bool] = []
        self._codes: dict[str, str] = {}
        self._in_cells = False

    def handlers(self) -> Handlers:
        return Handlers(self._start, self._end, _nothing)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:255]
        elif tag == "cellXfs":
            self._in_cells = True
        elif tag == "xf" and self._in_cells:
            if len(self.are_dates) >= STYLES_MAX:
                raise UnreadableFile("wrong-parts")
            number = attributes.get("numFmtId", "0")
            self.are_dates.append(
                sheet_values.is_date_format(int(number[:9]), self._codes.get(number))
            )

    def _end(self, tag: str) -> None:
        self._in_cells = self._in_cells and tag != "cellXfs"


class _Sheet:
    """A sheet while it is read; `rows` holds those that are complete."""

    def __init__(self, strings: list[str], are_dates: list[bool], *, from_1904: bool) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self._strings, self._are_dates, self._from_1904 = strings, are_dates, from_1904
        self._number, self._place = 0, -1
        self._cells: list[str] = []
        self._type = self._style = self._in = ""
        self._text: dict[str, list[str]] = {}
        self._length = 0

    def handlers(self) -> Handlers:
        return Handlers(self._start, self._end, self._characters)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            number = int(attributes.get("r", self._number + 1))
            if not self._number < number <= SHEET_ROWS_MAX:
                raise UnreadableFile("wrong-parts", number)
            self._number, self._cells, self._place = number, [], -1
        elif tag == "c":
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._text, self._length = {}, 0
            self._place = self._place_of(attributes.get("r"))
        elif tag in {"v", "f", "t"}:
            self._in = tag
        elif tag == "rPh":
            self._in = ""

    def _place_of(self, reference: str | None) -> int:
        """The column of a cell, from 0, after the one before it."""
        if reference is None:
            return self._place + 1
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise UnreadableFile("wrong-parts", self._number)
        place = 0
        for letter in match[1]:
            place = place * 26 + ord(letter) - 64
        if not self._place < place - 1 < SHEET_COLUMNS_MAX:
            raise UnreadableFile("wrong-parts", self._number)
        return place - 1

    def _characters(self, text: str) -> None:
        if self._in:
            self._length += len(text)
            if self._length > CELL_MAX:
                raise UnreadableFile("cell-too-long", self._number)
            self._text.setdefault(self._in, []).append(text)

    def _end(self, tag: str) -> None:
        if tag in {"v", "f", "t"}:
            self._in = ""
        elif tag == "c":
            self._add(self._said())
        elif tag == "row":
            self.rows.append((self._number, self._cells))

    def _add(self, text: str) -> None:
        """Cells without a value take no room, however far out they stand."""
        if not text:
            return
        if self._place >= COLUMNS_MAX:
            raise UnreadableFile("too-many-columns", self._number)
        self._cells += [""] * (self._place - len(self._cells))
        self._cells.append(text)

    def _said(self) -> str:  # noqa: PLR0911 - one for each type of cell
        """The text of the cell that ends. A formula says what it gave; one that gave nothing says itself."""
        value = "".join(self._text.get("v", ()))
        match self._type:
            case "inlineStr":
                return "".join(self._text.get("t", ()))
            case "s" if value:
                place = int(value)
                if not 0 <= place < len(self._strings):
                    raise UnreadableFile("wrong-parts", self._number)
                return self._strings[place]
            case "b" if value:
                return "true" if value.strip() in {"1", "true"} else "false"
            case "d":
                return value.removesuffix("T00:00:00").replace("T", " ")
            case "n" if value:
                style = int(self._style)
                if 0 <= style < len(self._are_dates) and self._are_dates[style]:
                    return sheet_values.day(value, from_1904=self._from_1904)
                return sheet_values.figure(value)
        if not value and "f" in self._text:
            return f"={''.join(self._text['f'])}"
        return value


def _nothing(_: str) -> None:
    """Of no interest."""
