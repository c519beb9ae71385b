"""The bench of claims: what it counts is what docs/costs.md says, and what it times is straight through."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.claims import PUBLIC_RECORD
from bench.meter import table
from tests.cases.published import expected

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def printed() -> str:
    """A run of one round, in a process of its own: what functions wire stays wired."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.claims", "--rounds", "1"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def counted(text: str) -> list[str]:
    """The lines without noise: those of no rounds."""
    return [
        line
        for line in text.splitlines()
        if line.startswith(("rules", "claim in one call")) and " rounds" not in line
    ]


def test_the_document_counts_what_the_bench_counts(printed):
    assert counted(printed)
    assert counted(table.read(table.CLAIMS)) == counted(printed), (
        "run `python -m bench.claims --write`"
    )


def test_no_rule_is_left_out_when_another_fails(printed):
    [line] = [line for line in counted(printed) if "fails some" in line]

    assert line.endswith("PASS")


def test_cpu_is_told_as_ratios_with_their_noise(printed):
    timed = [line for line in printed.splitlines() if line.startswith("claim in one call, CPU")]

    assert len(timed) == 3
    assert all("[" in line and "1 rounds" in line for line in timed)
    assert " ms" not in printed


def test_the_public_record_stands_beside_it(printed):
    assert PUBLIC_RECORD in printed
    assert PUBLIC_RECORD in table.read(table.CLAIMS)
    assert f"{expected('STP-1')[0]} dollars" in PUBLIC_RECORD
