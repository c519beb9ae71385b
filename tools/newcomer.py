"""`python -m tools.newcomer [--tests] [row …]`: what becomes of `make run` and `make serve` on a newcomer's machine, row by row.

Each row is a clone of what is committed here, with a HOME of its own, and with git, make, python3 and the system's
commands alone on the path. A row is well if it ends with `OK: …`, or where it cannot, with one clear line. With `--tests`
each row that plays `make run` plays `make test` after it, whole: some fifteen minutes a row on two cores.

The first row downloads everything; the others share its caches, but for the row that is about caches. They are played
one at a time.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from local.settings import ROOT
from tests.support.clock_ahead import a_year_ahead

LONGEST_SECONDS: Final = 1_200
LONGEST_TESTS_SECONDS: Final = 3_600
GOOD: Final = re.compile(r"^OK: .+ paid$", re.M)
TESTED: Final = re.compile(r"^=* ?(\d+ passed.* in [\d.]+s.*?) ?=*$", re.M)
"""pytest's last line."""
ON_NODE: Final = frozenset({"node", "nodejs", "npm", "npx", "corepack"})
JAVA: Final = frozenset({"java", "javac", "keytool"})
OURS: Final = frozenset({"uv", "uvx", "python", "python3"})
"""Not taken from the system: a newcomer has no uv, and the python that the project asks for."""
PASSED_ON: Final = re.compile(
    r"(?i)(PIP_|UV_|npm_config_|SSL_CERT_|NODE_EXTRA_CA_CERTS$|[a-z]+_proxy$|LANG$|TERM$)"
)
NOBODY: Final = 65_534


class Machine(NamedTuple):
    """A newcomer's machine: a folder, with what is in it."""

    folder: Path
    home: Path
    clone: Path
    environment: dict[str, str]
    user: int | None = None

    def make(self, *words: str, **changes: str) -> subprocess.Popen[str]:
        """Start `make` as the newcomer does."""
        return subprocess.Popen(
            ["make", *words],
            cwd=self.clone,
            env=self.environment | changes,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
        )


class Ended(Exception):
    """A row that did not end well, and what it said last."""


class NotTried(Exception):
    """A row that this machine cannot play, and why."""


def machine(
    folder: Path,
    *,
    name: str = "clone",
    without: frozenset[str] = frozenset(),
    caches: Path | None = None,
    user: int | None = None,
) -> Machine:
    """A fresh machine; `caches` are those of another, and `without` are commands that it lacks."""
    home, clone, path = folder / "home", folder / name, folder / "bin"
    for each in (home, path):
        each.mkdir(parents=True)
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", ROOT, clone], check=True)
    for place in ("/usr/local/bin", "/usr/bin", "/bin"):
        for command in Path(place).iterdir():
            if command.name not in without | OURS and not (path / command.name).is_symlink():
                (path / command.name).symlink_to(command)
    interpreter = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    for known_as in ("python3", interpreter.name):
        (path / known_as).unlink(missing_ok=True)
        (path / known_as).symlink_to(interpreter)
    environment = {name: value for name, value in os.environ.items() if PASSED_ON.match(name)}
    environment |= {"HOME": str(home), "PATH": str(path), "TMPDIR": str(folder)}
    if caches is not None:
        environment |= {
            "UV_CACHE_DIR": str(caches / ".cache" / "uv"),
            "npm_config_cache": str(caches / ".npm"),
        }
    return Machine(folder, home, clone, environment, user)


def said_by(process: subprocess.Popen[str], longest: int = LONGEST_SECONDS) -> str:
    """All that it prints until it ends.

    Raises:
        Ended: It does not end.
    """
    try:
        said, _ = process.communicate(timeout=longest)
    except subprocess.TimeoutExpired as error:
        process.terminate()
        raise Ended(f"still running after {longest} s") from error
    return said


def ran_well(one: Machine) -> str:
    """`make run`; its last line.

    Raises:
        Ended: It did not come to a paid claim.
    """
    said = said_by(process := one.make("run"))
    found = GOOD.search(said)
    if process.returncode or found is None:
        raise Ended(last_lines(said))
    timed = re.findall(r"^ +timed +(\d+ s)", said, re.M)
    return f"{found[0]} ({', '.join(timed)})"


