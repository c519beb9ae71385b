"""The HTTP edge of every function: caller, request and answer, and no business."""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Unpack

from pydantic import BaseModel

from insurance import snapshot, startup, telemetry
from insurance.api import responses
from insurance.api.access import check_access, may_leave_territory_open
from insurance.api.access_record import AccessRecord
from insurance.api.admission import admit
from insurance.api.body import Request
from insurance.api.call import Call
from insurance.api.edge import ASKS_NOTHING, EdgePorts
from insurance.api.idempotent import Answered, carry_out, idempotency_of, recorded
from insurance.api.paging import Page
from insurance.api.parameters import Parameters
from insurance.api.path import check_parameter
from insurance.api.quota import QuotaOfCall
from insurance.api.route import CommandDeclaration, QueryDeclaration, Route
from insurance.api.sender import check_sender
from insurance.api.sunset import check_served
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import InsuranceError
from insurance.domain.core.purposes import purposes_of
from insurance.metrics import Metric
from insurance.operations.command import Command, Query

if TYPE_CHECKING:
    from insurance.domain.control.access_policy import MaskedClass

type Entrypoint = Callable[[dict[str, Any], Any], dict[str, Any]]
type Handler = Callable[..., Any]
type Show = Callable[[Any], BaseModel]


class Api:
    """A function's routes: the request read, the handler called, its result made an HTTP answer.

    API Gateway has chosen the function by its own routes already. Powertools' resolver would do the
    rest too, but importing it costs a fifth of a cold start, and its way with bodies is not ours
    (docs/adr/0005, docs/adr/0008).

    A handler takes what it needs by the types of its arguments, and nothing else:

    - the path's parameters, by name;
    - `request`, a `Request`: the body;
    - `parameters`, a `Parameters`: the query's parameters;
    - `page`, a `Page`, on a route that declares `paged`;
    - `command`, a `Command`, or `query`, a `Query`: who calls, when, on which revision.

    It returns the operation's result, which the route's view shows (`shows`).
    """

    def __init__(
        self,
        find_replay: Callable[[Command], None] | None = None,
        edge: EdgePorts = ASKS_NOTHING,
    ) -> None:
        """`find_replay` finds the earlier answer of a command: needed where there are commands."""
        self._find_replay = find_replay
        self.edge = edge
        self.routes: list[Route] = []

    def query(
        self, path: str, **declared: Unpack[QueryDeclaration]
    ) -> Callable[[Handler], Handler]:
        """A route that changes nothing: a GET, unless it declares another method.

        Raises:
            ValueError: The edge lacks what the route needs of it.
        """
        return self._register({"method": "GET", "path": path, "writes": False, **declared})

    def command(
        self, path: str, **declared: Unpack[CommandDeclaration]
    ) -> Callable[[Handler], Handler]:
        """A POST that writes, once for each idempotency key.

        Raises:
            ValueError: The edge lacks what the route needs of it, or nobody says how an earlier answer is found.
        """
        return self._register({"method": "POST", "path": path, "writes": True, **declared})

    def entrypoint(self) -> Entrypoint:
        """What Lambda calls."""
        startup.end()
        snapshot.around(self._prepare, snapshot.renew)

        @telemetry.metrics.log_metrics(capture_cold_start_metric=True)
        def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
            began = time.perf_counter()
            telemetry.logger.set_correlation_id(responses.request_id(event))
            access = AccessRecord(event)
            answer = self._answer(event, access)
            access.keep(answer["statusCode"], responses.code_of(answer))
            telemetry.count(Metric.REQUESTS)
            telemetry.milliseconds(Metric.LATENCY, round((time.perf_counter() - began) * 1000, 3))
            return answer

        entry: Entrypoint = handler
        return entry

    def _prepare(self) -> None:
        """Work out for every route what its first call would."""
        snapshot.prepare()
        for route in self.routes:
            route.prepare()

    def _register(self, declared: dict[str, Any]) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            asks_policies = self.edge.access is not None
            route = Route(handler=handler, asks_policies=asks_policies, **declared)
            if route.writes and not (route.find_replay or self._find_replay):
                raise ValueError("a function with commands says how an earlier answer is found")
            if route.takes_proofs and not self.edge.used_proofs:
                raise ValueError("a function that applications may call says where used proofs are")
            if CallerKind.APPLICATION in route.callers and not self.edge.quotas:
                raise ValueError("a function that applications may call says where quotas are")
            if (
                self.edge.access
                and not self.edge.products
                and may_leave_territory_open(route.input_of(Request))
            ):
                raise ValueError(
                    "a function whose requests leave a territory open says where products are"
                )
            self.routes.append(route)
            return handler

        return register

    def _answer(self, event: Mapping[str, Any], access: AccessRecord) -> dict[str, Any]:
        sent = event["path"].rstrip("/")
        for route in self.routes:
            if route.method == event["httpMethod"]:
                match = route.pattern.fullmatch(sent)
                if match is not None:
                    break
        else:
            return responses.no_route(event)
        path = match.groupdict()
        access.about(route.operation_id, path)
        quota = QuotaOfCall(event, self.edge.quotas)
        try:
            answer = self._call(route, path, event, access, quota)
        except InsuranceError as error:
            answer = responses.refused(event, error)
        except Exception as error:
            answer = responses.failed(event, error)
        return quota.told(answer)

    def _call(
        self,
        route: Route,
        path: Mapping[str, str],
        event: Mapping[str, Any],
        access: AccessRecord,
        quota: QuotaOfCall,
    ) -> dict[str, Any]:
        """The handler's answer: caller, headers, ids and request are checked before it is called."""
        call = Call(event)
        access.called_by(call.caller)
        check_sender(event, call.caller, self.edge.used_proofs)
        quota.count(call.caller, call.received_at)
        admit(call.caller, route)
        access.let_in_for(purposes_of(call.caller, route.roles, route.scope))
        _check_headers(call, route)
        check_served(event, max(call.now, call.received_at))
        for name, value in path.items():
            check_parameter(name, value)
        given = {**path, **_inputs(route, call, path)}
        mask = check_access(call, route, given, access, self.edge, quota)
        context = _context(call, given)

        def show(result: Any) -> BaseModel:
            access.shows(result)
            return route.show(result, context)

        answered = (
            self._command(route, call, given, show)
            if route.writes
            else _query(route, call, given, show)
        )
        if answered.replayed:
            access.repeats(answered.party)
        return _response(route, call, answered, mask)

    def _command(self, route: Route, call: Call, given: dict[str, Any], show: Show) -> Answered:
        def run(command: Command) -> Any:
            return route.handler(**given, **_named(route, Command, command))

        def find_replay(command: Command) -> None:
            if route.find_replay:
                route.find_replay(command, **{name: given[name] for name in route.path_names})
            elif self._find_replay:
                self._find_replay(command)

        command = Command(
            call.caller,
            idempotency_of(call, f"{route.method} {route.path}", show),
            call.expected_revision if route.if_match else None,
        )
        return carry_out(command, run, find_replay)


