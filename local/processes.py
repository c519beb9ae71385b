"""Child processes that never outlive the stack, and ports that say clearly when they are taken."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_LISTENS = "0A"
"""The state of a listening socket in /proc/net/tcp."""


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
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path,
    log: Path,
    talks: bool = False,
) -> asyncio.subprocess.Process:
    """Start a process in a session of its own: Ctrl-C reaches the stack first, then its children.

    One that talks is told and tells by pipes, and only its complaints are logged.
    """
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *map(str, command),
            env=dict(env),
            cwd=cwd,
            stdin=asyncio.subprocess.PIPE if talks else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if talks else output,
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


def listening_ports(pid: int) -> set[int]:
    """The ports that a process listens on, as the kernel tells."""
    if sys.platform == "linux":
        return _ports_in_proc(Path("/proc") / str(pid))
    told = subprocess.run(
        ["lsof", "-nP", "-a", "-p", str(pid), "-iTCP", "-sTCP:LISTEN", "-Fn"],
        capture_output=True,
        text=True,
        check=False,
    )
    return {int(line.rpartition(":")[2]) for line in told.stdout.splitlines() if line[0] == "n"}


def _ports_in_proc(process: Path) -> set[int]:
    sockets = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for each in (process / "fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                sockets.add(str(each.readlink()))
    ports = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):  # the process has ended
            for line in (process / "net" / table).read_text().splitlines()[1:]:
                _, local, _, state, *_, inode = line.split()[:10]
                if state == _LISTENS and f"socket:[{inode}]" in sockets:
                    ports.add(int(local.rpartition(":")[2], 16))
    return ports


def wait_until_listening(
    pid: int,
    ended_with: Callable[[], int | None],
    *,
    what: str,
    port: int | None = None,
    seconds: float = 60,
) -> int:
    """Wait until a process of ours listens, on `port` if it was told one; the port it took.

    The process is asked, not the port: another program that listens there is never taken for ours.

    Raises:
        StackError: The process ended, or did not listen in time.
    """
    given_up_at = time.monotonic() + seconds
    while not (ports := listening_ports(pid)) or port not in {None, *ports}:
        status = ended_with()
        if status is not None:
            raise StackError(f"{what} stopped at once with status {status}")
        if time.monotonic() > given_up_at:
            raise StackError(f"{what} did not listen within {seconds:.0f} s")
        time.sleep(0.005)
    return min(ports) if port is None else port
