"""Every command of the API refuses what every command of its shape must: asked, not only declared.

What is played are the events of `events/`: the first of each command that succeeds.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from insurance.api.path import PATH_IDS
from insurance.api.problems import problem_of_kind
from insurance.api.refusals import problems_of
from insurance.api.route import Route

from tests.artefact.cases import Case
from tests.support.calls import Answer
from tests.support.platform import Platform
from tests.support.player import Player, successes
from tests.support.routes import route_of

type Json = dict[str, Any]

every_command = pytest.mark.parametrize("command", successes(), ids=lambda command: command.path)


@pytest.fixture(scope="module")
def player(loaded: Platform) -> Player:
    return Player(loaded)


def route_to(command: Case, handlers: Platform) -> Route:
    routes = handlers.apps[command.folder].api.routes
    route = route_of(routes, command.event["httpMethod"], command.event["path"])
    assert route is not None
    return route


def sent(handlers: Platform, command: Case, **changes: Any) -> Answer:
    """The command's event with some of it changed; headers are added to its own."""
    headers = command.event["headers"] | changes.pop("headers", {})
    many = {name: [value] for name, value in headers.items()}
    event = command.event | {"headers": headers, "multiValueHeaders": many} | changes
    return handlers.send(command.folder, event)


@every_command
def test_a_command_refuses_ids_that_nobody_has_and_a_revision_that_is_not_the_latest(
    command: Case, player: Player, loaded: Platform
):
    route = route_to(command, loaded)
    player.prepare(command)
    match = route.pattern.fullmatch(command.event["path"])
    assert match is not None

    for name in sorted(set(route.path_names) & PATH_IDS.keys()):
        unknown = command.event["path"].replace(match[name], _another(match[name]))
        answer = sent(loaded, command, path=unknown)
        wanted = problem_of_kind(PATH_IDS[name][1])
        assert (answer.status, answer.code) == (wanted.status, wanted.slug), answer.text
    if route.if_match:
        answer = sent(loaded, command, headers={"If-Match": '"999-another"'})
        assert (answer.status, answer.code) == (412, "stale-revision"), answer.text


@every_command
def test_a_key_that_was_used_for_another_request_is_refused(
    command: Case, player: Player, loaded: Platform
):
    route = route_to(command, loaded)
    player.prepare(command)
    first = sent(loaded, command)
    assert first.status == command.expected["status"], first.text

    codes = []
    for changes in _other_requests(command, route):
        codes.append(sent(loaded, command, **changes).code)
        if codes[-1] == "key-reused":
            break

    assert ("key-reused" in codes) == ("key-reused" in problems_of(route)), codes


def _another(id: str) -> str:
    """An id of the same form, of nothing; of a month, the next or the one before."""
    return id[:-1] + str((int(id[-1]) + 1) % 10 if id[-1].isdigit() else 0)


CHOICES = {"GBP": "EUR", "cancellation_letter": "schedule"}


def _other_requests(command: Case, route: Route) -> Iterator[Json]:
    """Requests that differ in one place; some of them may be refused for what they say."""
    document = json.loads(command.event["body"] or "{}")
    for holder, key in _leaves(document):
        value = holder[key]
        for other in _other_values(value):
            holder[key] = other
            yield {"body": json.dumps(document)}
        holder[key] = value
    match = route.pattern.fullmatch(command.event["path"])
    assert match is not None
    for value in match.groups():
        yield {"path": command.event["path"].replace(value, _another(value))}


def _other_values(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    return [CHOICES.get(value, f"{value}x"), _another(value)] if value else []


def _leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    """Where each value stands that is neither an object nor a list: the last first."""
    keys = value if isinstance(value, dict) else range(len(value))
    for key in reversed(list(keys)):
        if isinstance(value[key], dict | list):
            yield from _leaves(value[key])
        else:
            yield value, key
