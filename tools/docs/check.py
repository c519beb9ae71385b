"""Every page of the site in a browser: nothing for axe to find, light to load, and nothing asked of others."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from local.aws.distribution import site_routes
from local.aws.template import Template
from local.processes import LOOPBACK, bound_socket
from local.settings import ROOT
from tools.docs.build import SITE
from tools.docs.chromium import chromium
from tools.docs.packages import AXE, file_of

type Json = dict[str, Any]

BYTES_AT_MOST = 150_000
"""Of a page's first load, as it is sent: compressed."""
REFERENCE = "reference.html"
FEW = (
    "index.html",
    "quick-start.html",
    "problems.html",
    "problems/wrong-state.html",
    "events.html",
    REFERENCE,
)
"""Each kind of page once."""
PYTHON = ROOT / ".tools" / "docs" / "bin" / "python"


class NotLooked(Exception):
    """No page could be looked at."""


def check(*, few: bool = False, site: Path = SITE) -> tuple[str, list[str]]:
    """How many pages were looked at and what the heaviest weighs; and what is wrong with them.

    Raises:
        NotLooked: There is no site, or no browser, or the browser ended early.
        NotFetched: axe or a browser could not be fetched.
    """
    docs = site / "docs"
    names = sorted(str(file.relative_to(docs)) for file in docs.rglob("*.html"))
    names = [name for name in names if name in FEW] if few else names
    if not names:
        raise NotLooked("the site is not built: `make docs`")
    with _served(site) as base:
        pages = list(_seen(base, names))
    if [page["path"] for page in pages] != [f"/docs/{name}" for name in names]:
        raise NotLooked("the browser ended before the last page")
    heaviest = max(
        (page for page in pages if REFERENCE not in page["path"]), key=lambda page: page["bytes"]
    )
    said = (
        f"{len(pages)} pages, light and dark, 1280 and 360 px: "
        f"at most {heaviest['bytes'] / 1000:.0f} kB at first ({heaviest['path']})"
    )
    return said, [f"{page['path']}: {each}" for page in pages for each in faults(page)]


def faults(page: Json) -> Iterator[str]:
    """What is wrong with a page."""
    yield from page["findings"]
    yield from page["errors"]
    yield from (f"asks {url}" for url in page["outside"])
    if page["bytes"] > BYTES_AT_MOST and REFERENCE not in page["path"]:
        yield f"{page['bytes']:,} bytes at first, at most {BYTES_AT_MOST:,}"


def _seen(base: str, names: list[str]) -> Iterator[Json]:
    program, variables = chromium()
    asked = {
        "base": base,
        "axe": str(file_of(AXE, "axe.min.js")),
        "chromium": str(program),
        "pages": [
            {"path": f"/docs/{name}", "ready": ".section" if name == REFERENCE else "h1"}
            for name in names
        ],
    }
    done = subprocess.run(
        (str(PYTHON), str(Path(__file__).with_name("browser.py"))),
        input=json.dumps(asked),
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotLooked(done.stderr.strip()[-2_000:])
    yield from map(json.loads, done.stdout.splitlines())


@contextmanager
def _served(site: Path) -> Iterator[str]:
    """The site as the local stack serves it, without the rest of the stack."""
    template = Template(ROOT / "template.yaml")
    listener = bound_socket(0, what="docs", setting="PORT")
    base = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    app = Starlette(routes=site_routes(site, template, lambda: "http://api.example", base))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield base
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
