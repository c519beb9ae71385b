"""One definition out of many handlers."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import get_annotations
from types import CodeType
from typing import Any, NamedTuple, get_args

from insurance.api.app import (
    CLOCK_HEADER,
    KEY_HEADER,
    PAGE_DEFAULT,
    PAGE_MAX,
    PATH_MAX,
    TAGS_MAX,
    Operation,
)
from insurance.api.body import Request
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from tools.openapi.downgrade import downgraded, reachable, schema_names, without_nulls
from tools.openapi.gateway import (
    ANY_METHOD,
    API_KEY,
    PARTNER,
    STAFF,
    gateway_responses,
    integration,
    other_methods,
    request_validators,
    security_schemes,
)
from tools.openapi.handlers import Handler
from tools.openapi.limits import limited
from tools.openapi.problem import PROBLEM, PROBLEM_FIELD, problem_examples, problem_response

type Json = dict[str, Any]
type Examples = Mapping[tuple[str, str], Json]
type Model = tuple[type[BaseModel], JsonSchemaMode]

VERSION = "1.0.0"
_REFERENCES = "#/components/schemas/{model}"
_ETAGGED = ("quote_id", "policy_id", "claim_id", "complaint_id")


class Schemas(NamedTuple):
    """Every model the operations name, as 3.0.3 has it."""

    references: dict[Any, Json]
    components: Json


def document(handlers: Iterable[Handler], examples: Examples) -> Json:
    """The definition of the whole API, as API Gateway imports it."""
    handlers = list(handlers)
    schemas = _schemas(handlers)
    paths: Json = {}
    for handler in handlers:
        for operation in handler.operations:
            method, path = operation.method.lower(), operation.path
            rendered = _operation(operation, handler, schemas)
            _add_examples(rendered, examples.get((method, path), {}))
            if method in paths.setdefault(path, {}):
                raise ValueError(f"{operation.method} {path} is answered twice")
            paths[path][method] = rendered
    paths = dict(sorted(paths.items()))
    answers = _shared_answers(paths)
    for item in paths.values():
        item[ANY_METHOD] = other_methods(item.keys())
    return {
        "openapi": "3.0.3",
        "info": INFO,
        "servers": [{"url": "https://api.coverwright.example", "x-internal": False}],
        "tags": [
            {"name": handler.folder, "description": TAGS[handler.folder]} for handler in handlers
        ],
        "paths": paths,
        "components": {
            "schemas": reachable(schemas.components, paths),
            "examples": {**problem_examples(), **answers},
            "securitySchemes": security_schemes(),
        },
        "x-amazon-apigateway-api-key-source": "AUTHORIZER",
        "x-amazon-apigateway-request-validators": request_validators(),
        "x-amazon-apigateway-request-validator": "parameters",
        "x-amazon-apigateway-gateway-responses": gateway_responses(),
    }


def _schemas(handlers: Iterable[Handler]) -> Schemas:
    """All models at once, so that each has one name."""
    operations = [operation for handler in handlers for operation in handler.operations]
    asked: list[Model] = [
        (request, "validation") for each in operations if (request := request_model(each))
    ]
    shown: list[Model] = [(answer_model(each), "serialization") for each in operations]
    references, definitions = models_json_schema(
        list(dict.fromkeys(asked + shown)), ref_template=_REFERENCES
    )
    found = definitions.get("$defs", {})
    names = schema_names(found)
    links = {model: downgraded(reference, names) for model, reference in references.items()}
    components = {names[name]: downgraded(schema, names) for name, schema in found.items()}
    taken = reachable(components, [links[model] for model in asked])
    for name in components.keys() - taken.keys():
        components[name] = without_nulls(components[name])  # the edge leaves out what is None
    components |= {"Problem": PROBLEM, "ProblemField": PROBLEM_FIELD}
    for name, schema in components.items():
        limited(schema, sent=name in taken)
    return Schemas(links, components)


def request_model(operation: Operation) -> type[Request] | None:
    """What the handler wants as its body."""
    for kind in get_annotations(operation.handler).values():
        if isinstance(kind, type) and issubclass(kind, Request):
            return kind
    return None


def answer_model(operation: Operation) -> type[BaseModel]:
    """What the handler answers: the view it returns, or the one beside its `Answer`."""
    said = get_annotations(operation.handler)["return"]
    for kind in (said, *get_args(said)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    raise ValueError(f"{operation.method} {operation.path} does not say what it answers")


def _operation(operation: Operation, handler: Handler, schemas: Schemas) -> Json:
    """One operation: what its handler says, and what the gateway adds."""
    name = re.sub(r"_(get|post|put)$", "", operation.handler.__name__)
    rendered: Json = {
        "operationId": name.replace("_", " ").title().replace(" ", ""),
        "tags": [handler.folder],
        "summary": operation.summary,
        "description": _description(operation),
        "parameters": _parameters(operation),
    }
    request = request_model(operation)
    if request:
        schema = schemas.references[(request, "validation")]
        rendered["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    rendered["responses"] = _responses(operation, schemas)
    # Only a user pool's authorizer takes scopes here; a Lambda authorizer's are the handler's.
    rendered["security"] = (
        [{STAFF: [f"coverwright/{operation.scope}"]}]
        if operation.staff
        else [{PARTNER: [], API_KEY: []}]
    )
    rendered["x-coverwright-scopes"] = [operation.scope]
    rendered["x-amazon-apigateway-integration"] = integration(handler.logical_id)
    return rendered


def _description(operation: Operation) -> str:
    text = " ".join((operation.handler.__doc__ or "").split())
    who = "Staff only. " if operation.staff else ""
    who += "Open to policyholders, for their own. " if operation.policyholders else ""
    return f"{text} {who}Needs the scope `{operation.scope}`.".strip()


def _parameters(operation: Operation) -> list[Json]:
    """Path variables, then the headers that this kind of operation reads."""
    parameters = [_path_parameter(name) for name in re.findall(r"{(\w+)}", operation.path)]
    if operation.writes:
        parameters.append(IDEMPOTENCY_KEY)
    if _reads(operation.handler, "page") or _reads(operation.handler, "place"):
        parameters += [LIMIT, AFTER]
    parameters += [INSTANTS[name] for name in INSTANTS if _reads(operation.handler, name)]
    if _reads(operation.handler, "expected_revision"):
        parameters.append(IF_MATCH)
    if operation.method == "GET" and _is_tagged(operation):
        parameters.append(IF_NONE_MATCH)
    return [*parameters, CLOCK]


def _is_tagged(operation: Operation) -> bool:
    return operation.path.rpartition("/")[2].strip("{}") in _ETAGGED or (
        operation.writes and "etag" in answer_model(operation).model_fields
    )


def _reads(handler: Callable[..., Any], attribute: str) -> bool:
    """Whether the handler, or a function inside it, reads this attribute of the call."""
    return any(attribute in code.co_names for code in _codes(handler.__code__))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _path_parameter(name: str) -> Json:
    """No pattern: an id of another form is as unknown as one that was never given."""
    schema: Json = {"type": "string", "minLength": 1, "maxLength": PATH_MAX}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _responses(operation: Operation, schemas: Schemas) -> Json:
    answer: Json = {
        "description": operation.summary,
        "headers": {"X-Request-Id": REQUEST_ID},
        "content": {
            "application/json": {
                "schema": schemas.references[(answer_model(operation), "serialization")]
            }
        },
    }
    if _is_tagged(operation):
        answer["headers"]["ETag"] = ETAG
    if operation.writes:
        answer["headers"]["Idempotent-Replayed"] = REPLAYED
    responses = {str(int(operation.status)): answer}
    if operation.method == "GET" and _is_tagged(operation):
        responses["304"] = {"description": "Not modified: you hold this version already"}
    for status in _problem_statuses(operation):
        responses[status] = problem_response(status)
    return dict(sorted(responses.items()))


def _problem_statuses(operation: Operation) -> list[str]:
    """What can go wrong with an operation of this shape."""
    statuses = ["400", "401", "403", "422", "429", "500", "503"]  # 422: any call may set the clock
    if "{" in operation.path or operation.method == "POST":
        statuses.append("404")
    if operation.method == "POST":
        statuses += ["413", "415"]
    if operation.writes:
        statuses.append("409")
    if _reads(operation.handler, "expected_revision"):
        statuses.append("412")
    return statuses


def _add_examples(operation: Json, found: Json) -> None:
    """What a test sent and what it was answered: events/ is played by tests."""
    if "request" in found and "requestBody" in operation:
        operation["requestBody"]["content"]["application/json"]["example"] = found["request"]
    for parameter in operation["parameters"]:
        if parameter["in"] == "path" and parameter["name"] in found.get("variables", {}):
            parameter["example"] = found["variables"][parameter["name"]]
    for status, body in found.get("responses", {}).items():
        for media in operation["responses"].get(status, {}).get("content", {}).values():
            media.pop("examples", None)
            media["example"] = body


def _shared_answers(paths: Json) -> Json:
    """`components/examples`: one answer of each kind, shared, since a template has an end.

    The first operation that answers so is the one whose recorded answer is shown, also where an
    operation's own cannot be recorded: a document is read by an id that is another each time.
    """
    shared: Json = {}
    answers = [
        media
        for item in paths.values()
        for operation in item.values()
        for answer in operation["responses"].values()
        if "$ref"
        in (media := answer.get("content", {}).get("application/json", {})).get("schema", ())
    ]
    for media in answers:
        if "example" in media:
            shared.setdefault(_kind(media), {"value": media.pop("example")})
            media.pop("example", None)
    for media in answers:
        if _kind(media) in shared:
            media["examples"] = {"answer": {"$ref": f"#/components/examples/{_kind(media)}"}}
    return dict(sorted(shared.items()))


def _kind(media: Json) -> str:
    """The name of an answer's schema."""
    name: str = media["schema"]["$ref"].rpartition("/")[2]
    return name


