"""`serve`: the stack, up until Ctrl-C, with what a newcomer needs to call it."""

from __future__ import annotations

import json
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from demo.samples import CALLERS, PARTNERS, PEOPLE, STAFF, Partner, Staff
from local.aws.issuer import Issuer
from local.aws.services.store import open_store
from local.lease import running_stack
from local.processes import LOOPBACK
from local.settings import ROOT, Settings
from local.stack import Stack

type Json = dict[str, Any]

SHOWN_PARTNER = "harbour-test"
SHOWN_STAFF = "underwriter-test"


def serve(settings: Settings) -> int:
    """Start, say how to call, wait for SIGINT or SIGTERM, stop."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    stack = Stack(settings)
    stack.start()
    try:
        tokens = _write_tokens(stack)
        print("\n".join(_welcome(stack, tokens)), flush=True)
        over.wait()
        print("stopping", flush=True)
    finally:
        stack.stop()
    return 0


def print_token(caller: str, settings: Settings) -> int:
    """A token from the issuer's own key, whether the stack is up or not."""
    if caller not in CALLERS:
        print(f"no caller {caller}; there are: {', '.join(CALLERS)}", file=sys.stderr)
        return 1
    settings.folder.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.folder / "services.sqlite")
    try:
        running = running_stack(settings.folder)
        url = running["services"] if running else f"http://{LOOPBACK}:{settings.ports.services}"
        print(Issuer(store, url).token(CALLERS[caller]))
    finally:
        store.close()
    return 0


def _write_tokens(stack: Stack) -> Path:
    folder = stack.settings.folder / "tokens"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for caller in CALLERS:
        (folder / caller).write_text(stack.token(caller))
    return folder


def _welcome(stack: Stack, tokens: Path) -> Iterator[str]:
    yield f"Coverwright is up in {stack.started_in_seconds:.1f} s. Ctrl-C stops it; data stay."
    yield ""
    yield f"  Base URL      {stack.base_url}"
    yield f"  API page      {stack.services_url}/docs"
    yield f"  Tokens from   {stack.services_url}/oauth2/token (client credentials)"
    yield f"  Database      {stack.database_url}"
    yield f"  Logs          {stack.settings.logs}"
    yield ""
    yield "Sample callers; a fresh token of each, good for a day, is in a file of its name:"
    yield f"  {tokens}/"
    for partner in PARTNERS:
        yield f"    {partner.client_id:<17} {_described(partner)}"
    for staff in STAFF:
        yield f"    {staff.name:<17} {_described(staff)}"
    for person in PEOPLE:
        yield f"    {person.name:<17} policyholder, signed in through {person.portal}"
    yield ""
    for caller in (SHOWN_PARTNER, SHOWN_STAFF):
        yield f"Token of {caller}:"
        yield f"  {(tokens / caller).read_text()}"
    yield ""
    yield "Three calls to paste:"
    yield from _curl_lines(stack, tokens)


def _described(caller: Partner | Staff) -> str:
    if isinstance(caller, Staff):
        mode = "test" if "test" in caller.groups else "live"
        return f"staff, {mode} mode: {', '.join(sorted({*caller.groups} - {'test'}))}"
    state = "" if caller.status == "active" else f", {caller.status}"
    return f"{caller.name}: {caller.mode} mode, plan {caller.plan}{state}"


def _curl_lines(stack: Stack, tokens: Path) -> Iterator[str]:
    quote = json.loads((ROOT / "demo" / "journeys" / "private-motor.json").read_text())["quote"]
    start = (datetime.now(UTC) + timedelta(days=7)).date()
    body = json.dumps(quote | {"start": start.isoformat()})
    trust = ""
    if stack.certificate is not None:
        trust = f" --cacert {shlex.quote(str(stack.certificate.certificate))}"
    token = f'-H "Authorization: Bearer $(cat {shlex.quote(str(tokens / SHOWN_PARTNER))})"'
    call = f"curl -sS{trust} {token}"
    json_body = f"-H 'Content-Type: application/json' -d {shlex.quote(body)}"
    yield f"{call} {stack.base_url}/v1/products"
    yield f"{call} {json_body} {stack.base_url}/v1/quotes/preview"
    yield f'{call} {json_body} -H "Idempotency-Key: $(date +%s%N)" {stack.base_url}/v1/quotes'
