"""CSV and JSON Lines of strangers: every row that is one, and a refusal by its code for the rest."""

import csv
import io
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from insurance.domain.intake.document import FileFormat, MappingDocument, read_document
from insurance.domain.intake.files import FAULTS, UnreadableFile
from insurance.intake_files.reading import read_rows

CSV = read_document(
    {
        "format": "csv",
        "kind": "parties",
        "columns": {"a": {"required": True}, "b": {}},
        "fields": {"a": {"from": "a"}},
    }
)
JSONL = CSV.replace(format=FileFormat.JSONL)


class Endless(io.RawIOBase):
    """A file of as many bytes as one cares to read, and how many were."""

    def __init__(self, head: bytes, more: bytes) -> None:
        self._head, self._more, self.taken = head, more, 0

    def read(self, size: int = -1) -> bytes:
        head, self._head = self._head[:size], self._head[size:]
        block = head + (self._more * (size // len(self._more) + 1))[: size - len(head)]
        self.taken += len(block)
        return block


def read(file: bytes, document: MappingDocument = CSV):
    return [
        (row.number, dict(row.values), row.fault) for row in read_rows(io.BytesIO(file), document)
    ]


@pytest.mark.parametrize(
    "file",
    [
        b"a,b\n1,\xc3\xa9\n",
        b"\xef\xbb\xbfa,b\r\n1,\xc3\xa9\r\n",
        b"a,b\r1,\xc3\xa9\r",
        b" a , b \n\n1,\xc3\xa9",
        "a,b\r\n1,é\r\n".encode("utf-16"),
        b"\xfe\xff" + "a,b\r\n1,é\r\n".encode("utf-16-be"),
        b'"a","b"\n"1","\xc3\xa9"\n',
        b"a,b,,\n1,\xc3\xa9,,\n",
    ],
)
def test_marks_of_byte_order_ends_of_lines_and_quotes_make_no_difference(file):
    assert next(values for _, values, _ in read(file)) == {"a": "1", "b": "é"}


@pytest.mark.parametrize(("encoding", "byte"), [("latin-1", b"\xe9"), ("windows-1252", b"\xe9")])
def test_an_older_encoding_is_read_where_the_mapping_names_it(encoding, byte):
    document = CSV.replace(encoding=type(CSV.encoding)(encoding))
    assert read(b"a,b\n1," + byte + b"\n", document) == [(2, {"a": "1", "b": "é"}, "")]


@pytest.mark.parametrize(
    ("file", "code", "place"),
    [
        (b"", "empty", 0),
        (b"\n\n", "empty", 0),
        (b"a,b\n1,\xe9\n", "wrong-encoding", 2),
        ("a,b\n1,2".encode("utf-16-le"), "nul", 1),
        (b"a,b\n1,\0\n", "nul", 2),
        (b'a,b\n1,"2\n', "wrong-quotes", 2),
        (b'a,b\n1,"2"3\n', "wrong-quotes", 2),
        (b"a,a\n1,2\n", "repeated-heading", 1),
        (b"b,c\n1,2\n", "missing-column", 1),
        (b"a," + b"b" * 201 + b"\n1,2\n", "heading-too-long", 1),
        (",".join(f"c{n}" for n in range(10_000)).encode(), "too-many-columns", 1),
        (b"a,b\n1," + b"x" * 200_000 + b"\n", "line-too-long", 2),
        (b'a,b\n1,"' + b"x\n" * 100_000 + b'"\n', "cell-too-long", 2),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_its_code(file, code, place):
    with pytest.raises(UnreadableFile) as refusal:
        read(file)
    assert (refusal.value.code, refusal.value.place) == (code, place)
    assert FAULTS[code] in str(refusal.value)


@pytest.mark.parametrize("document", [CSV, JSONL])
def test_a_line_without_an_end_is_refused_before_a_megabyte(document):
    file: Any = Endless(b'a,b\n1,"', b"x")
    with pytest.raises(UnreadableFile) as refusal:
        list(read_rows(file, document))
    assert refusal.value.code in {"line-too-long", "cell-too-long"}
    assert file.taken < 2**20


def test_rows_are_numbered_by_the_line_they_begin_on():
    assert read(b'a,b\n1,"two\r\nlines"\n\n3,4\n') == [
        (2, {"a": "1", "b": "two\nlines"}, ""),
        (5, {"a": "3", "b": "4"}, ""),
    ]


def test_rows_with_too_few_or_too_many_cells_are_rows_with_a_fault():
    assert read(b"a,b\n1\n1,2,3\n1,2,\n") == [
        (2, {"a": "1"}, "too-few-cells"),
        (3, {"a": "1", "b": "2"}, "too-many-cells"),
        (4, {"a": "1", "b": "2"}, ""),
    ]


def test_a_row_that_is_too_long_over_its_lines_is_a_row_with_a_fault():
    long = b'"' + b"x\n" * 40_000 + b'"'
    assert read(b"a,b\n" + long + b"," + long + b"\n1,2\n") == [
        (2, {}, "row-too-long"),
        (80_003, {"a": "1", "b": "2"}, ""),  # 80,000 ends of lines after the second line
    ]


def test_a_row_that_no_item_of_the_database_would_hold_is_a_row_with_a_fault():
    signs = "\u4e00" * 100_000  # three bytes each
    assert read(f"a,b\n1,{signs}\n1,2\n".encode()) == [
        (2, {}, "row-too-long"),
        (3, {"a": "1", "b": "2"}, ""),
    ]
    [(_, _, fault)] = read(f'{{"a": "{signs}"}}'.encode(), JSONL)
    assert fault == "row-too-long"


def test_what_a_spreadsheet_would_run_is_text():
    assert read(b"a,b\n=1+1,@SUM(1)\n") == [(2, {"a": "=1+1", "b": "@SUM(1)"}, "")]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (b'{"a": 1.10, "b": true}', {"a": "1.10", "b": "true"}),
        (b'{"a": 1e400, "b": null}', {"a": "1e400", "b": ""}),
        (b'{"a": {"b": [1, {"c": "x"}]}}', {"a.b.0": "1", "a.b.1.c": "x"}),
    ],
)
def test_what_lies_deeper_in_json_is_named_by_its_way(line, values):
    document = JSONL.replace(columns={"a": CSV.columns["b"]})
    assert read(line, document) == [(1, values, "")]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "not-json"),
        (b"[1]", "missing-column"),
        (b"1", "not-json"),
        (b'{"a": NaN}', "not-json"),
        (b'{"a": "\\ud800"}', "not-json"),
        (b'{"a": 1, "a": 2}', "repeated-heading"),
        (b'{"a.b": 1, "a": {"b": 2}}', "repeated-heading"),
        (b'{"b": 1}', "missing-column"),
        (b'{"a":' * 9 + b"1" + b"}" * 9, "nested-too-deep"),
        (b"[" * 100_000, "not-json"),
        (b"{%s}" % b",".join(b'"c%d":1' % n for n in range(600)), "too-many-cells"),
        (b'{"%s":[1]}' % (b"k" * 199), "heading-too-long"),
        (b'{"%s":[%s]}' % (b"k" * 120_000, b",".join([b"1"] * 499)), "heading-too-long"),
        (b'{"%s":[%s]}' % (b"k" * 190, b",".join([b'"%s"' % (b"x" * 80)] * 480)), "row-too-long"),
    ],
)
def test_a_line_that_is_no_row_is_a_row_with_a_fault(line, fault):
    [(number, _, said), (last, _, fine)] = read(line + b'\n{"a": 1}\n', JSONL)
    assert (number, said, last, fine) == (1, fault, 2, "")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([CSV, JSONL]))
def test_any_bytes_are_rows_or_a_refusal(file, document):
    with suppress(UnreadableFile):
        read(b"a,b\n" + file, document)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r")), min_size=2, max_size=2).filter(any), max_size=5))  # fmt: skip
def test_what_was_written_as_csv_is_read_again(rows):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    said = [list(values.values()) for _, values, _ in read(text.getvalue().encode())]
    assert said == rows
