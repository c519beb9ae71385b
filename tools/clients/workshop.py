"""Where a client is made: a folder, the definition as the stack serves it, and the tools at their versions."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from local.settings import ROOT

HERE = Path(__file__).parent
JOURNEYS = HERE / "journeys"
PYTHON = ROOT / ".tools" / "clients"
NODE = ROOT / ".tools" / "clients-node"
LONGEST_SECONDS = 300
OUR_UV = ROOT / ".tools" / "uv" / "bin" / "uv"
UV = str(OUR_UV) if OUR_UV.exists() else "uv"


class Failed(Exception):
    """A generator, a compiler or a journey that did not do its work."""


class Workshop(NamedTuple):
    """One generator's own folder."""

    folder: Path
    definition: Path
    given: Path
    """What the journey is given: address, token, bodies."""

    def run(self, *command: str | Path, **told: str) -> str:
        """What the command prints; it finds the tools, and what was made here, first, and what it is told besides."""
        path = [PYTHON / "bin", NODE / "node_modules" / ".bin", os.environ["PATH"]]
        environment = {
            **os.environ,
            "PATH": os.pathsep.join(map(str, path)),
            "PYTHONPATH": str(self.folder),
            "MYPY_CACHE_DIR": str(self.folder / ".mypy_cache"),
            **told,
        }
        words = [str(word) for word in command]
        try:
            done = subprocess.run(
                words,
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=LONGEST_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise Failed(f"{' '.join(words[:3])} … did not end in {LONGEST_SECONDS} s") from error
        if done.returncode:
            said = f"{done.stdout}\n{done.stderr}".strip()
            raise Failed(f"{' '.join(words[:3])} …\n{said[-4_000:]}")
        return done.stdout

    def set_up_node(self) -> None:
        """What TypeScript, node and generators look for beside the files."""
        (self.folder / "node_modules").symlink_to(NODE / "node_modules")
        (self.folder / "package.json").write_text('{ "type": "module" }\n')
        shutil.copy(HERE / "tsconfig.json", self.folder)


def install() -> None:
    """What runs on node, at its versions and in this folder only; nothing where it is already, or node is not.

    Raises:
        Failed: npm could not install it.
    """
    wanted = (HERE / "package-lock.json").read_bytes()
    known = NODE / "package-lock.json"
    if not has_node() or (known.exists() and known.read_bytes() == wanted):
        return
    NODE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "tsconfig.json"):
        shutil.copy(HERE / name, NODE / name)
    command = ("npm", "ci", "--no-audit", "--no-fund", "--silent")
    done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, check=False)
    if done.returncode:
        known.unlink()
        raise Failed(f"npm ci\n{done.stdout}{done.stderr}")


def has_node() -> bool:
    """Whether this machine can run JavaScript, and install it."""
    return bool(shutil.which("node") and shutil.which("npm"))
