"""The matrix of newcomers' machines says of each row what became of it, and fails for one that did not end well."""

import os
from pathlib import Path

import pytest

from tools import newcomer
from tools.newcomer import Ended, Machine, NotTried, Row, refused_clearly

ONE_LINE = "error: port 8080 (gateway) is taken; free it or choose another with PORT=<port>"


def fresh(folder: Path) -> Machine:
    return Machine(folder, folder, folder, {"PATH": os.environ["PATH"]})


def elsewhere(_: Path) -> Machine:
    raise NotTried("needs root")


def well(_: Machine) -> str:
    return "OK: 2500.00 GBP paid"


def badly(_: Machine) -> str:
    raise Ended("Traceback / KeyError")


@pytest.mark.parametrize(
    ("rows", "asked", "status", "said"),
    [
        (
            [Row("a", fresh, well), Row("b", elsewhere)],
            [],
            0,
            ["OK: 2500.00 GBP paid", "NOT TRIED: needs"],
        ),
        (
            [Row("a", fresh, badly), Row("b", fresh, well)],
            [],
            1,
            ["FAILED: Traceback / KeyError", "well: OK"],
        ),
        ([Row("a", fresh, badly), Row("b", fresh, well)], ["b"], 0, ["well: OK"]),
        ([Row("a", fresh, well)], ["c"], 1, ["unknown: c; known: a"]),
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


MAKEFILE = """run:
\t@echo "OK: 2500.00 GBP paid"
test:
\t@{tests}
"""


@pytest.mark.parametrize(
    ("tests", "status", "outcome"),
    [
        ("echo '== 7 passed, 1 skipped in 3.21s =='", 0, "make test: 7 passed, 1 skipped in 3.21s"),
        ("echo '== 1 failed, 6 passed in 3.21s =='; exit 1", 1, "FAILED: == 1 failed, 6 passed"),
        ("echo nothing", 1, "FAILED: nothing"),
    ],
    ids=["passed", "failed", "not run"],
)
def test_with_tests_each_row_plays_them_too(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tests: str,
    status: int,
    outcome: str,
) -> None:
    def cloned(folder: Path) -> Machine:
        (folder / "Makefile").write_text(MAKEFILE.format(tests=tests))
        return fresh(folder)

    rows = [Row("a", cloned, well), Row("b", fresh, well, is_tested=False)]
    monkeypatch.setattr(newcomer, "ROWS", rows)

    assert newcomer.main(["--tests"]) == status
    tested, not_tested = capsys.readouterr().out.splitlines()
    assert outcome in tested
    assert "make test" not in not_tested
    assert newcomer.main([]) == 0, "without the option nothing is tested"


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
