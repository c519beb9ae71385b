"""What a journey costs the processor on a stored book: our handlers and the engine, on disk, its streams on.

A process of its own, because what the functions wire stays wired: `measure` starts it and reads its answer.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import growth, machine
from bench.goals import Line, Ratio
from bench.meter import ours
from bench.meter.tally import Meter

type Say = Callable[[str], None]

FEW, MANY = 100, 5_000
ROUNDS = 12
"""Journeys at each size, after two that are not counted."""
AT_MOST = 1.1
TICKS = os.sysconf("SC_CLK_TCK")


def lines(say: Say) -> list[Line]:
    """One line: CPU of a journey at MANY stored policies, by that at FEW.

    The journeys of one size follow one another, so the rounds are paired by their place alone.
    """
    say(f"journeys at {FEW:,} and {MANY:,} stored policies")
    told = subprocess.run(
        [sys.executable, "-m", "bench.stored"],
        cwd=machine.ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    used = {int(size): seconds for size, seconds in json.loads(told.stdout).items()}
    ratio = Ratio.of(used[MANY], used[FEW])
    name = f"CPU of a journey at {MANY:,} stored policies / at {FEW:,}"
    return [
        Line(
            name,
            str(ratio),
            ratio.middle <= AT_MOST,
            f"<= {AT_MOST}",
            rounds=ROUNDS,
            raw={str(size): each for size, each in used.items()},
        )
    ]


def measure(folder: Path) -> dict[int, list[float]]:
    """CPU seconds of each journey, handlers and engine together, by the size of the book."""
    used: dict[int, list[float]] = {}
    with machine.engine(folder=folder) as database, machine.key_service() as keys:
        machine.make_tables(database, streams=True)
        os.environ |= ours.environment(machine.endpoints(database, keys))
        meter = Meter(ours.primary_keys(database))
        call = ours.Handlers(meter)
        pattern = growth.pattern(call, machine.client(database))
        seeded = 0
        for size in (FEW, MANY):
            growth.seed(database, pattern, range(seeded, size))
            seeded = size
            used[size] = []
            for number in range(-2, ROUNDS):
                began = time.process_time() + _engine_seconds()
                ours.measure(call, meter, lives=1, mark=f"at-{size}-{number}")
                if number >= 0:
                    used[size].append(time.process_time() + _engine_seconds() - began)
    return used


def _engine_seconds() -> float:
    """The processor time of this process's engine: a child whose name the kernel cuts at 15 letters."""
    for children in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        for pid in children.read_text().split():
            name, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
            if name.endswith("(dynoxide"):
                _, *fields = rest.split()
                return (int(fields[10]) + int(fields[11])) / TICKS
    raise RuntimeError("no engine runs as a child of this process")


def main() -> None:
    with TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder))))


if __name__ == "__main__":
    main()
