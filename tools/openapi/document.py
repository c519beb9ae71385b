"""One definition out of many handlers: from what each route declares, and from nothing else."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from insurance import VERSION
from insurance.api.body import Request
from insurance.api.rate_limits import LIMIT, POLICY
from insurance.api.route import Route
from insurance.api_products import products_of
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.house_authority import SIGN_IN_MINUTES, STEP_UP_ABOVE
from insurance.domain.core.roles import EVERY_ROLE

from tools.openapi.handlers import Handler
from tools.openapi.parameters import parameters_of
from tools.openapi.problem import REQUEST_ID, problem_answers
from tools.openapi.schemas import Schemas, reachable, schemas_of
from tools.openapi.security import security_of, security_schemes
from tools.openapi.sunset import SUNSET_HEADERS, declare_sunset
from tools.openapi.tags import tag_of, tags
from tools.words.catalogue import describe

type Json = dict[str, Any]
type Examples = Mapping[tuple[str, str], Json]

LICENSE = "LicenseRef-Coverwright"
"""The file LICENSE, as SPDX refers to a text that is not on its list; generated packages copy the name."""


def document(handlers: Iterable[Handler], examples: Examples) -> Json:
    """The definition of the whole API, as people and their tools read it."""
    handlers = list(handlers)
    routes = [route for handler in handlers for route in handler.routes]
    schemas = schemas_of(routes)
    answers = problem_answers(routes)
    schemas.components.update(answers.schemas)
    describe(schemas.components)
    paths: Json = {}
    for handler in handlers:
        for route in handler.routes:
            method, path = route.method.lower(), route.path
            problems = answers.of_operation[route.operation_id]
            rendered = _operation(route, handler.folder, schemas, problems)
            _add_examples(rendered, examples.get((method, path), {}))
            if method in paths.setdefault(path, {}):
                raise ValueError(f"{route.method} {path} is answered twice")
            paths[path][method] = rendered
    paths = dict(sorted(paths.items()))
    shown = _shared_answers(paths)
    declare_sunset(paths, answers.responses)
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": "https://api.coverwright.example", "x-internal": False}],
        "tags": tags(),
        "paths": paths,
        "components": {
            "schemas": reachable(schemas.components, paths, answers.responses),
            "responses": dict(sorted(answers.responses.items())),
            "headers": SUNSET_HEADERS,
            "examples": {**dict(sorted(answers.examples.items())), **shown},
            "securitySchemes": security_schemes(routes),
        },
    }


def _operation(route: Route, folder: str, schemas: Schemas, problems: Mapping[str, str]) -> Json:
    """One operation: what its route declares."""
    rendered: Json = {
        "operationId": route.operation_id,
        "tags": [tag_of(route, folder)],
        "summary": route.summary,
        "description": _description(route),
        "parameters": parameters_of(route),
    }
    request = route.input_of(Request)
    if request:
        schema = schemas.asked(request)
        rendered["requestBody"] = {
            "description": f"At most {request.BYTES_MAX:,} bytes of UTF-8; an escape counts as its character.",
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    rendered["responses"] = _responses(route, schemas, problems)
    rendered["security"] = security_of(route)
    rendered["x-coverwright-scopes"] = [route.scope.value]
    rendered["x-coverwright-callers"] = sorted(kind.value for kind in route.callers)
    if route.takes_proofs:
        rendered["x-coverwright-api-products"] = list(products_of(route.path))
    if route.roles != EVERY_ROLE:
        rendered["x-coverwright-roles"] = sorted(role.value for role in route.roles)
    if route.step_up:
        rendered["x-coverwright-step-up"] = True
    return rendered


def _description(route: Route) -> str:
    """The handler's own words, then who may call it."""
    words = (route.handler.__doc__ or "").partition("Raises:")[0]
    parts = [" ".join(words.split()), f"For {_callers(route)}."]
    if CallerKind.STAFF in route.callers and route.roles != EVERY_ROLE:
        roles = ", ".join(sorted(f"`{role}`" for role in route.roles))
        parts.append(f"Staff need one of the roles {roles}.")
    if route.step_up:
        parts.append(
            f"Above {STEP_UP_ABOVE:,} (in euros, pounds or dollars) staff must have signed in"
            f" in the last {SIGN_IN_MINUTES} minutes."
        )
    parts.append(f"Needs the scope `{route.scope}`.")
    return " ".join(part for part in parts if part)


