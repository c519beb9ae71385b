"""The events of `events/`, played in this process: each command as somebody gives it, with all before it."""

import json
from base64 import b64decode
from collections.abc import Sequence

import httpx
from pydantic import BaseModel

from tests.artefact.cases import Case, all_cases, case
from tests.support import loopback
from tests.support.backend import State, environment
from tests.support.calls import CONTEXT
from tests.support.driving.functions import functions_of
from tests.support.platform import Platform
from tests.support.rights import acting


def successes() -> list[Case]:
    """The first event of each command that succeeds."""
    found: dict[str, Case] = {}
    for each in all_cases():
        done = each.expected.get("status", 500) < httpx.codes.MULTIPLE_CHOICES
        if done and "Idempotency-Key" in (each.event.get("headers") or {}):
            found.setdefault(each.event["resource"], each)
    return list(found.values())


class Player:
    """Plays events in this process, on tables of their own."""

    def __init__(self, handlers: Platform) -> None:
        self._handlers = handlers
        self.backend = handlers.backend
        apps = functions_of(self.backend.environment(), ["event_delivery"])
        self._delivery = apps["event_delivery"].handler
        self._states: dict[tuple[str, ...], State] = {}

    def prepare(self, command: Case) -> None:
        """Everything that is given before the command, on empty tables; it is played once."""
        given = tuple(command.expected.get("given", ()))
        if given in self._states:
            self.backend.restore(self._states[given])
            return
        self._handlers.empty()
        self._play(given)
        self._states[given] = self.backend.state()

    def repeated(self, command: Case, text: str) -> str:
        """An answer of the command as a repetition gets it: with what its view lets be recorded."""
        body = json.loads(text)
        view = self._view(command).model_construct(**body)
        as_recorded = getattr(view, "as_recorded", None)
        if as_recorded is None:
            return text
        kept: BaseModel = as_recorded()
        dumped = kept.model_dump(mode="json", exclude_none=True, warnings=False)
        return json.dumps(dumped, separators=(",", ":"), ensure_ascii=False)

    def _view(self, command: Case) -> type[BaseModel]:
        method, path = command.event["httpMethod"], command.event["resource"]
        [route] = (
            each
            for each in self._handlers.apps[command.folder].api.routes
            if (each.method, each.path) == (method, path)
        )
        view: type[BaseModel] = route.view
        return view

    def _play(self, given: Sequence[str]) -> None:
        for path in given:
            earlier = case(path)
            if earlier.folder == "event_delivery":
                with environment(self.backend.environment()), acting(earlier.folder):
                    assert self._delivery(earlier.event, CONTEXT) == {"batchItemFailures": []}
                continue
            answer = self._handlers.send(earlier.folder, earlier.event)
            assert answer.status == earlier.expected["status"], (path, answer.text)
            if "sends" in earlier.expected:
                upload, file = answer.body["upload"], b64decode(earlier.expected["sends"])
                sent = loopback.post(upload["url"], data=upload["fields"], files={"file": file})
                assert sent.status_code == httpx.codes.NO_CONTENT, sent.text