def tested_well(one: Machine) -> str:
    """`make test`; how many tests passed.

    Raises:
        Ended: One failed, or none was run.
    """
    said = said_by(process := one.make("test"), LONGEST_TESTS_SECONDS)
    found = TESTED.search(said)
    if process.returncode or found is None:
        raise Ended(last_lines(said))
    return f"make test: {found[1]}"


def refused_clearly(said: str, status: int | None, about: str) -> str:
    """The one line that says why.

    Raises:
        Ended: It went on, or what it says is not one line, or not about this.
    """
    lines = [line for line in said.splitlines() if line.startswith("error: ")]
    if not status or "Traceback" in said or len(lines) != 1 or about not in lines[0]:
        raise Ended(last_lines(said))
    return lines[0]


def last_lines(said: str) -> str:
    return " / ".join(said.strip().splitlines()[-6:])[-900:]


def fresh_home(folder: Path) -> Machine:
    """Nothing downloaded yet, and nothing set up."""
    return machine(folder / "fresh")


def ran_well_and_sized(one: Machine) -> str:
    """`make run`; its last line, and what it takes on disk.

    Raises:
        Ended: It did not come to a paid claim.
    """
    said = ran_well(one)
    return f"{said}; cached {size_of(one.home)}, in the folder {size_of(one.clone)}"


def spaces_in_the_path(folder: Path) -> Machine:
    """A clone, and a HOME, with blanks in their names."""
    return machine(folder / "a folder", name="my clone", caches=caches_of(folder))


def other_user(folder: Path) -> Machine:
    """Who owns the clone has no account here, and no right outside of it."""
    if os.geteuid() != 0:
        raise NotTried("needs root, to become somebody else")
    one = machine(folder / "other", user=NOBODY)
    inside = Path(sys.base_prefix)
    if not all(each.stat().st_mode & stat.S_IXOTH for each in (inside, *inside.parents)):
        take_along(inside, one)
    subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", one.folder], check=True)
    return one


def take_along(python: Path, one: Machine) -> None:
    """Our python for a user who may not read it where it is: a copy, which looks for its library beside it."""
    copy = one.folder / "python"
    shutil.copytree(python, copy, symlinks=True)
    program = copy / "bin" / f"python3.{sys.version_info.minor}"
    absolute = f"{python}/lib".encode()
    beside = b"$ORIGIN/../lib".ljust(len(absolute), b"\0")
    program.write_bytes(program.read_bytes().replace(absolute + b"\0", beside + b"\0"))
    for known_as in ("python3", program.name):
        # Not a link: an environment that is made of it looks for the libraries beside what was called.
        command = one.folder / "bin" / known_as
        command.unlink()
        command.write_text(f'#!/bin/sh\nexec "{program}" "$@"\n')
        command.chmod(0o755)


def no_node(folder: Path) -> Machine:
    """Neither node nor java: the fallback, which keeps nothing."""
    return machine(folder / "bare", without=ON_NODE | JAVA, caches=caches_of(folder))


def no_java(folder: Path) -> Machine:
    """With node alone."""
    return machine(folder / "no-java", without=JAVA, caches=caches_of(folder))


