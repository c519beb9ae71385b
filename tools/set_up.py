"""`make setup`: install what the project needs into this folder, once, and say how far it is.

It is run by whatever python3 the machine has, before anything is installed: standard library alone, and no syntax that
is newer than Python 3.8. Two that start at once do it once: the other waits.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
STAMP = TOOLS / "setup"
UV = TOOLS / "uv"
ASKED_BY = (
    ROOT / "uv.lock",
    ROOT / ".python-version",
    ROOT / "clients" / "python" / "pyproject.toml",
)
BEAT_SECONDS = 10


class Failed(Exception):
    """A step that came to nothing, in words for who waits at the terminal."""


def main(uv_version: str) -> int:
    """Do what is left to do; 1 if it cannot be done."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another make sets this folder up; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if is_done():
            return 0
        began = time.monotonic()
        try:
            install(uv_version)
        except Failed as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        STAMP.touch()
        say(f"set up in {time.monotonic() - began:.0f} s")
    return 0


def is_done() -> bool:
    """Nothing that it is made from is newer."""
    return STAMP.exists() and all(
        each.stat().st_mtime <= STAMP.stat().st_mtime for each in ASKED_BY
    )


def install(uv_version: str) -> None:
    """The installer, the packages of the lock file, the database engine."""
    uv = shutil.which("uv") or str(UV / "bin" / "uv")
    if not Path(uv).exists():
        step(f"1/3 uv {uv_version}, into .tools", [sys.executable, "-m", "venv", str(UV)])
        pip = [str(UV / "bin" / "python"), "-m", "pip", "install", "-q"]
        step("", [*pip, "--disable-pip-version-check", f"uv=={uv_version}"])
    step(
        "2/3 Python 3.13 and the packages of uv.lock, into .venv",
        [uv, "sync", "-q", "--frozen", "--group", "dev"],
    )
    step(
        "3/3 the database engine, into .tools",
        [uv, "run", "-q", "--frozen", "--group", "dev", "python", "-m", "local", "ensure"],
    )


def step(about: str, command: list[str]) -> None:
    """Run it, and show every now and then that it is still at work.

    Raises:
        Failed: It ended with another status than 0; with the last of what it said.
    """
    if about:
        say(about)
    began = time.monotonic()
    running = subprocess.Popen(
        command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    while True:
        try:
            said, _ = running.communicate(timeout=BEAT_SECONDS)
        except subprocess.TimeoutExpired:
            say(f"    {time.monotonic() - began:.0f} s")
        else:
            break
    if running.returncode:
        raise Failed("{}: {}".format(" ".join(command[:3]), said.strip()[-2000:]))
    for line in said.splitlines():
        say(f"    {line}")


def say(text: str) -> None:
    """To the error output: `make show` and the like print an answer to the other."""
    print(f"setup: {text.strip()}" if text[0] != " " else text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
