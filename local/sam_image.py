"""Make, from what is on this machine, an image that stands in for AWS's of the Python runtime.

For `sam local` where no image can be pulled: this interpreter, its libraries, AWS's runtime client and
botocore, a shell and the time zones. `python -m local.sam_image | docker import …` as
docs/operations.md has it; it is not AWS's image, and proves no more than that events are answered.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import awslambdaric

SITE = Path(awslambdaric.__file__).resolve().parents[1]
# What Lambda's Python runtime brings itself: its client and boto3, with what they need.
RUNTIME = (
    *("awslambdaric", "runtime_client.*.so", "snapshot_restore_py", "simplejson"),
    *("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py"),
)
PROGRAMS = ("sh", "mv", "chmod", "cp", "rm", "ls", "cat", "env")
LIBRARY = re.compile(r"(/\S+\.so\S*)")
# Nothing of Python links to these, but wheels do, and they are on Lambda.
BESIDE = ("librt", "libpthread", "libdl", "libutil", "libresolv", "libm", "libgcc_s", "libstdc++")
ZONES = Path("/usr/share/zoneinfo")
BOOTSTRAP = """#!/bin/sh
export PYTHONPATH=/opt/python:/var/runtime
cd "${LAMBDA_TASK_ROOT:-/var/task}"
exec /var/lang/bin/python3.13 -m awslambdaric "$_HANDLER"
"""


def build(root: Path) -> None:
    """The image's files, below this folder."""
    language = root / "var/lang"
    left_out = shutil.ignore_patterns("__pycache__", "test", "idlelib", "tkinter", "*.a", "site-*")
    shutil.copytree(sys.base_prefix, language, symlinks=True, ignore=left_out)
    for name in ("bin", "tmp", "opt", "etc", "proc", "sys", "dev", "var/task", "var/runtime"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in PROGRAMS:
        shutil.copy2(Path(shutil.which(name) or name).resolve(), root / "bin" / name)
    binaries = [*(root / "bin").iterdir(), language / "bin/python3.13", *language.rglob("*.so*")]
    for library in {each for binary in binaries for each in _libraries(binary)}:
        target = root / str(library).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(library.resolve(), target)
    for package in (found for pattern in RUNTIME for found in SITE.glob(pattern)):
        copy = shutil.copytree if package.is_dir() else shutil.copy2
        copy(package, root / "var/runtime" / package.name)
    shutil.copytree(ZONES, root / str(ZONES).lstrip("/"), symlinks=True)
    bootstrap = root / "var/runtime/bootstrap"
    bootstrap.write_text(BOOTSTRAP)
    bootstrap.chmod(0o755)


def _libraries(binary: Path) -> Iterator[Path]:
    """What a binary is linked with, and what stands beside that."""
    told = subprocess.run(["ldd", str(binary)], capture_output=True, text=True, check=False).stdout
    for library in map(Path, LIBRARY.findall(told)):
        if not library.is_relative_to(Path(sys.base_prefix)):
            yield library
        if library.name.startswith("libc.so"):
            for name in BESIDE:
                yield from library.parent.glob(f"{name}.so.?")


def pack(out: IO[bytes]) -> None:
    """The image as `docker import` takes it."""
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        with tarfile.open(fileobj=out, mode="w|") as archive:
            archive.add(folder, arcname=".")


if __name__ == "__main__":
    argparse.ArgumentParser(prog="local.sam_image", description=__doc__).parse_args()
    pack(sys.stdout.buffer)