CALLERS: Mapping[CallerKind, str] = {
    CallerKind.APPLICATION: "applications",
    CallerKind.POLICYHOLDER: "policyholders (for what is their own)",
    CallerKind.STAFF: "staff",
    CallerKind.DEVELOPER: "developers of the partner's team",
    CallerKind.MACHINE: "our own machines",
}


def _callers(route: Route) -> str:
    *others, last = [words for kind, words in CALLERS.items() if kind in route.callers]
    return f"{', '.join(others)} and {last}" if others else last


def _responses(route: Route, schemas: Schemas, problems: Mapping[str, str]) -> Json:
    answer: Json = {
        "description": route.summary,
        "headers": {"X-Request-Id": REQUEST_ID},
        "content": {"application/json": {"schema": schemas.shown(route.view)}},
    }
    if not route.own_pool_only:
        answer["headers"][POLICY] = RATE_LIMIT_POLICY
    if CallerKind.APPLICATION in route.callers:
        answer["headers"][LIMIT] = RATE_LIMIT
    if route.etag or (route.writes and "etag" in route.view.model_fields):
        answer["headers"]["ETag"] = ETAG
    if route.writes:
        answer["headers"]["Idempotent-Replayed"] = REPLAYED
    if route.operation_id in LINKS:
        answer["links"] = {
            "answersSchema": {**ANSWERS_SCHEMA, "parameters": LINKS[route.operation_id]}
        }
    responses = {str(int(route.status)): answer}
    if route.etag:
        not_modified = int(HTTPStatus.NOT_MODIFIED)
        responses[str(not_modified)] = {
            "description": "Not modified: you hold this version already"
        }
    for status, name in problems.items():
        responses[status] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(responses.items()))


def _add_examples(operation: Json, found: Json) -> None:
    """What a test sent and what it was answered: events/ is played by tests."""
    if "request" in found and "requestBody" in operation:
        operation["requestBody"]["content"]["application/json"]["example"] = found["request"]
    for parameter in operation["parameters"]:
        if parameter["in"] == "path" and parameter["name"] in found.get("variables", {}):
            parameter["example"] = found["variables"][parameter["name"]]
    for status, body in found.get("responses", {}).items():
        for media in operation["responses"].get(status, {}).get("content", {}).values():
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
    "license": {"name": LICENSE, "identifier": LICENSE},
}

ETAG: Json = {
    "description": "The stored revision and the view",
    "schema": {"type": "string", "maxLength": 100, "pattern": r'^(W/)?"[!#-~]*"$'},
}
ANSWERS_SCHEMA: Json = {
    "operationId": "getProductAnswersSchema",
    "description": "The JSON Schema of the product's answers",
}
LINKS: Mapping[str, Json] = {
    "getProduct": {
        "product_code": "$response.body#/code",
        "version": "$response.body#/version",
    },
    "createQuote": {"product_code": "$request.body#/product"},
    "previewQuote": {"product_code": "$request.body#/product"},
}
"""Where the schema of the answers is, by operation that asks for some or lists the questions."""
RATE_LIMIT_POLICY: Json = {
    "description": "What your plan lets through: so many requests (`q`) in so many seconds (`w`)",
    "schema": {
        "type": "string",
        "maxLength": 200,
        "pattern": '^"[a-z]+";q=[0-9]+;w=[0-9]+(, "[a-z]+";q=[0-9]+;w=[0-9]+)*$',
    },
    "example": '"second";q=25;w=1, "day";q=100000;w=86400, "month";q=1000000;w=2592000',
}
RATE_LIMIT: Json = {
    "description": "Of an application's calls in this month (UTC): how many are left at least (`r`), and in how many "
    "seconds the next month begins (`t`)",
    "schema": {"type": "string", "maxLength": 100, "pattern": '^"month";r=[0-9]+;t=[0-9]+$'},
    "example": '"month";r=731204;t=1209600',
}
REPLAYED: Json = {
    "description": "`true`: this is the recorded answer of the first call",
    "schema": {"type": "string", "enum": ["true"]},
}
