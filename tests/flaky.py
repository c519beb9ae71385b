"""`python -m tests.flaky 10`: the slow levels so many times, on a machine whose every core is taken.

A test that passes on a quiet machine and fails on a busy one is a fault of the test. Beside the
tests one process per core burns CPU; these end with this one, or after BURNING_SECONDS at the latest.
Each run has another random order of the tests within a module. `SEED=4711 make flaky N=1` repeats one.
"""

import argparse
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.order import SEED

ROOT = Path(__file__).resolve().parents[1]
SLOW = ("tests/end_to_end", "tests/resilience", "tests/local")
"""Levels with processes, sockets and faults of their own."""

BURNING_SECONDS = 4 * 3600
LOGS = ROOT / ".tools" / "flaky"
BURN = f"""
import os, time
parent, until = os.getppid(), time.monotonic() + {BURNING_SECONDS}
while os.getppid() == parent and time.monotonic() < until:
    sum(range(100_000))
"""


def main() -> int:
    """Run, say what became of each run, and how many were green."""
    parser = argparse.ArgumentParser(prog="tests.flaky", description=__doc__)
    parser.add_argument("runs", type=int, nargs="?", default=10)
    runs: int = parser.parse_args().runs
    LOGS.mkdir(parents=True, exist_ok=True)
    given, green = os.environ.get(SEED), 0
    with burning():
        for number in range(1, runs + 1):
            began = time.monotonic()
            log, seed = LOGS / f"run-{number}.log", given or str(secrets.randbelow(10_000))
            passed = _passed(log, seed)
            green += passed
            seconds = time.monotonic() - began
            told = "green" if passed else f"RED, see {log.relative_to(ROOT)}"
            print(f"run {number} of {runs}, SEED={seed}: {told} ({seconds:.0f} s)", flush=True)
    print(f"{green} of {runs} green")
    return 0 if green == runs else 1


@contextmanager
def burning() -> Iterator[None]:
    """Every core is busy with something else."""
    burners = [subprocess.Popen([sys.executable, "-c", BURN]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def _passed(log: Path, seed: str) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", *SLOW]
    with log.open("w") as output:
        return (
            subprocess.run(
                command,
                cwd=ROOT,
                env=os.environ | {SEED: seed},
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
            == 0
        )


if __name__ == "__main__":
    sys.exit(main())
