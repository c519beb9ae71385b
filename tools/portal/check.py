"""A new partner's first quote, from the portal, in a browser on the real local stack."""

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx

from demo.samples import DEVELOPERS
from local.processes import LOOPBACK
from local.settings import Settings
from local.stack import Stack, ephemeral
from tools.clients.workshop import has_node
from tools.docs.build import SITE
from tools.docs.check import PYTHON
from tools.docs.chromium import chromium
from tools.docs.packages import AXE, file_of
from tools.portal.build import NotBuilt

type Json = dict[str, Any]

BYTES_AT_MOST: Final = 200_000
"""Of the first load, as it is sent: compressed."""
APPLICATION = "harbour-test"
DEVELOPER: Final = next(each for each in DEVELOPERS if each.name == "dora-test")
PERSON: Final = DEVELOPER.name


class NotWalked(Exception):
    """Nobody could walk through the portal."""


def check(shots: Path | None = None) -> tuple[str, list[str]]:
    """What was walked, and what is wrong. Pictures of each page go to a folder, if one is named.

    Raises:
        NotBuilt: There is no portal.
        NotWalked: There are no docs, or the browser ended early.
        NotFetched: axe or a browser could not be fetched.
    """
    if not (SITE / "docs").exists():
        raise NotWalked("its links lead into the docs: `make docs`")
    if not (SITE / "portal").exists():
        raise NotBuilt("The portal is not built: `make portal`.", lacks_node=not has_node())
    program, variables = chromium()
    asked = {
        "axe": str(file_of(AXE, "axe.min.js")),
        "chromium": str(program),
        "person": PERSON,
        "subject": DEVELOPER.subject,
        "shots": str(shots) if shots else None,
    }
    with tempfile.TemporaryDirectory() as name:
        settings = ephemeral(Settings(), folder=Path(name), warm=False)
        with Stack(settings) as stack, _receiver() as url:
            _register_webhook(stack, url)
            seen, error = _walk({**asked, "base": stack.services_url}, variables)
    if not seen or "first_load" not in seen[-1]:
        looked = ", ".join(each["at"] for each in seen)
        raise NotWalked(f"the browser ended after {looked or 'nothing'}: {error[-2_000:]}")
    *pages, whole = seen
    found = [f"{page['at']}: {each}" for page in pages for each in page["findings"]]
    found += [*whole["errors"], *(f"asks {url}" for url in whole["outside"])]
    if whole["first_load"] > BYTES_AT_MOST:
        found.append(f"{whole['first_load']:,} bytes at first, at most {BYTES_AT_MOST:,}")
    looked = sum(page["at"] != "walk" for page in pages)
    said = (
        f"the portal: a first quote, {looked} pages and states, light and dark, 1280 and 360 px, "
        f"{whole['first_load'] / 1000:.0f} kB at first"
    )
    return said, found


def _walk(asked: Json, variables: dict[str, str]) -> tuple[list[Json], str]:
    done = subprocess.run(
        (str(PYTHON), str(Path(__file__).with_name("browser.py"))),
        input=json.dumps(asked),
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def _register_webhook(stack: Stack, url: str) -> None:
    verify = str(stack.certificate.certificate) if stack.certificate else True
    with httpx.Client(base_url=stack.base_url, verify=verify, timeout=60) as api:
        headers = {"Authorization": f"Bearer {stack.token(APPLICATION)}", "Idempotency-Key": "walk"}
        api.post("/v1/webhooks", json={"url": url}, headers=headers).raise_for_status()


class _Receiver(BaseHTTPRequestHandler):
    """Takes every event."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def _receiver() -> Iterator[str]:
    server = ThreadingHTTPServer((LOOPBACK, 0), _Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}/events"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
