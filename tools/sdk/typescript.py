"""The TypeScript client: types generated into an ignored folder of its package, compiled, packed, played."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path
from typing import Final

from local.settings import ROOT
from tools.clients.generators import openapi_typescript
from tools.clients.workshop import NODE, Failed, Workshop
from tools.sdk.examples import blocks_of, quick_start

PACKAGE: Final = ROOT / "clients" / "typescript"
SCHEMA: Final = PACKAGE / "src" / "generated" / "schema.ts"
LEFT_OUT: Final = shutil.ignore_patterns("node_modules", "dist")


def generate(at: Workshop, operations: int) -> None:
    """Write the types.

    Raises:
        Failed: The generator did not, or not for every operation.
    """
    SCHEMA.parent.mkdir(exist_ok=True)
    found = openapi_typescript(at, SCHEMA)
    if found != operations:
        raise Failed(f"{found} of {operations} operations generated")


def build(at: Workshop, out: Path) -> Path:
    """Compile strictly, run the tests of the package, and pack it."""
    made = at.folder / "package"
    shutil.copytree(PACKAGE, made, ignore=LEFT_OUT)
    (made / "node_modules").symlink_to(NODE / "node_modules")
    at.run("tsc", "--project", made / "tsconfig.json")
    at.run("tsc", "--project", made / "tests" / "tsconfig.json")
    at.run("node", "--test", made / "tests" / "sending.test.js")
    said = at.run("npm", "pack", made, "--pack-destination", out, "--json", "--ignore-scripts")
    name: str = json.loads(said)[0]["filename"]
    return out / name


def play(at: Workshop, tarball: Path, told: dict[str, str]) -> list[str]:
    """Compile and run each example of the README with what is in the tarball; what each printed."""
    folder = at.folder / "play"
    installed = folder / "node_modules" / "@coverwright"
    installed.mkdir(parents=True)
    with tarfile.open(tarball) as file:
        file.extractall(installed, filter="data")
    (installed / "package").rename(installed / "client")
    for each in (NODE / "node_modules").iterdir():
        (folder / "node_modules" / each.name).symlink_to(each)
    (folder / "package.json").write_text('{ "type": "module" }\n')
    names = []
    shown = [*blocks_of(PACKAGE / "README.md", "ts"), quick_start("ts")]
    for number, block in enumerate(shown, 1):
        names.append(f"example_{number}")
        (folder / f"{names[-1]}.ts").write_text(block)
    shutil.copy(at.folder / "tsconfig.json", folder)
    at.run("tsc", "--project", folder / "tsconfig.json")
    return [at.run("node", folder / "built" / f"{name}.js", **told) for name in names]
