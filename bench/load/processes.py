"""The processor time of a running stack, by what its processes are for."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from local.aws.prefork import PARENT

TICKS = os.sysconf("SC_CLK_TCK")
GATEWAY, ENGINE = "gateway", "engine"


def cpu_seconds(stack: int) -> dict[str, float]:
    """CPU seconds of the stack's process and its children so far: the gateway with all that runs beside it, the engine,
    and the workers of each function by the name of its folder."""
    used: dict[str, float] = defaultdict(float)
    used[GATEWAY] = _seconds(stack)
    for child in _below(stack):
        try:
            used[_called(child)] += _seconds(child)
        except OSError:
            continue  # it ended between two looks
    return used


def _called(process: int) -> str:
    """Workers are forked, so they have the command of the process that did their imports, and a folder of their own."""
    command = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    if str(PARENT).encode() not in command and b"awslambdaric" not in command:
        return ENGINE
    folder = Path(f"/proc/{process}/cwd").readlink()
    return GATEWAY if folder == PARENT.parent else folder.name


def _below(process: int) -> Iterator[int]:
    for child in _children(process):
        yield child
        try:
            yield from _below(child)
        except OSError:
            continue  # it ended between two looks


def _children(process: int) -> Iterator[int]:
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        yield from map(int, listed.read_text().split())


def _seconds(process: int) -> float:
    *_, fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / TICKS