INFO: Json = {
    "title": "Coverwright",
    "version": VERSION,
    "description": "Insurance operations: quote, issue, claim, settle. Money is in minor units; "
    "times are UTC; what goes wrong is a problem (RFC 9457) with a code to act on.",
    "contact": {"name": "Coverwright", "url": "https://docs.coverwright.example"},
    "license": {"name": "Proprietary", "url": "https://docs.coverwright.example/terms"},
}

TAGS = {
    "products": "The products on sale and their questions; the life of their versions",
    "quoting": "Price a risk, decide a referral, accept",
    "policy_issuance": "Issue a policy; read it and its events",
    "policy_servicing": "Change, end and bring back a policy; see what it would cost first",
    "billing": "How a policy is paid, what is due when, what came in",
    "scheduler": "Play time in a test book: do what falls due",
    "reporting": "The books of a policy and of the house, and whether they agree",
    "accounting": "Close the months of the books and lock them",
    "claim_intake": "Check cover, notify a loss, read a claim",
    "evidence": "Send files that tell of a loss, and read them again",
    "claim_assessment": "Decide, reserve, hold, close and reopen a claim",
    "settlement": "Settle a claim, approve a payment, report the bank's outcome",
    "complaints": "Complain; handle, answer and put right a complaint; the register",
    "work_list": "What waits for whom: by role, by state, by handler",
    "payment_execution": "Send payments to the bank, take in its reports",
    "documents": "A policy's schedule, certificate and letters as PDF",
    "data_intake": "Erase a party's personal data",
}


