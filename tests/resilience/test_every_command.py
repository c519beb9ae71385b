"""Every command of the API, killed after each of its calls to AWS and sent again: done once, whole.

What is played are the events of `events/`: the first of each command that succeeds.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import pytest
from insurance.config import docs_url
from insurance.domain.partner.event_types import ApplicationEventType

from tests.artefact.cases import Case, settled
from tests.support.backend import Backend
from tests.support.calls import Answer
from tests.support.engine import template
from tests.support.platform import Platform
from tests.support.player import Player, successes
from tests.support.streams import assert_chains_hold, posted, streams
from tests.support.zygote import SERVICE_UNAVAILABLE, Death, Run, Side, Zygote

pytestmark = pytest.mark.xdist_group("resilience")

type Json = dict[str, Any]

CALLS_MAX = 80
OF_ONE_RUN = re.compile(r"(doc_test_[0-9a-z]{16})[0-9a-z]{10}")
"""A document's id comes of its sealed content, and each preparation has keys of its own."""
GONE_BY_THEMSELVES = ("inbox/", "downloads/")
"""Files that a rule of the bucket deletes within a day or two."""
FILE_OF_A_BATCH = ("upl_", "sealed/")
"""As it was sent, or sealed, or both where the dead one had not deleted the first yet: the batch's start seals what is not."""
CLAIM_FIRST = {"partners/provision", "partners/add_secret", "partners/withdraw_secret"}
"""What changes credentials claims the application first: after a call that broke off, the next one is told to
come later. Each leaves an event of its claim."""
TELL_WHAT_THEY_FIND = {"payment_execution/report", "payment_execution/statement"}
"""Calls about many payments, one transaction each: sent again, they say which were posted before."""


def everything(backend: Backend) -> tuple[Any, ...]:
    return backend.everything(), backend.files(), backend.credentials()


def outline(backend: Backend) -> Json:
    """What is there, as far as two runs make it alike: keys, events and postings, files, credentials."""
    keys = {
        table["TableName"]: [each["AttributeName"] for each in table["KeySchema"]]
        for table in template().tables()
    }
    return {
        "items": {
            name: sorted(
                as_in_any_run(str([item[key] for key in keys[name]]), backend) for item in items
            )
            for name, items in backend.everything().items()
            if name != backend.table("events")  # they follow, stream by stream
        },
        "events": {
            stream: with_one_claim((event.type, posted([event])) for event in events)
            for stream, events in streams(backend).items()
        },
        "credentials": credentials(backend),
        "files": sorted(
            OF_ONE_RUN.sub(r"\1", f"{bucket} {key}")
            for bucket, key in backend.files()
            if not key.startswith((*GONE_BY_THEMSELVES, *FILE_OF_A_BATCH))
        ),
        "batches have their files": any(
            key.startswith(FILE_OF_A_BATCH) for _, key in backend.files()
        ),
    }


def as_in_any_run(key: str, backend: Backend) -> str:
    """A key without what a run makes up: a client of the user pool by its name."""
    for id, _, name, *_ in backend.credentials()["pool_clients"]:
        key = key.replace(id, name)
    return OF_ONE_RUN.sub(r"\1", key)


def with_one_claim(events: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """A call that broke off and the one that was sent again have each claimed the application."""
    claimed = ApplicationEventType.CREDENTIALS_CLAIMED
    return [
        each
        for type, alike in groupby(events, key=itemgetter(0))
        for each in islice(alike, 1 if type == claimed else None)
    ]


def credentials(backend: Backend) -> Json:
    """Each client with how many secrets it has, and each key with its plan."""
    kept = backend.credentials()
    secrets = Counter(client for client, *_ in kept["pool_client_secrets"])
    return {
        "clients": sorted(
            (name, scopes, secrets[id]) for id, _, name, scopes, _ in kept["pool_clients"]
        ),
        "keys": sorted((name, value, plan) for _, name, value, plan, _ in kept["usage_keys"]),
    }


@pytest.fixture(scope="module")
def player(loaded: Platform) -> Player:
    return Player(loaded)


@pytest.mark.parametrize("command", successes(), ids=lambda command: command.path)
def test_a_command_killed_after_any_of_its_calls_and_sent_again_is_done_once(
    command: Case, player: Player, zygote: Zygote
):
    run, left_behind = Run(command.folder, command.event), []
    player.prepare(command)
    left = everything(player.backend)
    for nth in range(1, CALLS_MAX):
        [outcome] = zygote.run([Run(command.folder, command.event, Death(Side.AFTER, nth=nth))])
        if outcome.answer is not None:
            break
        if everything(player.backend) == left:
            continue  # nothing was done, so the next one dies a call later
        check_final(command, run, player, zygote)
        left_behind.append(outline(player.backend))
        player.prepare(command)
        left = everything(player.backend)
    else:
        pytest.fail("the command never came to its end")

    assert outcome.answer.status == command.expected["status"], outcome.answer.text
    assert_chains_hold(player.backend)
    assert left_behind, "the command has written nothing"
    for each in left_behind:
        assert each == outline(player.backend)


def check_final(command: Case, run: Run, player: Player, zygote: Zygote) -> None:
    """Whatever the dead one did: the same call is answered as it should be, and then replayed.

    A secret is shown in the first answer alone. Where that died with the command, so did the secret.
    """
    final, again = sent_again(command, run, zygote), zygote.call(run)
    assert final.status == command.expected["status"], final.text
    docs = player.backend.environment()["DOCS_URL"]  # answers are recorded where there is no stack
    wanted = json.dumps(command.expected["body"]).replace(docs_url(), docs)
    if final.replayed:
        wanted = player.repeated(command, wanted)
    varies = command.expected.get("varies", [])
    varies = [each.removeprefix("/body") for each in varies if each.startswith("/body")]
    if command.path not in TELL_WHAT_THEY_FIND:
        assert settled(final.body, varies) == settled(json.loads(wanted), varies)
    assert again.replayed
    assert (again.status, again.text) == (final.status, player.repeated(command, final.text))


def sent_again(command: Case, run: Run, zygote: Zygote) -> Answer:
    """The answer of the call as a client repeats it: later, where it is told to."""
    answer = zygote.call(run)
    if command.path in CLAIM_FIRST and answer.status == SERVICE_UNAVAILABLE:
        answer = zygote.call(replace(run, later_s=int(answer.headers["Retry-After"])))
    return answer


def test_no_command_is_forgotten(loaded: Platform):
    commands = {
        operation.path
        for module in loaded.apps.values()
        for operation in module.api.routes
        if operation.writes
    }

    assert {each.event["resource"] for each in successes()} == commands
