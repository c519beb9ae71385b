"""Child processes that never outlive the stack, and ports that say clearly when they are taken."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1


class StackError(Exception):
    """The stack cannot start or go on, in words for the person at the terminal."""


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel kills a child whose parent is gone, even by SIGKILL."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)  # loaded before the fork: a forked child must not take locks

    def arm() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return arm


_ARM = _die_with_parent()


async def start(
    command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, log: Path
) -> asyncio.subprocess.Process:
    """Start a process in a session of its own: Ctrl-C reaches the stack first, then its children."""
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *map(str, command),
            env=dict(env),
            cwd=cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_ARM,
        )


async def stop(process: asyncio.subprocess.Process, *, grace_seconds: float = 5) -> None:
    """Ask, wait, then insist."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), grace_seconds)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def bound_socket(port: int, *, what: str, setting: str) -> socket.socket:
    """A listening socket on loopback; port 0 takes any free one."""
    # Without the protocol said aloud asyncio leaves Nagle on: 40 ms for each answer in two parts.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise StackError(
            f"port {port} ({what}) is taken; free it or choose another with {setting}=<port>"
        ) from error
    listener.listen(256)
    listener.settimeout(0)
    return listener


def free_port(port: int, *, what: str, setting: str) -> int:
    """A port that another process of ours may take: the one asked for, or any when 0."""
    with contextlib.closing(bound_socket(port, what=what, setting=setting)) as probe:
        found: int = probe.getsockname()[1]
        return found


async def wait_for_port(
    port: int, process: asyncio.subprocess.Process, *, what: str, seconds: float = 30
) -> None:
    """Wait until a process of ours listens; a process that dies first is an error at once."""
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        if process.returncode is not None:
            raise StackError(f"{what} stopped at once with status {process.returncode}")
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        await writer.wait_closed()
        return
    raise StackError(f"{what} did not listen on port {port} within {seconds:.0f} s")
