"""Files that nobody should send, over the API: a preview refuses each with a code, and a batch of it halts with the same."""

from typing import Any

import pytest
from insurance.domain.intake.files import FAULTS

from tests.support.intake import GOOD, HEADINGS, UNA, Desk, motor_file, motor_mapping
from tests.support.platform import Platform
from tests.support.workbooks import workbook, zipped

CELLS = "".join(f'<c t="str"><v>{heading}</v></c>' for heading in HEADINGS)
HEAD = f'<row r="1">{CELLS}</row>'
LINE = ",".join(HEADINGS)
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'

TEXT_FILES = {
    "nul": f"{LINE}\nAB\0\n".encode(),
    "wrong-encoding": f"{LINE}\nAB12 CDE,Zo\xeb\n".encode("latin-1"),
    "line-too-long": f"{LINE}\n{'x' * 200_000}\n".encode(),
    "cell-too-long": f'{LINE}\n"{"x\n" * 70_000}"\n'.encode(),
    "too-many-columns": (",".join(f"c{n}" for n in range(10_000)) + "\n1\n").encode(),
    "repeated-heading": f"{LINE},Reg\n1\n".encode(),
    "heading-too-long": f"{LINE},{'h' * 300}\n1\n".encode(),
    "wrong-quotes": f'{LINE}\n"AB12 CDE\n'.encode(),
    "empty": b"\n\n",
}
SHEETS = {
    "not-a-workbook": b"no zip",
    "document-type": workbook("", parts={"xl/worksheets/sheet1.xml": LAUGHS}),
    "not-xml": workbook(HEAD + "<row>"),
    "encrypted": bytes.fromhex("d0cf11e0a1b11ae1")
    + bytes(600)
    + "EncryptedPackage".encode("utf-16-le"),
    "too-large-unpacked": workbook(HEAD, parts={"xl/media/bomb": bytes(2**22)}),
    "wrong-parts": workbook(HEAD, parts={"../../etc/passwd": "x"}),
    "repeated-heading": workbook(HEAD.replace(">NCD<", ">Reg<")),
    "cell-too-long": workbook(f'<row><c t="str"><v>{"x" * 40_000}</v></c></row>'),
}
MANY_PARTS = zipped({f"part{n}": "" for n in range(2_001)})


def preview(desk: Desk, code: str, file: bytes) -> Any:
    upload = {"upload_id": desk.uploaded(file, UNA)}
    return desk.platform.call(
        "POST", f"/v1/sources/{code}/preview", upload, by=UNA, clock=None, key=None
    )


def halted(desk: Desk, code: str, file: bytes) -> str:
    brought = desk.brought(file, code)
    assert brought.status == 201, brought.text
    batch = brought.body["id"]
    assert desk.step(batch, "start").status == 200
    done = desk.run(batch)
    assert done["status"] == "halted"
    reason: str = done["reason"]
    return reason


@pytest.mark.parametrize(
    ("form", "files"),
    [("csv", TEXT_FILES), ("xlsx", {**SHEETS}), ("xlsx", {"wrong-parts": MANY_PARTS})],
)
def test_a_bad_file_is_refused_by_a_preview_and_halts_its_batch_with_the_same_code(
    handlers: Platform, form: str, files: dict[str, bytes]
) -> None:
    desk = Desk(handlers)
    desk.approved(mapping=motor_mapping(format=form))

    for code, file in files.items():
        refused = preview(desk, "harbour_motor", file)

        assert (refused.status, refused.code) == (422, "unreadable-file"), (code, refused.text)
        assert FAULTS[code] in refused.body["detail"], code
        assert halted(desk, "harbour_motor", file) == code


def test_marks_of_encodings_and_mixed_ends_of_lines_are_read(handlers: Platform) -> None:
    desk = Desk(handlers)
    desk.approved()
    text = motor_file([GOOD, ("EF56 GHJ", "Zoë Ünal", *GOOD[2:])]).decode()
    lines = text.split("\n")
    mixed = f"{lines[0]}\r\n{lines[1]}\r{lines[2]}\n"

    for file in (text.encode("utf-8-sig"), text.encode("utf-16"), mixed.encode()):
        shown = preview(desk, "harbour_motor", file)

        assert shown.status == 200, shown.text
        rows = shown.body["rows"]
        assert [row["record"]["policyholder"]["name"] for row in rows] == [
            "Ada Lovelace",
            "Zoë Ünal",
        ]


@pytest.mark.parametrize(
    "value", ["1e400", "NaN", "Infinity", "=1+1", "+1+1", "12,000.00", "twelve"]
)
def test_what_only_looks_like_a_figure_keeps_its_row_back(handlers: Platform, value: str) -> None:
    desk = Desk(handlers)
    desk.approved()
    quoted = f'"{value}"'
    [shown] = preview(desk, "harbour_motor", motor_file([(*GOOD[:4], quoted, *GOOD[5:])])).body[
        "rows"
    ]

    assert not shown["is_accepted"]
    assert [found["place"] for found in shown["findings"]] == ["answers.vehicle_value"]
