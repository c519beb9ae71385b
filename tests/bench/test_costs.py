"""docs/costs.md says what the meter says."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.meter import table

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def metered() -> list[str]:
    """The tables afresh, in a process of their own: what functions wire stays wired."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.meter"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    tables = [line for line in done.stdout.splitlines() if line.startswith("|") or not line]
    return "\n".join(tables).strip("\n").split("\n\n")


@pytest.mark.parametrize(
    ("place", "name"), [(0, table.COMMANDS), (1, table.COUNTING), (2, table.LAYOUTS)]
)
def test_the_documents_table_is_what_the_meter_finds(metered, place, name):
    assert table.read(name) == metered[place], "run `python -m bench.meter --write`"


def test_no_command_spends_a_round_trip_on_idempotency_alone():
    head, _, *rows = table.read(table.COMMANDS).splitlines()
    place = head.split(" | ").index("for idempotency alone")

    assert rows
    assert {row.split(" | ")[place] for row in rows} == {"0"}


def test_the_lines_are_there_with_their_date():
    lines = table.read(table.LINES)

    assert lines.startswith("`make bench` on 20")
    for goal in ("quote, write units", "issue, write units", "cold start", "warm GET", "warm POST"):
        assert goal in lines


def test_the_readme_shows_every_line_that_has_a_goal():
    lines = table.read(table.LINES).splitlines()
    shown = table.read(table.LINES, table.README).splitlines()

    assert shown == [line for line in lines if "  goal " in line or line[:1] in {"", "`"}]