def port_taken(one: Machine) -> str:
    """Somebody else listens where the gateway would.

    Raises:
        Ended: It does not say so in one line.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = said_by(process := one.make("serve", f"PORT={port}"))
    return refused_clearly(said, process.returncode, f"port {port}")


def not_set_up(folder: Path) -> Machine:
    """Nothing set up, where downloads are there."""
    return machine(folder / "two", caches=caches_of(folder))


def two_at_once(one: Machine) -> str:
    """Two first runs in one clone: each ends well, or says that the other is at work.

    Raises:
        Ended: Neither came to a paid claim, or one said nothing clear.
    """
    both = [one.make("run"), one.make("run")]
    told = [(said_by(process), process.returncode) for process in both]
    good = [found[0] for said, _ in told if (found := GOOD.search(said))]
    others = [
        refused_clearly(said, status, "another stack uses")
        for said, status in told
        if GOOD.search(said) is None
    ]
    if not good:
        raise Ended(" | ".join(others))
    return "; ".join([*good, *others])


def read_only_cache(folder: Path) -> Machine:
    """What is below HOME cannot be written: not even by root, for it is a file where a folder would be."""
    one = machine(folder / "read-only")
    for name in (".cache", ".npm", ".local"):
        (one.home / name).write_text("")
    return one


def clock_a_year_ahead(folder: Path) -> Machine:
    """Set up today, played a year from now."""
    try:
        ahead = a_year_ahead()
    except pytest.skip.Exception as error:
        raise NotTried(str(error)) from error
    one = set_up_before(folder)
    return one._replace(environment=one.environment | ahead)


def set_up_before(folder: Path) -> Machine:
    """The machine of the first row, or a new one where that was not played."""
    made = folder / "fresh"
    if not (made / "clone" / ".tools" / "setup").exists():
        shutil.rmtree(made, ignore_errors=True)
        one = machine(made)
        said_by(one.make("setup"))
        return one
    environment = {name: value for name, value in os.environ.items() if PASSED_ON.match(name)}
    environment |= {"HOME": str(made / "home"), "PATH": str(made / "bin"), "TMPDIR": str(made)}
    return Machine(made, made / "home", made / "clone", environment)


def caches_of(folder: Path) -> Path | None:
    """The caches that the first row has filled."""
    home = folder / "fresh" / "home"
    return home if home.exists() else None


def size_of(folder: Path) -> str:
    said = subprocess.run(["du", "-sm", folder], capture_output=True, text=True, check=False)
    return f"{said.stdout.split()[0]} MB"


class Row(NamedTuple):
    """One row of the matrix."""

    name: str
    machine: Callable[[Path], Machine]
    """`NotTried` if this machine cannot make it."""
    play: Callable[[Machine], str] = ran_well
    """What became of it, in one line; `Ended` if it is not well."""
    is_tested: bool = True
    """Whether `--tests` has it play `make test` too."""


ROWS: Final = (
    Row("fresh-home", fresh_home, ran_well_and_sized),
    Row("port-taken", set_up_before, port_taken, is_tested=False),
    Row("clock-a-year-ahead", clock_a_year_ahead),
    Row("spaces", spaces_in_the_path),
    Row("no-node", no_node),
    Row("no-java", no_java),
    Row("two-at-once", not_set_up, two_at_once, is_tested=False),
    Row("read-only-cache", read_only_cache),
    Row("other-user", other_user),
)


def played(row: Row, folder: Path, *, tests: bool) -> str:
    """What became of a row, in one line.

    Raises:
        Ended: It did not end well.
        NotTried: This machine cannot play it.
    """
    one = row.machine(folder)
    said = row.play(one)
    return f"{said}; {tested_well(one)}" if tests and row.is_tested else said


def main(asked: Sequence[str]) -> int:
    """Play the rows that are asked for, or all; 1 if one did not end well."""
    parser = argparse.ArgumentParser(prog="tools.newcomer", description=__doc__)
    parser.add_argument("--tests", action="store_true", help="play `make test` too")
    parser.add_argument("rows", nargs="*", metavar="row")
    options = parser.parse_args(asked)
    unknown = {*options.rows} - {row.name for row in ROWS}
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(row.name for row in ROWS)}")
        return 1
    failed = 0
    with tempfile.TemporaryDirectory(prefix="newcomer-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for row in ROWS:
            if options.rows and row.name not in options.rows:
                continue
            began = time.monotonic()
            try:
                outcome = f"well: {played(row, folder, tests=options.tests)}"
            except NotTried as error:
                outcome = f"NOT TRIED: {error}"
            except Ended as error:
                outcome, failed = f"FAILED: {error}", failed + 1
            print(f"{row.name:<20} {time.monotonic() - began:4.0f} s  {outcome}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
