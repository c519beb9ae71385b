"""docs/operations.md, "Your first partner in five minutes", typed as it stands there; and no secret is left anywhere."""

import gzip
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from local.settings import ROOT
from local.stack import Stack
from tests.support import loopback
from tests.support.receiver import receiving

type Json = dict[str, Any]

PAGE = ROOT / "docs" / "operations.md"
TITLE = "### Your first partner in five minutes"


def typed() -> list[str]:
    """The commands of the section, one a line."""
    section = PAGE.read_text("utf-8").split(TITLE)[1].split("\n### ")[0]
    [block] = re.findall(r"```sh\n(.*?)```", section, re.S)
    return [line for line in block.splitlines() if line]


def environment_of(stack: Stack) -> dict[str, str]:
    """What the section exports."""
    return os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COVERWRIGHT_BASE_URL": stack.base_url,
        "COVERWRIGHT_TOKEN_URL": f"{stack.services_url}/oauth2/token",
        "COVERWRIGHT_TOKEN": stack.token("onboarding-test"),
        "COVERWRIGHT_APPROVER_TOKEN": stack.token("approver-test"),
    }


def run(stack: Stack, script: str, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = environment_of(stack) | changes
    return subprocess.run(
        ["/bin/sh", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def added(stack: Stack) -> str:
    """What the command printed."""
    done = run(stack, "\n".join(typed()))
    assert done.returncode == 0, done.stderr
    return done.stdout


def printed(added: str, name: str) -> str:
    [value] = re.findall(rf"^{name} +(\S+)$", added, re.M)
    return str(value)


def test_the_three_calls_that_are_printed_are_answered(stack: Stack, added: str) -> None:
    calls = added.split("paste:\n")[1]

    done = run(stack, calls)

    assert done.returncode == 0, done.stderr
    assert '"code":"personal_motor"' in done.stdout.replace('": "', '":"')
    assert "questions" in done.stdout


def test_a_second_run_makes_nothing_twice_and_has_no_secret_to_show(
    stack: Stack, added: str
) -> None:
    again = run(stack, "\n".join(typed()))

    assert again.returncode == 2
    assert printed(added, "Application") in again.stderr
    assert printed(added, "Client secret") not in again.stdout + again.stderr


def test_without_the_second_person_it_stops_and_says_what_they_run(stack: Stack) -> None:
    command = 'coverwright partner add elm --name "Elm Brokers"'

    waiting = run(stack, command, COVERWRIGHT_APPROVER_TOKEN="")
    [approving] = re.findall(r"(coverwright partner approve \S+)", waiting.stdout)
    own = run(stack, approving)
    approver = stack.token("approver-test")
    approved = run(stack, approving, COVERWRIGHT_TOKEN=approver)
    done = run(stack, command, COVERWRIGHT_APPROVER_TOKEN="")

    assert (waiting.returncode, own.returncode) == (0, 1)
    assert "same-person" in own.stderr or "two people" in own.stderr
    assert approved.returncode == 0, approved.stderr
    assert printed(done.stdout, "Client secret")


def test_a_suspended_application_is_refused_and_a_resumed_one_is_not(
    stack: Stack, added: str
) -> None:
    """By a token that the gateway has not asked about yet: what it has stored ends within a minute."""
    id, client = printed(added, "Application"), printed(added, "Client id")
    secret = printed(added, "Client secret")

    def status() -> int:
        form = {"grant_type": "client_credentials"}
        url = f"{stack.services_url}/oauth2/token"
        token = loopback.post(url, data=form, auth=(client, secret)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        return loopback.get(f"{stack.base_url}/v1/products", headers=headers).status_code

    before = status()
    suspended = run(stack, f"coverwright partner suspend {id} --reason unpaid_invoices")
    after = status()
    resumed = run(stack, f"coverwright partner resume {id} --reason paid")

    assert (suspended.returncode, resumed.returncode) == (0, 0), suspended.stderr
    assert (before, after, status()) == (200, 403, 200)


def test_no_secret_stands_in_any_table_log_event_or_recorded_answer(
    stack: Stack, added: str
) -> None:
    """Of all callers of this stack: secrets and keys of applications, tokens, and the secret of a webhook."""
    id, client = printed(added, "Application"), printed(added, "Client id")
    secret = printed(added, "Client secret")
    token = loopback.post(
        f"{stack.services_url}/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(client, secret),
    ).json()["access_token"]
    assert loopback.get(f"{stack.base_url}/v1/products", headers=bearer(token)).status_code == 200
    harbour = stack.token("harbour-test")
    with receiving() as receiver:
        webhook = loopback.post(
            f"{stack.base_url}/v1/webhooks",
            json={"url": receiver.url},
            headers=bearer(harbour) | {"Idempotency-Key": "grep"},
        ).json()
    path = f"{stack.base_url}/v1/webhooks/{webhook['id']}"
    loopback.post(
        path, json={"status": "closed"}, headers=bearer(harbour) | {"Idempotency-Key": "end"}
    )
    held, kept = in_services(stack)
    tokens = [token, harbour, stack.token("onboarding-test"), stack.token("approver-test")]
    planted = {*held, secret, *tokens, webhook["secret"].removeprefix("whsec_")}

    written = {**files_of(stack), "tables": unpacked(items_of(stack)), "services": kept}

    assert secret in held  # the local user pool knows the secrets of its clients, as Cognito does
    assert len(planted) > 20
    found = {(name, each[:8]) for name, text in written.items() for each in planted if each in text}
    assert found == set()
    assert sum(id in text for text in written.values()) > 2, "what is no secret is in them"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


HOLDERS = {
    "pool_client_secrets": "secret",
    "client_secrets": "secret",
    "usage_keys": "value",
    "secrets": "value",
}
"""Tables that stand for Cognito, for an issuer, for API Gateway and for Secrets Manager: these hold what they check."""


def in_services(stack: Stack) -> tuple[set[str], str]:
    """The secrets that AWS holds for us; and all else that its services keep: queues, buses, logs, files."""
    [path] = stack.settings.folder.rglob("services.sqlite")
    held, rest = set[str](), []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        names = [
            row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for name in names:
            cursor = store.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - a name of the schema
            columns = [each[0] for each in cursor.description]
            for row in cursor:
                values = dict(zip(columns, row, strict=True))
                if column := HOLDERS.get(name):
                    held.add(str(values.pop(column)))
                rest.append(unpacked(values))
    return held, "\n".join(rest)


def files_of(stack: Stack) -> dict[str, str]:
    """What stands in each file of the stack, unpacked where it is packed; the services' own is read by its tables."""
    return {
        str(path.relative_to(stack.settings.folder)): unpacked(path.read_bytes())
        for path in stack.settings.folder.rglob("*")
        if path.is_file() and not path.name.startswith("services.sqlite")
    }


def items_of(stack: Stack) -> list[Json]:
    pages = stack.dynamodb().get_paginator("scan")
    return [
        item
        for table in stack.template.tables()
        for page in pages.paginate(TableName=table["TableName"])
        for item in page["Items"]
    ]


def unpacked(value: Any) -> str:
    """Everything in the items, also what is deflated or zipped."""
    from insurance.domain.core.packing import unpack  # noqa: PLC0415 - where it is needed

    if isinstance(value, dict):
        return "".join(unpacked(each) for each in value.values())
    if isinstance(value, list | set):
        return "".join(unpacked(each) for each in value)
    if isinstance(value, bytes):
        text = value.decode("latin-1")
        with suppress(Exception):
            text += repr(unpack(value))
        with suppress(OSError, EOFError):
            text += gzip.decompress(value).decode("latin-1")
        return text
    return str(value)
