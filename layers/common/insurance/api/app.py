"""The HTTP edge of every function: who calls, what is asked, what is answered, and nothing of business."""

import base64
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from http import HTTPStatus
from inspect import get_annotations
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from insurance import telemetry
from insurance.api import problems
from insurance.api.body import MissingHeader, Request, body_text, read_request
from insurance.api.caller import caller_of
from insurance.api.fields import YEARS
from insurance.api.problems import Problem
from insurance.domain.core import errors, identity
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import (
    AccountMoved,
    ClockNotAllowed,
    FieldFault,
    InsuranceError,
    InvalidFields,
    NoAuthority,
    NotFound,
    StaleRevision,
    Unavailable,
)
from insurance.domain.core.identity import Mode
from insurance.domain.core.packing import canonical
from insurance.operations.receipt import AlreadyAnswered, Answer, Receipt

KEY_HEADER = "Idempotency-Key"
CLOCK_HEADER = "Coverwright-Clock"
CLOCK_YEARS = range(1970, 2200)
REVISION_TRIES = 5
PAGE_DEFAULT = 20
PAGE_MAX = 100
TAGS_MAX = {"If-Match": 100, "If-None-Match": 1000}
"""Headers with entity tags, and how long they may be."""

MACHINES_SCOPES = frozenset({"payments:report"})
"""What machines of our own do at staff's side of the gateway, by scope alone: the bank's reports."""

KEY_FORM = re.compile(r"[\x21-\x7e]{1,128}")
LIMIT_FORM = re.compile(r"[1-9][0-9]{0,2}")
TAG_FORM = re.compile(r'"(?P<revision>[1-9][0-9]{0,8})-[a-z]+"')

PATH_IDS: dict[str, tuple[Any, type[NotFound]]] = {
    "quote_id": (identity.QuoteId, errors.QuoteNotFound),
    "policy_id": (identity.PolicyId, errors.PolicyNotFound),
    "claim_id": (identity.ClaimId, errors.ClaimNotFound),
    "payment_id": (identity.PaymentId, errors.PaymentNotFound),
    "screening_id": (identity.ScreeningId, errors.ScreeningNotFound),
    "file_id": (identity.PaymentFileId, errors.PaymentFileNotFound),
    "complaint_id": (identity.ComplaintId, errors.ComplaintNotFound),
    "redress_id": (identity.RedressId, errors.RedressNotFound),
    "document_id": (identity.DocumentId, errors.DocumentNotFound),
    "refund_id": (identity.RefundId, errors.RefundNotFound),
    "suspense_id": (identity.SuspenseId, errors.SuspenseNotFound),
    "invoice_id": (identity.InvoiceId, errors.InvoiceNotFound),
    "evidence_id": (identity.EvidenceId, errors.EvidenceNotFound),
    "party_id": (identity.PartyId, errors.PartyNotFound),
}
"""Path parameters that are ids: one of another form is as unknown as one that was never given."""

PARAMETER = re.compile(r"\{(\w+)\}")
PATH_MAX = 64
"""What stands in a path in a parameter's place is as long at most: it becomes part of a key."""

type Recall = Callable[[Receipt], None]
type Entrypoint = Callable[[dict[str, Any], Any], dict[str, Any]]
type Shows = Callable[[Any], BaseModel]


class Page(NamedTuple):
    """A page of a list: what follows number `after`, at most `limit` of it."""

    after: int
    limit: int


class Place(NamedTuple):
    """A page of a list: what follows a place, at most `limit` of it."""

    after: str
    limit: int


class Operation(NamedTuple):
    """One route as the API's definition describes it; `tools/openapi` reads these."""

    method: str
    path: str
    scope: str
    staff: bool
    """Behind the user pool's authorizer instead of ours, and outside usage plans."""
    policyholders: bool
    """Open to them too, for what is their own."""
    status: HTTPStatus
    writes: bool
    """A command: it wants an Idempotency-Key."""
    summary: str
    handler: Callable[..., Any]