def _header(name: str, description: str, schema: Json, *, required: bool = False) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string", **schema},
    }


IDEMPOTENCY_KEY = _header(
    KEY_HEADER,
    "New for each request; the same again when the same request is repeated. Kept for 30 days.",
    {"minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
    required=True,
)
CLOCK = _header(
    CLOCK_HEADER,
    "The time it is for this call, in test mode. Live mode refuses it.",
    {"format": "date-time", "maxLength": 40},
)
IF_MATCH = _header(
    "If-Match",
    "The ETag you read: 412 if somebody changed it since.",
    {"maxLength": TAGS_MAX["If-Match"]},
)
IF_NONE_MATCH = _header(
    "If-None-Match",
    "The ETag you hold: 304 if it is still the latest.",
    {"maxLength": TAGS_MAX["If-None-Match"]},
)
LIMIT: Json = {
    "name": "limit",
    "in": "query",
    "required": False,
    "description": "How many at most",
    "schema": {
        "type": "integer",
        "format": "int32",
        "minimum": 1,
        "maximum": PAGE_MAX,
        "default": PAGE_DEFAULT,
    },
}
AFTER: Json = {
    "name": "after",
    "in": "query",
    "required": False,
    "description": "The `next` of the page before",
    "schema": {"type": "string", "maxLength": 200},
}
INSTANTS: dict[str, Json] = {
    name: {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {"type": "string", "format": "date-time", "maxLength": 40},
    }
    for name, description in {
        "as_at": "The instant that is asked about; now, without it",
        "known_at": "As it was known by then; as it is known now, without it",
        "since_as_at": "The instant to compare with; `as_at`, without it",
        "since_known_at": "As known by then, to compare with; `known_at`, without it",
    }.items()
}
ETAG: Json = {
    "description": "The stored revision and the view",
    "schema": {"type": "string", "maxLength": 100},
}
REPLAYED: Json = {
    "description": "`true` where this is the first call's answer again",
    "schema": {"type": "string", "enum": ["true"]},
}
REQUEST_ID: Json = {
    "description": "Name it when you ask about this call",
    "schema": {"type": "string", "maxLength": 100},
}