def _query(route: Route, call: Call, given: dict[str, Any], show: Show) -> Answered:
    result = route.handler(**given, **_named(route, Query, call.as_query()))
    return Answered(recorded(show(result)))


def _context(call: Call, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a view may show beside the result."""
    return {**given, "caller": call.caller, "now": call.now}


def _named(route: Route, kind: type, value: Any) -> dict[str, Any]:
    """The value under the name that the handler has for it, if it takes one."""
    return {name: value for name, wanted in route.inputs.items() if wanted is kind}


def _check_headers(call: Call, route: Route) -> None:
    """Refuse malformed headers before anything is read: those that the route honours, and no other."""
    _ = call.now
    if route.writes:
        _ = call.key
    if route.if_match:
        _ = call.expected_revision
    if route.etag:
        _ = call.held_tags


def _inputs(route: Route, call: Call, path: Mapping[str, str]) -> dict[str, Any]:
    """Request, parameters and page: each read and checked, under the handler's name for it."""
    given: dict[str, Any] = {}
    for name, kind in route.inputs.items():
        if name in path or kind is Command or kind is Query:
            continue
        if kind is Page:
            given[name] = call.page_of(*route.list_ids(call.query, path))
        elif issubclass(kind, Request):
            given[name] = call.request(kind)
        elif issubclass(kind, Parameters):
            given[name] = call.parameters(kind)
    if route.method == "POST" and route.input_of(Request) is None:
        call.check_no_body()
    return given


def _response(
    route: Route, call: Call, answered: Answered, mask: "MaskedClass | None"
) -> dict[str, Any]:
    answer, headers = answered.answer, {}
    body = answer.body if answer.first is None else answer.first
    tag = answer.etag
    if mask is not None:
        from insurance.api import masking  # noqa: PLC0415 - where a rule masks

        body, tag = masking.masked(body, route.view, mask), tag and masking.masked_tag(tag, mask)
        headers[masking.HEADER] = str(mask)
    if tag and (route.etag or route.writes):
        headers["ETag"] = tag
        if route.etag and call.held_tags & {tag, "*"}:
            return responses.response(call.event, HTTPStatus.NOT_MODIFIED, None, headers)
    if answered.replayed:
        headers["Idempotent-Replayed"] = "true"
    headers["Content-Type"] = "application/json"
    return responses.response(call.event, route.status, body, headers)
