"""Excel workbooks of strangers: what a cell shows its sender, and no bomb."""

import io
import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from insurance.domain.intake.document import read_document
from insurance.domain.intake.files import UnreadableFile
from insurance.domain.intake.mapping import compile_mapping
from insurance.intake_files import sheet_values
from insurance.intake_files.reading import read_rows

from tests.support.workbooks import workbook, zipped

HEADINGS = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
DOCUMENT = read_document(
    {"format": "xlsx", "kind": "parties", "columns": {"a": {}}, "fields": {"a": {"from": "a"}}}
)


def read(file: bytes, document=DOCUMENT):
    return [
        (row.number, dict(row.values), row.fault) for row in read_rows(io.BytesIO(file), document)
    ]


def cell(xml: str, **parts) -> str:
    [(_, values, _)] = read(workbook(f'{HEADINGS}<row r="2">{xml}</row>', **parts))
    return str(values["a"])


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<c r="A2"><v>169.26</v></c>', "169.26"),
        ('<c r="A2"><v>169.26000000000002</v></c>', "169.26"),
        ('<c r="A2"><v>0.30000000000000004</v></c>', "0.3"),
        ('<c r="A2"><v>1.5E3</v></c>', "1500"),
        ('<c r="A2"><v>1E-3</v></c>', "0.001"),
        ('<c r="A2"><v>1e400</v></c>', "1e400"),
        ('<c r="A2"><v>NaN</v></c>', "NaN"),
        ('<c r="A2"><v>-0</v></c>', "0"),
        ('<c r="A2" t="str"><v>007</v></c>', "007"),
        ('<c r="A2" t="s"><v>0</v></c>', "Jane"),
        ('<c r="A2" t="b"><v>1</v></c>', "true"),
        ('<c r="A2" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A2" t="d"><v>2026-07-01T00:00:00</v></c>', "2026-07-01"),
        ('<c r="A2" s="1"><v>46204</v></c>', "2026-07-01"),
        ('<c r="A2" s="1"><v>46204.5</v></c>', "2026-07-01 12:00:00"),
        ('<c r="A2" s="1"><v>59</v></c>', "1900-02-28"),
        ('<c r="A2" s="1"><v>60</v></c>', "1900-02-29"),
        ('<c r="A2" s="1"><v>61</v></c>', "1900-03-01"),
        ('<c r="A2" s="1"><v>1e9</v></c>', "1000000000"),
        ('<c r="A2"><f>1+2</f><v>3</v></c>', "3"),
        ('<c r="A2"><f>HYPERLINK("http://x")</f></c>', '=HYPERLINK("http://x")'),
    ],
)  # fmt: skip
def test_a_cell_says_what_it_shows(xml, text):
    strings = "<si><r><t>Ja</t></r><r><t>ne</t></r><rPh><t>jeen</t></rPh></si>"
    assert cell(f'{xml}<c r="B2"><v>1</v></c>', strings=strings) == text


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    part = '<workbookPr date1904="1"/>'
    assert cell('<c r="A2" s="1"><v>44742</v></c>', workbook_part=part) == "2026-07-01"


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("dd/mm/yyyy", True),
        ("[$-409]d-mmm-yy;@", True),
        ('0.00" days"', False),
        ("#,##0.00", False),
        ("[h]:mm", True),
        ("General", False),
        ("[Red]0", False),
        (r"0\d", False),
    ],
)
def test_a_format_of_ones_own_shows_a_day_or_does_not(code, is_date):
    assert sheet_values.is_date_format(164, code) is is_date


def test_a_day_of_a_sheet_is_read_whatever_form_the_mapping_expects_of_text():
    document = {
        "format": "xlsx",
        "kind": "parties",
        "columns": {"a": {}},
        "fields": {"born": {"from": "a", "as": "date", "date": ["%d/%m/%Y"]}},
    }
    rows = f'{HEADINGS}<row r="2"><c r="A2" s="1"><v>46204</v></c></row><row r="3"><c r="A3" t="str"><v>02/07/2026</v></c></row>'
    raw = read_rows(io.BytesIO(workbook(rows)), read_document(document))
    made = list(compile_mapping(document).check(raw))
    assert [one.record["born"] for one in made] == ["2026-07-01", "2026-07-02"]


