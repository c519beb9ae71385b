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

from demo.samples import CALLERS, DEVELOPERS, PARTNERS, PEOPLE, STAFF, Machine, Partner, Staff
from local.aws.issuer import Issuer
from local.aws.services.store import open_store
from local.aws.services.user_pool import UserPoolClients
from local.aws.template import Template
from local.lease import running_stack
from local.processes import LOOPBACK
from local.settings import ROOT, Settings
from local.stack import Stack

type Json = dict[str, Any]

SHOWN_PARTNER = "harbour-test"


def serve(settings: Settings) -> int:
    """Start, say how to call, wait for SIGINT or SIGTERM, stop."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    stack = Stack(settings)
    stack.start()
    try:
        callers = _write_callers(stack)
        print("\n".join(_welcome(stack, callers)), flush=True)
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
        clients = UserPoolClients.of(Template(settings.template.resolve()), store)
        print(Issuer(store, url, clients).token(CALLERS[caller]))
    finally:
        store.close()
    return 0


def client_environment(stack: Stack, client_id: str) -> dict[str, str]:
    """What the clients and the command line read of an application: where to call, and as whom."""
    return {
        "COVERWRIGHT_BASE_URL": stack.base_url,
        "COVERWRIGHT_TOKEN_URL": f"{stack.services_url}/oauth2/token",
        "COVERWRIGHT_CLIENT_ID": client_id,
        "COVERWRIGHT_CLIENT_SECRET": stack.issuer.client_secret(client_id),
    }


def _write_callers(stack: Stack) -> Path:
    """A file to source for each sample caller: where to call, its token, its client id and secret."""
    tokens, callers = stack.settings.folder / "tokens", stack.settings.folder / "callers"
    for folder in (tokens, callers):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for caller in CALLERS:
        (tokens / caller).write_text(stack.token(caller))
        lines = _exports(stack, caller, tokens / caller)
        (callers / f"{caller}.env").write_text("".join(f"{line}\n" for line in lines))
    return callers


def _exports(stack: Stack, caller: str, token: Path) -> Iterator[str]:
    yield f'export BASE_URL={stack.base_url} TOKEN="$(cat {_quoted(token)})"'
    known = CALLERS[caller]
    if isinstance(known, Partner | Machine) and not getattr(known, "signs_in_by_key", False):
        for name, value in client_environment(stack, known.client_id).items():
            yield f"export {name}={value}"
    if stack.certificate is not None:
        trusted = _quoted(stack.certificate.certificate)
        yield f"export SSL_CERT_FILE={trusted} NODE_EXTRA_CA_CERTS={trusted}"


def _welcome(stack: Stack, callers: Path) -> Iterator[str]:
    yield f"Coverwright is up in {stack.started_in_seconds:.1f} s. Ctrl-C stops it; data stay."
    yield ""
    yield f"  Base URL      {stack.base_url}"
    yield f"  Docs          {stack.services_url}/docs/"
    if (stack.settings.site / "portal").exists():
        yield f"  Portal        {stack.services_url}/portal/ (sign in as {', '.join(d.name for d in DEVELOPERS)})"
    else:
        yield "  Portal        not built: `make portal` builds it, with node and npm"
    yield f"  Tokens from   {stack.services_url}/oauth2/token (client credentials)"
    yield f"  Database      {stack.database_url}"
    yield f"  Logs          {stack.settings.logs}"
    yield ""
    yield "Sample callers. Each has a file with a token that is good for a day, and with its client id and secret if"
    yield f"it has them: . {_quoted(callers)}/NAME.env"
    for partner in PARTNERS:
        yield f"    {partner.client_id:<17} {_described(partner)}"
    for staff in STAFF:
        yield f"    {staff.name:<17} {_described(staff)}"
    for developer in DEVELOPERS:
        yield f"    {developer.name:<17} of {developer.partner}'s team, test mode"
    for person in PEOPLE:
        yield f"    {person.name:<17} policyholder, signed in through {person.portal}"
    yield ""
    yield f"To call as {SHOWN_PARTNER}, paste this in another terminal:"
    yield ""
    yield f"cd {shlex.quote(str(Path.cwd()))}"
    yield from (callers / f"{SHOWN_PARTNER}.env").read_text().splitlines()
    yield ""
    yield "Then these: the products, a token from the token endpoint, a price, a quote."
    yield ""
    yield ".venv/bin/coverwright products list"
    yield from _curl_lines(stack)


def _described(caller: Partner | Staff) -> str:
    if isinstance(caller, Staff):
        mode = "test" if "test" in caller.groups else "live"
        return f"staff, {mode} mode: {', '.join(sorted({*caller.groups} - {'test'}))}"
    state = "" if caller.status == "active" else f", {caller.status}"
    return f"{caller.name}: {caller.mode} mode, plan {caller.plan}{state}"


def _curl_lines(stack: Stack) -> Iterator[str]:
    quote = json.loads((ROOT / "demo" / "journeys" / "private-motor.json").read_text())["quote"]
    start = (datetime.now(UTC) + timedelta(days=7)).date()
    body = json.dumps(quote | {"start": start.isoformat()})
    trust = ""
    if stack.certificate is not None:
        trust = f" --cacert {_quoted(stack.certificate.certificate)}"
    call = f'curl -sS{trust} -H "Authorization: Bearer $TOKEN"'
    json_body = f"-H 'Content-Type: application/json' -d {shlex.quote(body)}"
    yield (
        'curl -sS -u "$COVERWRIGHT_CLIENT_ID:$COVERWRIGHT_CLIENT_SECRET"'
        ' -d grant_type=client_credentials "$COVERWRIGHT_TOKEN_URL"'
    )
    yield f'{call} {json_body} "$BASE_URL/v1/quotes/preview"'
    yield f'{call} {json_body} -H "Idempotency-Key: $(date +%s%N)" "$BASE_URL/v1/quotes"'


def _quoted(path: Path) -> str:
    """A path to paste into a shell: short where it is below the folder that we were started in."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
