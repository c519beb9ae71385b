"""Bills of materials (CycloneDX 1.5): what the layer and each function with packages of its own ship."""

import argparse
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".aws-sam" / "sbom"
LOCAL_UV = ROOT / ".tools" / "uv" / "bin" / "uv"

EXPORTS = {
    "layer": ("--no-dev",),
    **{
        path.parent.name: ("--only-group", path.parent.name)
        for path in sorted((ROOT / "functions").glob("*/requirements.txt"))
    },
}
"""Artefact to the options of `uv export` that name its packages."""


def bill(artefact: str) -> Json:
    """The bill of materials of one artefact, from uv.lock."""
    uv = shutil.which("uv") or str(LOCAL_UV)
    command = [uv, "export", "--quiet", "--frozen", "--no-emit-project", *EXPORTS[artefact]]
    done = subprocess.run(
        [*command, "--format", "cyclonedx1.5", "--preview-features", "sbom-export"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    document: Json = json.loads(done.stdout)
    return document


def write() -> None:
    """Write one file an artefact."""
    argparse.ArgumentParser(prog="tools.sbom", description=__doc__).parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for artefact in EXPORTS:
        document = bill(artefact)
        (FOLDER / f"{artefact}.cdx.json").write_text(json.dumps(document, indent=2))
        print(f"sbom {artefact}: {len(document['components'])} packages", flush=True)


if __name__ == "__main__":
    write()
