"""The portal in a folder: types from the definition, its program by Vite, and what it reads beside it."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final, NamedTuple

from local.aws.cloudformation import read_yaml
from local.aws.distribution import portal_configuration
from local.settings import ROOT
from tools.clients.workshop import has_node
from tools.docs.build import SITE
from tools.portal.files import files
from tools.sdk.definition import for_clients

type Json = dict[str, Any]

SOURCE: Final = ROOT / "portal"
CLIENT: Final = ROOT / "clients" / "typescript" / "src"
NODE: Final = ROOT / ".tools" / "portal-node"
LONGEST_SECONDS: Final = 300
LEFT_OUT: Final = shutil.ignore_patterns("node_modules", "dist", "generated")


class NotBuilt(Exception):
    """The portal could not be made; perhaps because this machine has no node."""

    def __init__(self, message: str, *, lacks_node: bool = False) -> None:
        super().__init__(message)
        self.lacks_node = lacks_node


class Stage(NamedTuple):
    """The addresses of a deployed stack, and the portal's client there."""

    sign_in: str
    client_id: str
    docs: str


def build(stage: Stage | None = None, site: Path = SITE) -> str:
    """Make the portal anew; the one before stays in place until the new one is whole. Of a stage, it is told whom to
    ask; else the local stack tells it.

    Raises:
        NotBuilt: There is no node, or a tool found fault.
    """
    if not has_node():
        raise NotBuilt("There is no portal: it is built with node and npm.", lacks_node=True)
    _install()
    site.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=site.parent) as name:
        made = _compile(Path(name))
        for file, content in files().items():
            (made / file).write_text(json.dumps(content, separators=(",", ":"), ensure_ascii=False))
        if stage is not None:
            told = portal_configuration(stage.sign_in, stage.client_id, stage.docs)
            (made / "configuration.json").write_text(json.dumps(told))
        shutil.rmtree(site / "portal", ignore_errors=True)
        made.rename(site / "portal")
    program = sum(file.stat().st_size for file in (site / "portal" / "assets").iterdir())
    return (
        f"the developer portal in {site / 'portal'}, {program / 1000:.0f} kB of program and style"
    )


def _compile(folder: Path) -> Path:
    """Check the types of all of it, strictly, and make one program and one style."""
    portal, client = folder / "portal", folder / "clients" / "typescript" / "src"
    shutil.copytree(SOURCE, portal, ignore=LEFT_OUT)
    shutil.copytree(CLIENT, client, ignore=LEFT_OUT)
    (folder / "node_modules").symlink_to(NODE / "node_modules")
    (folder / "openapi.json").write_text(json.dumps(for_clients(read_yaml(ROOT / "openapi.yaml"))))
    (client / "generated").mkdir()
    schema = ("openapi.json", "-o", str(client / "generated" / "schema.ts"))
    _run(folder, "openapi-typescript", *schema, "--default-non-nullable=false")
    _run(folder, "tsc", "--project", "portal")
    _run(portal, "vite", "build", "--logLevel", "warn")
    return portal / "dist"


def _install() -> None:
    """What it is built with, at its versions and in this folder only; nothing where it is already.

    Raises:
        NotBuilt: npm could not install it.
    """
    known, wanted = NODE / "package-lock.json", (SOURCE / "package-lock.json").read_bytes()
    if known.exists() and known.read_bytes() == wanted:
        return
    NODE.mkdir(parents=True, exist_ok=True)
    known.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCE / name, NODE / f"{name}.part")
    (NODE / "package.json.part").rename(NODE / "package.json")
    (NODE / "package-lock.json.part").rename(known)
    try:
        _run(NODE, "npm", "ci", "--no-audit", "--no-fund", "--loglevel", "error")
    except NotBuilt:
        known.unlink()
        raise


def _run(folder: Path, *command: str) -> None:
    """Run a tool that was installed, or npm.

    Raises:
        NotBuilt: It found fault.
    """
    path = os.pathsep.join((str(NODE / "node_modules" / ".bin"), os.environ["PATH"]))
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
    )
    if done.returncode:
        raise NotBuilt(f"{command[0]}\n{done.stdout}{done.stderr}".strip()[-4_000:])
