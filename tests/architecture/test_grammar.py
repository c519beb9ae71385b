"""What is read as a number or written as CSV, is so in one strict way."""

import re

from tests.architecture.sources import ROOT, sources

READ_BY_US = ("layers/*.py", "functions/*.py")
LOOSE = re.compile(r"""(?<![\\a-z])\\[dw](?![a-z])|\.isdigit\(\)|\.isnumeric\(\)""")
"""These take the digits and letters of every script: `int` would read what nobody meant."""


def test_digits_are_those_of_ascii() -> None:
    loose = [
        f"{path}:{number}"
        for path in sources(*READ_BY_US)
        for number, line in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1)
        if LOOSE.search(line)
        or (".isdecimal()" in line and "isascii()" not in line and "sign.isdecimal" not in line)
    ]

    assert loose == []


def test_csv_is_written_in_one_place() -> None:
    writers = [
        path
        for path in sources(*READ_BY_US)
        if re.search(r"csv\.(writer|DictWriter)", (ROOT / path).read_text("utf-8"))
    ]

    assert writers == ["layers/common/insurance/domain/core/csv_export.py"]
