"""The wall clock of processes, a year ahead: what a newcomer types must work then too."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import libfaketime
import pytest

DAYS = 366


def a_year_ahead() -> dict[str, str]:
    """The environment in which a process, and what it starts, has a wall clock that is a year ahead.

    The library that does it comes as it was built for Linux and x86-64; elsewhere the test is skipped.
    """
    library = Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1"
    shifted = {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"+{DAYS}d",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # Else a thread that waits for another to let go of the interpreter spins instead of sleeping.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    }
    if not _shifts(tuple(shifted.items())):
        pytest.skip("the clock of a process cannot be shifted on this machine")
    return shifted


@cache
def _shifts(shifted: tuple[tuple[str, str], ...]) -> bool:
    tells = [sys.executable, "-c", "import time; print(int(time.time() // 86_400))"]
    real, ahead = (
        int(subprocess.check_output(tells, env=env, text=True))  # noqa: S603 (ours)
        for env in (dict(os.environ), {**os.environ, **dict(shifted)})
    )
    return ahead >= real + DAYS
