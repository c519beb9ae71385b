"""The matrix of newcomers' machines says of each row what became of it, and fails for one that did not end well."""

from pathlib import Path

import pytest

from tools import newcomer
from tools.newcomer import Ended, NotTried, Row, refused_clearly

ONE_LINE = "error: port 8080 (gateway) is taken; free it or choose another with PORT=<port>"


def well(_: Path) -> str:
    return "OK: 2500.00 GBP paid"


def badly(_: Path) -> str:
    raise Ended("Traceback / KeyError")


def elsewhere(_: Path) -> str:
    raise NotTried("needs root")


@pytest.mark.parametrize(
    ("rows", "asked", "status", "said"),
    [
        (
            [Row("a", well), Row("b", elsewhere)],
            [],
            0,
            ["OK: 2500.00 GBP paid", "NOT TRIED: needs"],
        ),
        ([Row("a", badly), Row("b", well)], [], 1, ["FAILED: Traceback / KeyError", "well: OK"]),
        ([Row("a", badly), Row("b", well)], ["b"], 0, ["well: OK"]),
        ([Row("a", well)], ["c"], 1, ["unknown: c; known: a"]),
    ],
)
def test_each_row_says_what_became_of_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    rows: list[Row],
    asked: list[str],
    status: int,
    said: list[str],
) -> None:
    monkeypatch.setattr(newcomer, "ROWS", rows)

    assert newcomer.main(asked) == status
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(said)
    assert all(words in line for words, line in zip(said, lines, strict=True))


def test_the_issue_s_rows_are_there() -> None:
    assert {row.name for row in newcomer.ROWS} == {
        "fresh-home",
        "spaces",
        "other-user",
        "no-node",
        "no-java",
        "port-taken",
        "two-at-once",
        "read-only-cache",
        "clock-a-year-ahead",
    }


def test_one_clear_line_is_a_good_end() -> None:
    said = f"setup: 2/3\n{ONE_LINE}\nmake: *** [serve] Error 1\n"

    assert refused_clearly(said, 2, "port 8080") == ONE_LINE


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (ONE_LINE, 0),
        (f"Traceback (most recent call last):\n{ONE_LINE}", 1),
        (f"{ONE_LINE}\n{ONE_LINE}", 1),
        ("error: something else", 1),
        ("", 1),
    ],
    ids=["went on", "traceback", "two lines", "about something else", "silent"],
)
def test_all_else_is_not(said: str, status: int) -> None:
    with pytest.raises(Ended):
        refused_clearly(said, status, "port 8080")
