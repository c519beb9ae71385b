"""A worker is forked from a process that has done the imports, and is a process of its own all the same."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws.prefork import PARENT, PREPARED, Prefork, given_to_all
from local.aws.template import Template
from local.settings import ROOT

RUNTIME = """
import os, signal, sys, time

def main(arguments):
    if arguments[1] == "tell":
        print(os.getpid() == os.getsid(0), os.getcwd(), arguments, sys.path[0], sorted(os.environ.items()))
        print(os.environ["TZ"], time.localtime(0).tm_hour, sorted(os.listdir("/proc/self/fd"), key=int)[:3])
        sys.exit(3)
    if arguments[1] == "imported":
        sys.exit(5 if "colorsys" in sys.modules else 6)
    if arguments[1] == "fail":
        raise RuntimeError("no handler")
    signal.pause()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A function's folder, with a runtime client of a few lines in place of AWS's."""
    package = tmp_path / "awslambdaric"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(RUNTIME)
    return tmp_path


@pytest.fixture
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def test_a_worker_has_its_own_environment_folder_session_and_log(
    folder: Path, loop: asyncio.Runner
) -> None:
    log = folder / "function.log"
    own = {"ONLY": "this", "TZ": "Asia/Tokyo"}

    async def play() -> int:
        prefork = Prefork((), {}, folder / "workers.log")
        worker = await prefork.start("tell", env=own, folder=folder, log=log)
        status = await worker.wait()
        await prefork.stop()
        return status

    assert loop.run(play()) == 3
    arguments = ["awslambdaric", "tell"]
    told = f"True {folder} {arguments} {folder} {sorted(own.items())}"
    assert log.read_text().splitlines() == [told, "Asia/Tokyo 9 ['0', '1', '2']"]


@pytest.mark.parametrize(("prepared", "status"), [((), 6), (("colorsys",), 5)])
def test_a_worker_has_what_the_stack_prepares(
    folder: Path, loop: asyncio.Runner, prepared: tuple[str, ...], status: int
) -> None:
    async def play() -> int:
        prefork = Prefork((folder,), {}, folder / "workers.log", prepared=prepared)
        worker = await prefork.start("imported", env={}, folder=folder, log=folder / "log")
        found = await worker.wait()
        await prefork.stop()
        return found

    assert loop.run(play()) == status


def test_a_worker_that_fails_as_it_starts_says_why_in_its_log(
    folder: Path, loop: asyncio.Runner
) -> None:
    log = folder / "function.log"

    async def play() -> int:
        prefork = Prefork((), {}, folder / "workers.log")
        worker = await prefork.start("fail", env={}, folder=folder, log=log)
        status = await worker.wait()
        await prefork.stop()
        return status

    assert loop.run(play()) == 1
    assert log.read_text().splitlines()[-1] == "RuntimeError: no handler"


def test_a_worker_is_killed_alone_and_with_its_parent(folder: Path, loop: asyncio.Runner) -> None:
    async def play() -> list[int | None]:
        prefork = Prefork((), {}, folder / "workers.log")
        first, second, third = [
            await prefork.start("wait", env={}, folder=folder, log=folder / "function.log")
            for _ in range(3)
        ]
        first.kill()
        alone = await first.wait()
        told = [alone, second.returncode]
        await prefork.stop()
        return [*told, await second.wait(), await third.wait()]

    assert loop.run(play()) == [-9, None, -9, -9]


def test_after_its_parent_died_a_worker_is_forked_by_another(
    folder: Path, loop: asyncio.Runner
) -> None:
    async def play() -> list[int]:
        prefork = Prefork((), {}, folder / "workers.log")
        held = await prefork.start("wait", env={}, folder=folder, log=folder / "function.log")
        await prefork.stop()
        next_one = await prefork.start("tell", env={}, folder=folder, log=folder / "function.log")
        statuses = [await held.wait(), await next_one.wait()]
        await prefork.stop()
        return statuses

    # Without TZ the second one fails: it is there to say so.
    assert loop.run(play()) == [-9, 1]


def test_nothing_that_is_prepared_reads_what_is_one_functions_own() -> None:
    functions = list(Template(ROOT / "template.yaml").functions.values())
    shared = given_to_all(functions)
    given = {name for function in functions for name in function.environment} - shared.keys()
    spied = f"""
import json, os, runpy, sys
read = set()
class Spy(type(os.environ)):
    def __getitem__(self, name):
        read.add(name)
        return super().__getitem__(name)
os.environ.__class__ = Spy
runpy.run_path({str(PARENT)!r})["prepare"](sys.argv[1:])
print(json.dumps(sorted(read & set({sorted(given)!r}))), "insurance.domain.claim" in sys.modules)
"""

    done = subprocess.run(
        [sys.executable, "-c", spied, *PREPARED],
        env={**os.environ, "PYTHONPATH": str(ROOT / "layers" / "common")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "POWERTOOLS_SERVICE_NAME" in given
    assert "PERSONAL_DATA_KEY" not in shared
    assert done.stdout == "[] True\n"