class Call:
    """One call: who makes it, at what time, and what it wants answered once."""

    def __init__(
        self, event: Mapping[str, Any], operation: Operation, recall: Recall | None
    ) -> None:
        self.operation = operation
        self._recall = recall
        self.caller: Caller = caller_of(event)
        self._headers = {name.lower(): value for name, value in (event["headers"] or {}).items()}
        self._query = event.get("queryStringParameters") or {}
        self._path = event["path"]
        self.received_at = datetime.now(UTC)
        self.replayed = False
        self.sent: JsonObject = {}

    def check_headers(self) -> None:
        """Refuse, before anything is read, a clock that is none and tags of any length."""
        _ = self.now
        for name, most in TAGS_MAX.items():
            if len(self._headers.get(name.lower(), "")) > most:
                raise MissingHeader(name, f"at most {most} characters")

    @cached_property
    def now(self) -> datetime:
        """The time; in test mode the caller's own, when one is sent."""
        return self._clock()

    @property
    def key(self) -> str:
        """The caller's idempotency key."""
        key: str = self._headers.get(KEY_HEADER.lower(), "")
        if not KEY_FORM.fullmatch(key):
            raise MissingHeader(
                KEY_HEADER, "1 to 128 visible ASCII characters, new for each request"
            )
        return key

    @property
    def expected_revision(self) -> int | None:
        """The revision that `If-Match` names; None without the header."""
        tag = self._headers.get("if-match")
        if tag is None:
            return None
        found = TAG_FORM.fullmatch(tag)
        return int(found["revision"]) if found else 0

    def page(self, of: str) -> Page:
        """Which page of a list is asked for: `limit`, and the `after` cursor of the last answer."""
        cursor = self._query.get("after")
        return Page(after=read_cursor(cursor, of) if cursor else 0, limit=self._limit())

    def _limit(self) -> int:
        limit = self._query.get("limit", str(PAGE_DEFAULT))
        if not (LIMIT_FORM.fullmatch(limit) and int(limit) <= PAGE_MAX):
            fault = FieldFault("limit", "out-of-range", f"A page has 1 to {PAGE_MAX} entries.")
            raise InvalidFields([fault])
        return int(limit)

    def place(self, of: str) -> Place:
        """As `page`, in a list whose entries stand at places, not numbers."""
        cursor = self._query.get("after")
        return Place(after=read_place(cursor, of) if cursor else "", limit=self._limit())

    @property
    def as_at(self) -> datetime:
        """The instant that is asked about: `as_at`, or now."""
        return self._instant("as_at") or self.now

    @property
    def known_at(self) -> datetime | None:
        """What was known by then (`known_at`); None: what is known now."""
        return self._instant("known_at")

    @property
    def since_as_at(self) -> datetime | None:
        """The instant to compare with: `since_as_at`."""
        return self._instant("since_as_at")

    @property
    def since_known_at(self) -> datetime | None:
        """What was known by then, to compare with: `since_known_at`."""
        return self._instant("since_known_at")

    def _instant(self, name: str) -> datetime | None:
        sent = self._query.get(name)
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

    def known_as(self, etag: str) -> bool:
        """Whether the caller holds this version already (`If-None-Match`)."""
        return etag in (self._headers.get("if-none-match") or "").replace(" ", "").split(",")

    def once(
        self,
        command: Callable[[Receipt], Any],
        *,
        shows: Shows,
        recall: Recall | None = None,
    ) -> Answer:
        """Carry the command out once; a repeated call is answered as the first was.

        A revision lost to somebody else is decided again, unless the caller named the revision; and
        so is what hangs on an account that they did not name.
        Before any refusal the receipt is looked for, where the function keeps its receipts unless
        `recall` knows another place: a replay is never refused.
        """
        recall = recall or self._recall
        if recall is None:
            raise ValueError("a function with commands tells its Api where its receipts are")
        receipt = self._receipt(shows)
        for _ in range(REVISION_TRIES):
            try:
                return receipt.renders(command(receipt))
            except AlreadyAnswered as earlier:
                return self._again(earlier)
            except Unavailable:
                raise
            except InsuranceError as refusal:
                if isinstance(refusal, AccountMoved) or (
                    isinstance(refusal, StaleRevision) and self.expected_revision is None
                ):
                    continue
                answer = self._recalled(recall, receipt)
                if answer is not None:
                    return answer
                raise
        raise Unavailable("What you are changing")

    def _recalled(self, recall: Recall, receipt: Receipt) -> Answer | None:
        try:
            recall(receipt)
        except AlreadyAnswered as earlier:
            return self._again(earlier)
        return None

    def _again(self, earlier: AlreadyAnswered) -> Answer:
        self.replayed = True
        return earlier.answer

    def _receipt(self, shows: Shows) -> Receipt:
        rendered: list[tuple[Any, Answer]] = []

        def renders(result: Any) -> Answer:
            """Once for each result: what is stored is what is answered."""
            if not rendered or rendered[-1][0] is not result:
                rendered.append((result, _answer(self.operation.status, shows(result))))
            return rendered[-1][1]

        asked = {"path": self._path, "body": self.sent}
        return Receipt(
            principal=self.caller.principal,
            operation=f"{self.caller.mode} {self.operation.method} {self.operation.path}",
            key=self.key,
            request_hash=sha256(canonical(asked)).digest(),
            now=self.now,
            received_at=self.received_at,
            renders=renders,
        )

    def _clock(self) -> datetime:
        sent = self._headers.get(CLOCK_HEADER.lower())
        if sent is None:
            return self.received_at
        if self.caller.mode is not Mode.TEST:
            raise ClockNotAllowed
        try:
            instant = datetime.fromisoformat(sent)
        except ValueError as error:
            raise MissingHeader(CLOCK_HEADER, "an RFC 3339 time") from error
        if instant.tzinfo is None:
            raise MissingHeader(CLOCK_HEADER, "an RFC 3339 time with its offset")
        if instant.year not in CLOCK_YEARS:
            span = f"{CLOCK_YEARS.start} to {CLOCK_YEARS.stop - 1}"
            fault = FieldFault(CLOCK_HEADER, "out-of-range", f"A time of the years {span}, please.")
            raise InvalidFields([fault])
        return instant.astimezone(UTC)


