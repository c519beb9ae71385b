"""The site in a folder: what mkdocs makes of docs/, the definition, and the renderer of its page."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from insurance.api_products import API_PRODUCTS

from local.aws.cloudformation import read_yaml
from local.aws.distribution import addressed
from local.settings import ROOT
from tools.docs.packages import SCALAR, NotFetched, file_of
from tools.openapi.compatibility.contract import part_of

SITE = ROOT / ".tools" / "site"
"""What the bucket of the site holds: the docs under `docs/`, the developer portal under `portal/`."""
MKDOCS = ROOT / ".tools" / "docs" / "bin" / "mkdocs"
RENDERER = "dist/browser/standalone.js"


class NotBuilt(Exception):
    """The site could not be made."""


def build(site: Path = SITE, *, api: str | None = None, sign_in: str | None = None) -> str:
    """Make the site anew; the one before stays in place until the new one is whole.

    `api` and `sign_in` are the addresses that the definition names, of a stage.

    Raises:
        NotBuilt: mkdocs found fault with a page, or in CI, the renderer could not be fetched.
    """
    docs = site / f"docs.{os.getpid()}"
    docs.mkdir(parents=True)
    try:
        _render(docs)
        definition = read_yaml(ROOT / "openapi.yaml")
        (docs / "openapi.json").write_text(json.dumps(addressed(definition, api, sign_in)))
        _write_parts(docs, addressed(definition, api, sign_in))
        missing = _copy_renderer(docs)
        shutil.rmtree(site / "docs", ignore_errors=True)
        docs.rename(site / "docs")
    finally:
        shutil.rmtree(docs, ignore_errors=True)
    pages = sum(1 for _ in (site / "docs").rglob("*.html"))
    return f"{pages} pages in {site}" + (
        f"; without the API reference: {missing}" if missing else ""
    )


def _render(docs: Path) -> None:
    if not MKDOCS.exists():
        raise NotBuilt("mkdocs is missing: `make docs` installs it")
    environment: Mapping[str, str] = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        (str(MKDOCS), "build", "--quiet", "-f", str(ROOT / "mkdocs.yml"), "-d", str(docs)),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotBuilt(f"{done.stdout}{done.stderr}".strip())


def _write_parts(docs: Path, definition: Mapping[str, Any]) -> None:
    """The part of each API product: what the catalogue links to."""
    (docs / "openapi").mkdir()
    for code, offer in API_PRODUCTS.items():
        part = part_of(definition, code)
        info = {**part["info"], "title": f"Coverwright: {offer.title}", "version": offer.version}
        text = json.dumps({**part, "info": {**info, "description": offer.description}})
        (docs / "openapi" / f"{code}.json").write_text(text)


def _copy_renderer(docs: Path) -> str | None:
    """The renderer beside its page; why not, where it cannot be had."""
    try:
        renderer = file_of(SCALAR, RENDERER)
    except NotFetched as error:
        if os.environ.get("CI"):
            raise NotBuilt(str(error)) from error
        return str(error)
    shutil.copyfile(renderer, docs / "reference" / "scalar.js")
    return None
