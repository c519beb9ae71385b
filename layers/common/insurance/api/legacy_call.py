"""The old shape of a route, for functions that are not converted yet. Delete this file when none is left.

`Call` is what an old handler is given; `LegacyApi` registers old and new routes side by side.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from inspect import get_annotations
from typing import Any, NamedTuple

from pydantic import BaseModel

from insurance.api import responses
from insurance.api.admission import admit
from insurance.api.body import Request
from insurance.api.call import Call as HttpCall
from insurance.api.fields import YEARS
from insurance.api.idempotent import carry_out, idempotency_of, recorded
from insurance.api.paging import Page
from insurance.api.path import check_id
from insurance.api.route import Route
from insurance.api.router import Api, Handler
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.roles import EVERY_ROLE
from insurance.domain.core.scopes import Scope
from insurance.operations.command import Command
from insurance.operations.idempotency import Idempotency, RecordedAnswer


class NumberPage(NamedTuple):
    after: int
    limit: int


class TextPage(NamedTuple):
    after: str
    limit: int


class LegacyRoute(Route):
    """A route whose handler takes a `Call` and answers a view, or the answer of `call.once`."""

    @property
    def view(self) -> type[BaseModel]:
        for kind in _kinds(get_annotations(self.handler)["return"]):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                return kind
        raise ValueError(f"{self.method} {self.path} does not say what it answers")

    @property
    def inputs(self) -> Mapping[str, Any]:
        return {n: k for n, k in get_annotations(self.handler).items() if n != "return"}


def _kinds(said: Any) -> tuple[Any, ...]:
    return (said, *getattr(said, "__args__", ()))


class Call(HttpCall):
    """One call: who makes it, at what time, and what it wants answered once."""

    def __init__(
        self, event: Mapping[str, Any], route: Route, find_replay: Callable[[Command], None] | None
    ) -> None:
        super().__init__(event)
        self._route = route
        self._find_replay = find_replay
        self.replayed = False

    def page(self, of: str) -> NumberPage:
        page = self.page_of(of)
        return NumberPage(page.number, page.limit)

    def place(self, of: str) -> TextPage:
        page: Page = self.page_of(of)
        return TextPage(page.after, page.limit)

    @property
    def as_at(self) -> datetime:
        return self._instant("as_at") or self.now

    @property
    def known_at(self) -> datetime | None:
        return self._instant("known_at")

    @property
    def since_as_at(self) -> datetime | None:
        return self._instant("since_as_at")

    @property
    def since_known_at(self) -> datetime | None:
        return self._instant("since_known_at")

    def once(
        self,
        command: Callable[[Idempotency], Any],
        *,
        shows: Callable[[Any], BaseModel],
        find_replay: Callable[[Command], None] | None = None,
    ) -> RecordedAnswer:
        """Carry the command out once; a repeated call is answered as the first was."""
        find = find_replay or self._find_replay
        if find is None:
            raise ValueError("a function with commands says how an earlier answer is found")
        idempotency = idempotency_of(self, f"{self._route.method} {self._route.path}", shows)
        answered = carry_out(
            Command(self.caller, idempotency, self.expected_revision),
            lambda made: command(made.idempotency),
            find,
        )
        self.replayed = answered.replayed
        return answered.answer

    def _instant(self, name: str) -> datetime | None:
        sent = self.query.get(name)
        if sent is None:
            return None
        fault = FieldFault(name, "not-a-time", "An RFC 3339 time with its offset is expected.")
        try:
            instant = datetime.fromisoformat(sent)
        except ValueError as error:
            raise InvalidFields([fault]) from error
        if instant.tzinfo is None or instant.year not in YEARS:
            raise InvalidFields([fault])
        return instant.astimezone(UTC)


class LegacyApi(Api):
    """An `Api` that takes old declarations too."""

    def query(self, *where: Any, **declared: Any) -> Callable[[Handler], Handler]:
        if "operation_id" in declared:
            return super().query(*where, **declared)
        method, path = where
        return self._old({"method": method, "path": path, "writes": False}, **declared)

    def command(self, path: str, **declared: Any) -> Callable[[Handler], Handler]:
        if "operation_id" in declared:
            return super().command(path, **declared)
        return self._old({"method": "POST", "path": path, "writes": True}, **declared)

    def _old(
        self,
        where: dict[str, Any],
        *,
        scope: str,
        summary: str,
        staff: bool = False,
        policyholders: bool = False,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            callers = {CallerKind.STAFF}
            if scope == Scope.PAYMENTS_REPORT:
                callers.add(CallerKind.MACHINE)
            if not staff:
                callers.add(CallerKind.APPLICATION)
            if policyholders:
                callers.add(CallerKind.POLICYHOLDER)
            route = LegacyRoute(
                **where,
                operation_id=handler.__name__,
                summary=summary,
                scope=Scope(scope),
                callers=callers,
                roles=EVERY_ROLE,
                shows=BaseModel,
                status=status,
                handler=handler,
            )
            self.routes.append(route)
            return handler

        return register

    def _call(
        self, route: Route, path: Mapping[str, str], event: Mapping[str, Any]
    ) -> dict[str, Any]:
        if not isinstance(route, LegacyRoute):
            return super()._call(route, path, event)
        call = Call(event, route, self._find_replay)
        admit(call.caller, route)
        _ = call.now, call.held_tags, call.expected_revision
        if route.writes:
            _ = call.key
        for name, value in path.items():
            check_id(name, value)
        arguments: dict[str, Any] = dict(path)
        for name, kind in route.inputs.items():
            if kind is Call:
                arguments[name] = call
            elif isinstance(kind, type) and issubclass(kind, Request):
                arguments[name] = call.request(kind)
        result = route.handler(**arguments)
        answer = recorded(result) if isinstance(result, BaseModel) else result
        headers = {}
        if answer.etag:
            headers["ETag"] = answer.etag
            if not route.writes and call.held_tags & {answer.etag, "*"}:
                return responses.response(event, HTTPStatus.NOT_MODIFIED, None, headers)
        if call.replayed:
            headers["Idempotent-Replayed"] = "true"
        headers["Content-Type"] = "application/json"
        return responses.response(event, route.status, answer.body, headers)
