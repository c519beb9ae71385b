"""The first `make` in a clone installs once, however many start at once, says how far it is, and why it stops."""

import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.settings import ROOT
from tests.support.waiting import ENDED_SECONDS, wait_until

ASKED_BY = ("uv.lock", ".python-version", "clients/python/pyproject.toml")
UV = """#!/bin/sh
echo "$1" >> "{log}"
{does}
"""


class Clone:
    """A clone of what is set up from, with an installer that only notes that it was asked."""

    def __init__(self, folder: Path, does: str) -> None:
        self.folder, self.log = folder / "my clone", folder / "asked"
        for name in ("tools/set_up.py", *ASKED_BY):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.folder / name)
        uv = folder / "bin" / "uv"
        uv.parent.mkdir()
        uv.write_text(UV.format(log=self.log, does=does))
        uv.chmod(0o755)
        self.path = f"{uv.parent}{os.pathsep}{os.environ['PATH']}"

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, self.folder / "tools" / "set_up.py", "0.0.0"],
            env={**os.environ, "PATH": self.path},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self) -> tuple[int, str]:
        process = self.start()
        _, said = process.communicate()
        return process.returncode, said

    def asked(self) -> list[str]:
        return self.log.read_text().split()


def test_two_at_once_install_once(tmp_path: Path) -> None:
    go = tmp_path / "go"
    clone = Clone(tmp_path, f'until [ -e "{go}" ]; do sleep 0.02; done')

    both = [clone.start()]
    wait_until(clone.log.exists, bool)
    both.append(clone.start())
    assert both[1].stderr is not None
    select.select([both[1].stderr], [], [], ENDED_SECONDS)  # until it says that it waits
    go.touch()
    said = "".join(process.communicate()[1] for process in both)

    assert [process.returncode for process in both] == [0, 0]
    assert clone.asked() == ["sync", "run"]
    assert "another make sets this folder up; waiting for it" in said
    assert said.count("set up in") == 1


def test_it_says_how_far_it_is_and_does_nothing_twice(tmp_path: Path) -> None:
    clone = Clone(tmp_path, "echo database engine: dynoxide")

    status, said = clone.run()

    assert status == 0
    assert "setup: 2/3 Python 3.13 and the packages of uv.lock, into .venv" in said
    assert "database engine: dynoxide" in said
    assert clone.run() == (0, "")


@pytest.mark.parametrize("name", ASKED_BY)
def test_what_it_is_made_from_makes_it_anew(tmp_path: Path, name: str) -> None:
    clone = Clone(tmp_path, "true")
    clone.run()
    stamp = clone.folder / ".tools" / "setup"
    later = stamp.stat().st_mtime + 5
    os.utime(clone.folder / name, (later, later))

    clone.run()

    assert clone.asked() == ["sync", "run", "sync", "run"]


def test_a_step_that_fails_ends_it_in_one_message_and_is_tried_again(tmp_path: Path) -> None:
    clone = Clone(tmp_path, "echo no network; exit 2")

    status, said = clone.run()

    assert status == 1
    assert [line for line in said.splitlines() if line.startswith("error: ")] == [
        f"error: {tmp_path / 'bin' / 'uv'} sync -q: no network"
    ]
    assert "Traceback" not in said
    assert not (clone.folder / ".tools" / "setup").exists()
    assert clone.run()[0] == 1
