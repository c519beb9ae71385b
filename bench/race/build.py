"""Builds every contender as Lambda would unpack it: a folder each, bytecode valid, nothing shared but the runtime."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.machine import ROOT, WORKSHOP

CONTENDERS = ROOT / "bench" / "contenders"
PEERS = ("powertools", "fastapi", "chalice", "plain", "floor")
PYTHON = Path(sys.base_prefix) / "bin" / "python3.13"
"""The interpreter without this project's environment."""


@dataclass(frozen=True)
class Contender:
    """What a process needs to be this contender: where its code is, and one variable of ours."""

    name: str
    path: tuple[Path, ...]
    environment: tuple[tuple[str, str], ...] = ()


class CannotBuild(Exception):
    """A tool that the build needs is missing, or it failed."""


def contenders() -> list[Contender]:
    """Everybody, compiled alike."""
    runtime = installed("runtime")
    return [ours(runtime), *(_peer(name, runtime) for name in PEERS)]


def ours(runtime: Path) -> Contender:
    """Function and layer out of `sam build`, made again when a source has changed."""
    sources = [ROOT / "layers" / "common", ROOT / "functions", ROOT / "template.yaml"]
    built = WORKSHOP / "ours"
    if _stamp(built) != (stamp := _digest(sources)):
        shutil.rmtree(built, ignore_errors=True)
        _need_sam()
        _run(
            [sys.executable, "-m", "tools.build", "--architecture", "here", "--artefacts", built],
            quiet=True,
        )
        (built / "stamp").write_text(stamp)
    layer = built / "CommonLayer"
    return Contender(
        "ours",
        (built / "QuotingFunction", layer / "python", runtime),
        (("AWS_DATA_PATH", str(layer / "botocore")),),
    )


def as_shipped(contender: Contender) -> Contender:
    """The same as its documents deploy it: without bytecode, which Lambda cannot keep.

    `sam build` and `chalice package` unpack wheels and compile nothing; the runtime's own stays.
    Ours ships compiled, so it is the same in both.
    """
    if contender.name in {"ours", "floor"}:
        return contender
    task, *rest = contender.path
    shipped = task.with_name("shipped")
    if not shipped.exists():
        shutil.copytree(task, shipped, ignore=shutil.ignore_patterns("__pycache__"))
    return Contender(contender.name, (shipped, *rest), contender.environment)


def _peer(name: str, runtime: Path) -> Contender:
    return Contender(name, (installed(name), runtime))


def installed(name: str) -> Path:
    """Requirements by hash, then the contender's code and the shared business, then bytecode; by one process at once."""
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    with (WORKSHOP / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _installed(name)


def _installed(name: str) -> Path:
    folder, source = WORKSHOP / name, CONTENDERS / name
    task = folder / "task"
    words = ROOT / "layers/common/insurance/domain/core/packing.py"
    vehicles = ROOT / "layers/common/insurance/products/look_ups/vehicle.json"
    stamp = _digest([source, CONTENDERS / "shared", words, vehicles])
    if _stamp(folder) == stamp:
        return task
    shutil.rmtree(folder, ignore_errors=True)
    task.mkdir(parents=True)
    requirements = source / "requirements.txt"
    if requirements.exists():
        _run(
            [
                *(_uv(), "pip", "install", "--quiet", "--python", PYTHON, "--target", task),
                *("--no-deps", "--require-hashes", "--link-mode", "copy", "-r", requirements),
            ]
        )
    if name != "runtime":
        for file in (*(CONTENDERS / "shared").glob("*.py"), *source.glob("*.py"), vehicles):
            shutil.copy(file, task / file.name)
        (task / "words.py").write_text(_words(), encoding="utf-8")
    _run(
        [
            *(PYTHON, "-m", "compileall", "-q", "-j", "2"),
            *("--invalidation-mode", "unchecked-hash", task),
        ]
    )
    (folder / "stamp").write_text(stamp)
    return task


def _words() -> str:
    """The dictionary that bodies are packed with: without it nobody could write the same record."""
    from insurance.domain.core.packing import (  # noqa: PLC0415 (only a build needs it)
        DICTIONARIES,
        WRITTEN,
    )

    return f"WORDS = {DICTIONARIES[WRITTEN]!r}\nDICTIONARY = bytes(({WRITTEN},))\n"


def _uv() -> str:
    found = os.environ.get("UV") or shutil.which("uv")
    for place in (ROOT / ".tools/uv/bin/uv", Path("/tmp/uvenv/bin/uv")):  # noqa: S108
        found = found or (str(place) if place.exists() else None)
    if found is None:
        raise CannotBuild("uv is needed to install the contenders: run `make bench`")
    return found


def _need_sam() -> None:
    if not (ROOT / ".venv-sam" / "bin" / "sam").exists():
        environment = os.environ | {"UV_PROJECT_ENVIRONMENT": ".venv-sam"}
        _run([_uv(), "sync", "-q", "--frozen", "--only-group", "sam"], environment)


def _run(
    command: list[str | Path], environment: dict[str, str] | None = None, *, quiet: bool = False
) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=quiet, text=True
    )
    if done.returncode != 0:
        raise CannotBuild(f"{' '.join(map(str, command))}: {done.stderr}")


def _digest(places: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for place in places:
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _stamp(folder: Path) -> str:
    stamp = folder / "stamp"
    return stamp.read_text() if stamp.exists() else ""