class _Route:
    """An operation, where it is found, and what its handler wants to be given."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.path = re.compile(PARAMETER.sub(_placed, operation.path))

    @cached_property
    def wants(self) -> tuple[tuple[str, Any], ...]:
        """The handler's parameters beside the path's: worked out when it is first called."""
        kinds = get_annotations(self.operation.handler).items()
        return tuple(
            (name, kind)
            for name, kind in kinds
            if name != "return"
            and (kind is Call or (isinstance(kind, type) and issubclass(kind, Request)))
        )


def _placed(parameter: re.Match[str]) -> str:
    """What may stand in a parameter's place. An id of any length is looked at: it is unknown."""
    name = parameter[1]
    most = "+" if name in PATH_IDS else f"{{1,{PATH_MAX}}}"
    return f"(?P<{name}>[^/]{most})"


class Api:
    """A function's routes: the request read, the handler called, what it says made an HTTP answer.

    API Gateway has chosen the function by its own routes already. Powertools' resolver would do the
    rest too, but importing it costs a fifth of a cold start, and its way with bodies is not ours
    (docs/adr/0005, docs/adr/0008).
    """

    def __init__(self, recall: Recall | None = None) -> None:
        """`recall` finds the receipt of a command: a function that has commands says how."""
        self._recall = recall
        self.operations: list[Operation] = []
        self._routes: list[_Route] = []

    def query(
        self,
        method: str,
        path: str,
        *,
        scope: str,
        summary: str,
        staff: bool = False,
        policyholders: bool = False,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A route that changes nothing."""
        return self._route(
            method=method,
            path=path,
            scope=scope,
            staff=staff,
            policyholders=policyholders,
            status=HTTPStatus.OK,
            writes=False,
            summary=summary,
        )

    def command(
        self,
        path: str,
        *,
        scope: str,
        summary: str,
        status: HTTPStatus = HTTPStatus.OK,
        staff: bool = False,
        policyholders: bool = False,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A POST that writes, once per idempotency key."""
        return self._route(
            method="POST",
            path=path,
            scope=scope,
            staff=staff,
            policyholders=policyholders,
            status=status,
            writes=True,
            summary=summary,
        )

    def entrypoint(self) -> Entrypoint:
        """What Lambda calls."""

        @telemetry.metrics.log_metrics(capture_cold_start_metric=True)
        def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
            began = time.perf_counter()
            telemetry.logger.set_correlation_id(_request_id(event))
            answered = self._answered(event)
            telemetry.count("Requests")
            telemetry.milliseconds("Latency", round((time.perf_counter() - began) * 1000, 3))
            return answered

        entry: Entrypoint = handler
        return entry

    def _route(self, **facts: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            operation = Operation(handler=handler, **facts)
            self.operations.append(operation)
            self._routes.append(_Route(operation))
            return handler

        return register

    def _answered(self, event: Mapping[str, Any]) -> dict[str, Any]:
        path = event["path"].rstrip("/")
        for route in self._routes:
            if route.operation.method == event["httpMethod"]:
                found = route.path.fullmatch(path)
                if found is not None:
                    break
        else:
            telemetry.count("Refusals")
            detail = f"There is no {event['httpMethod']} {event['path']}."
            return _problem(event, problems.NO_ROUTE, detail)
        try:
            return self._called(route, found.groupdict(), event)
        except InsuranceError as error:
            return _refused(event, error)
        except Exception as error:
            return _failed(event, error)

    def _called(
        self, route: _Route, path: dict[str, str], event: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The handler's answer: its caller, ids and request are checked before it is called."""
        operation = route.operation
        call = Call(event, operation, self._recall)
        _admit(call.caller, operation)
        call.check_headers()
        if operation.writes:
            _ = call.key
        for name, value in path.items():
            _check_id(name, value)
        arguments: dict[str, Any] = dict(path)
        for name, kind in route.wants:
            if kind is Call:
                arguments[name] = call
            else:
                arguments[name], call.sent = read_request(body_text(event, kind.BYTES_MAX), kind)
        return _rendered(event, call, operation.handler(**arguments))


def _admit(caller: Caller, operation: Operation) -> None:
    """Scope first, then the kind of caller: deny unless the operation is open to it.

    The user pool signs for applications too, and a scope is all that its authorizer asks for: who
    has no role is no member of staff, and gets in only as one of our own machines.
    """
    caller.require(operation.scope)
    if operation.staff and not caller.roles and operation.scope not in MACHINES_SCOPES:
        raise NoAuthority("this operation, which is for staff")
    if caller.kind is CallerKind.POLICYHOLDER and not operation.policyholders:
        raise NoAuthority("this operation, which is not open to policyholders")


def _rendered(event: Mapping[str, Any], call: Call, result: BaseModel | Answer) -> dict[str, Any]:
    if isinstance(result, BaseModel):
        result = _answer(call.operation.status, result)
    headers = {}
    if result.etag:
        headers["ETag"] = result.etag
        if not call.operation.writes and call.known_as(result.etag):
            return _response(event, HTTPStatus.NOT_MODIFIED, None, headers)
    if call.replayed:
        headers["Idempotent-Replayed"] = "true"
    headers["Content-Type"] = "application/json"
    return _response(event, result.status, result.body, headers)


def _refused(event: Mapping[str, Any], error: InsuranceError) -> dict[str, Any]:
    telemetry.count("Refusals")
    faults = error.faults if isinstance(error, InvalidFields) else ()
    headers = {}
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(error.retry_after_seconds)
    return _problem(event, problems.problem_of(error), str(error), faults, headers)


def _failed(event: Mapping[str, Any], error: Exception) -> dict[str, Any]:
    """An error that nobody foresaw: logged without its text, which may quote what was sent."""
    telemetry.count("Faults")
    telemetry.logger.error("unhandled", error=type(error).__name__, at=_places(error))
    detail = "Something went wrong on our side. Repeat the call with the same key."
    return _problem(event, problems.FAULT, detail)


def _problem(
    event: Mapping[str, Any],
    problem: Problem,
    detail: str,
    faults: tuple[FieldFault, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    body = problems.render(problem, detail=detail, request_id=_request_id(event), faults=faults)
    named = {**(headers or {}), "Content-Type": problems.CONTENT_TYPE}
    return _response(event, problem.status, body, named)


def _response(
    event: Mapping[str, Any], status: int, body: str | None, headers: Mapping[str, str]
) -> dict[str, Any]:
    """What API Gateway makes an HTTP response of."""
    common = {"X-Request-Id": _request_id(event), "Cache-Control": "no-store"}
    sent = {name.lower(): value for name, value in (event["headers"] or {}).items()}
    if "traceparent" in sent:
        common["traceparent"] = sent["traceparent"]
    return {
        "statusCode": int(status),
        "multiValueHeaders": {name: [value] for name, value in {**common, **headers}.items()},
        "body": body,
        "isBase64Encoded": False,
    }


def _request_id(event: Mapping[str, Any]) -> str:
    return str(event["requestContext"]["requestId"])


def etag(revision: int, view: str) -> str:
    """A strong entity tag: the stored revision, and which view of it this is."""
    return f'"{revision}-{view}"'


def cursor(of: str, after: int | str) -> str:
    """Where the next page starts, opaque and good for this list only."""
    return base64.urlsafe_b64encode(f"{of} {after}".encode()).decode().rstrip("=")


def read_cursor(cursor: str, of: str) -> int:
    """The number behind a cursor. Raises InvalidFields for one that this list did not give."""
    after = read_place(cursor, of)
    if after.isdecimal() and len(after) < 10:  # noqa: PLR2004 - digits
        return int(after)
    raise _unknown_cursor()


def read_place(cursor: str, of: str) -> str:
    """The place behind a cursor. Raises InvalidFields for one that this list did not give."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        list_id, after = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(" ")
        if list_id == of:
            return after
    except ValueError:
        pass  # binascii.Error and UnicodeDecodeError among them
    raise _unknown_cursor()


def _unknown_cursor() -> InvalidFields:
    fault = FieldFault("after", "unknown-cursor", "This list gave no such cursor.")
    return InvalidFields([fault])


def _answer(status: HTTPStatus, view: BaseModel) -> Answer:
    body = view.model_dump_json(exclude_none=True)
    return Answer(status, body, getattr(view, "etag", None))


def _check_id(name: str, value: str) -> None:
    if name in PATH_IDS:
        form, unknown = PATH_IDS[name]
        [pattern] = (mark.pattern for mark in get_args(form)[1:])
        if not re.fullmatch(pattern, value):
            raise unknown(value[:64])


def _places(error: BaseException) -> list[str]:
    """The lines of our code that it came through: enough to find it, nothing of what it carried."""
    places, trace = [], error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-12:]