def test_rows_and_cells_that_are_left_out_are_empty():
    rows = f'{HEADINGS}<row r="5"><c r="B5"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>2</v></c></row>'
    assert read(workbook(rows)) == [
        (5, {"a": "", "b": "1"}, ""),
        (1048576, {"a": "2", "b": ""}, ""),
    ]


def refused(file: bytes, document=DOCUMENT) -> str:
    with pytest.raises(UnreadableFile) as refusal:
        read(file, document)
    return refusal.value.code


def test_two_cells_at_the_far_ends_of_a_sheet_take_no_room():
    """A reader that lays the sheet out as a rectangle asks for half a terabyte here, and ends the process."""
    rows = f'{HEADINGS}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refused(workbook(rows)) == "too-many-columns"
    empty = rows.replace("<v>1</v>", "")
    assert read(workbook(empty)) == []


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", "not-a-workbook"),
        (b"a,b\n1,2\n", "not-a-workbook"),
        (b"PK\x05\x06" + bytes(18), "wrong-parts"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "not-a-workbook"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1")
            + bytes(600)
            + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
        ),
        (workbook(HEADINGS, parts={"../../etc/passwd": "x"}), "wrong-parts"),
        (workbook(HEADINGS, parts={"/etc/passwd": "x"}), "wrong-parts"),
        (workbook(HEADINGS, parts={"xl/media/bomb": bytes(2**22)}), "too-large-unpacked"),
        (zipped({f"part{n}": "" for n in range(2_001)}), "wrong-parts"),
        (b"".join((workbook(HEADINGS)[:40], b"\0" * 50, workbook(HEADINGS)[90:])), "wrong-parts"),
        (workbook(HEADINGS + "<row>"), "not-xml"),
        (workbook(HEADINGS + '<row r="1"/>'), "wrong-parts"),
        (workbook(HEADINGS + '<row r="2"><c r="A2" t="s"><v>9</v></c></row>'), "wrong-parts"),
        (workbook(HEADINGS + '<row r="2"><c r="B2"/><c r="A2"><v>9</v></c></row>'), "wrong-parts"),
        (workbook(HEADINGS.replace(">b<", ">a<")), "repeated-heading"),
        (workbook(""), "empty"),
        (workbook(f'<row><c t="str"><v>{"x" * 40_000}</v></c></row>'), "cell-too-long"),
    ],
)  # fmt: skip
def test_what_is_no_sound_workbook_is_refused_by_its_code(file, code):
    assert refused(file) == code


def test_xml_that_declares_entities_is_refused():
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    assert refused(workbook("", parts={"xl/worksheets/sheet1.xml": laughs})) == "document-type"


def test_a_tag_that_is_longer_than_any_cell_is_refused_long_before_its_end():
    tag = f'<worksheet x="{"".join(f"{n:x}" for n in range(800_000))}'
    file = workbook("", parts={"xl/worksheets/sheet1.xml": tag * 2})
    assert refused(file) == "cell-too-long"


def test_parts_that_are_protected_are_refused():
    file = bytearray(workbook(HEADINGS))
    at = file.rfind(b"PK\x01\x02")
    struct.pack_into("<H", file, at + 8, 1)
    assert refused(bytes(file)) == "encrypted"


def test_a_sheet_is_named_or_is_the_first():
    document = DOCUMENT.replace(sheet="T")
    assert refused(workbook(HEADINGS), document) == "no-such-sheet"
    assert read(workbook(HEADINGS), DOCUMENT.replace(sheet="S")) == []


SOUND = workbook(
    f'{HEADINGS}<row r="2"><c r="A2" s="1"><v>46204</v></c><c r="B2" t="s"><v>0</v></c></row>',
    strings="<si><t>x</t></si>",
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=4)), max_size=4
    )
)
def test_a_workbook_with_any_bytes_changed_is_read_or_refused(changes):
    file = bytearray(SOUND)
    for place, new in changes:
        file[place : place + len(new)] = new
    with suppress(UnreadableFile):
        read(bytes(file))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_a_sheet_of_any_bytes_is_read_or_refused(sheet):
    with suppress(UnreadableFile):
        read(workbook("", parts={"xl/worksheets/sheet1.xml": sheet}))
