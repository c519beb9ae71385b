"""Problems (RFC 9457) as the definition describes them: for each operation the codes that it can answer."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from insurance.api.field_faults import FAULTS_SHOWN_MAX
from insurance.api.problems import CONTENT_TYPE, Problem
from insurance.api.refusals import problems_of
from insurance.api.route import Route

from tools.openapi.gateway import KINDS
from tools.openapi.limits import limited
from tools.openapi.schemas import REFERENCE, NameTaken
from tools.problems.catalogue import catalogue, example_of

type Json = dict[str, Any]
type Codes = tuple[str, ...]

VISIBLE = "^[!-~]+$"
"""Of a header's value without blanks."""

INSTANT: Json = {"type": "string", "format": "date-time", "maxLength": 40}

PROBLEM_FIELD: Json = {
    "type": "object",
    "description": "One fault in what was sent",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "maxLength": 500,
            "description": "Where: a JSON pointer into the body, or the name of a parameter or a header",
        },
        "code": {
            "type": "string",
            "pattern": "^[a-z0-9-]+$",
            "maxLength": 100,
            "description": "What is wrong: one of the field codes of docs/problems.md",
        },
        "detail": {"type": "string", "maxLength": 1000, "description": "What to send instead"},
    },
}

PROBLEM_OBSTACLE: Json = {
    "type": "object",
    "description": "One reason why it is not possible, and what it is about",
    "required": ["code", "about", "reason"],
    "properties": {
        "code": {"type": "string", "maxLength": 100},
        "about": {"type": "string", "maxLength": 100},
        "reason": {"type": "string", "maxLength": 1000},
        "until": INSTANT,
    },
}

PROBLEM: Json = {
    "type": "object",
    "description": "What went wrong (RFC 9457). Act on `code`, never on the words.",
    "required": ["type", "title", "detail", "code", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "maxLength": 200,
            "description": "The address of the page that says what the code means and what to do",
        },
        "title": {"type": "string", "maxLength": 200, "description": "The code in words"},
        "status": {
            "type": "integer",
            "format": "int32",
            "minimum": 400,
            "maximum": 599,
            "description": "The HTTP status of the answer",
        },
        "detail": {
            "type": "string",
            "maxLength": 2000,
            "description": "What happened here, for people: its words may change",
        },
        "code": {
            "type": "string",
            "pattern": "^[a-z0-9-]+$",
            "maxLength": 100,
            "description": "What went wrong, for programs: it stays",
        },
        "request_id": {
            "type": "string",
            "maxLength": 100,
            "description": "The id of this call, for questions to support",
        },
        "errors": {
            "type": "array",
            "maxItems": FAULTS_SHOWN_MAX,
            "items": {"$ref": f"{REFERENCE}ProblemField"},
            "description": "Each fault in what was sent",
        },
        "holds": {
            "type": "array",
            "maxItems": 10000,
            "items": {"$ref": f"{REFERENCE}ProblemObstacle"},
            "description": "`legal-hold`: why the law keeps the data",
        },
        "obstacles": {
            "type": "array",
            "maxItems": 1000,
            "items": {"$ref": f"{REFERENCE}ProblemObstacle"},
            "description": "`correction-not-possible`: what stands in the way",
        },
        "possible_from": {**INSTANT, "description": "`legal-hold`: when the last hold ends"},
        "stop": {
            "type": "string",
            "maxLength": 64,
            "description": "`stopped`: id of the stop that holds the call",
        },
        "activity": {"type": "string", "maxLength": 20, "description": "`stopped`: what is held"},
        "cause": {
            "type": "string",
            "maxLength": 64,
            "description": "`stopped`: why it is held, as a code",
        },
        "policy": {
            "type": "string",
            "maxLength": 64,
            "description": "`refused-by-policy`: the access policy",
        },
        "rule": {"type": "string", "maxLength": 64, "description": "`refused-by-policy`: its rule"},
        "reason": {
            "type": "string",
            "maxLength": 64,
            "description": "`refused-by-policy`: why, as a code",
        },
        "max_age": {
            "type": "integer",
            "format": "int32",
            "minimum": 0,
            "maximum": 86400,
            "description": "`insufficient-user-authentication`: how many seconds old a sign-in may be",
        },
    },
}

STATUS_WORDS = {
    "400": "BadRequest",
    "401": "SignIn",
    "403": "Forbidden",
    "404": "NotFound",
    "409": "Conflict",
    "410": "Gone",
    "412": "PreconditionFailed",
    "413": "TooLarge",
    "415": "UnsupportedMedia",
    "422": "Unprocessable",
    "429": "TooManyRequests",
    "500": "Fault",
    "503": "Busy",
}


def _of_gateway(kind: str) -> Problem:
    found = KINDS[kind]
    if found.status is None:
        raise ValueError(f"{kind} has no status of its own")
    return Problem(HTTPStatus(found.status), found.slug, found.title)


GATEWAYS = tuple(
    _of_gateway(kind)
    for kind in ("UNAUTHORIZED", "ACCESS_DENIED", "INVALID_API_KEY", "THROTTLED", "QUOTA_EXCEEDED")
)
"""What the gateway answers on any route by itself."""


class Answers(NamedTuple):
    """What goes wrong: `components/responses`, their schemas and examples, and which an operation has."""

    of_operation: Mapping[str, Mapping[str, str]]
    """Operation id to status to the name of the answer."""
    responses: Json
    schemas: Json
    examples: Json


def problem_answers(routes: Iterable[Route]) -> Answers:
    """The answers of every operation. Those with the same codes are one, under a name that stays:
    the code's own (`QuoteNotFoundProblem`), the status's where many operations answer so
    (`ConflictProblem`), or the operation's (`SettleClaimConflict`).

    Raises:
        NameTaken: Two would have one name.
    """
    asked = {route.operation_id: codes_of(route) for route in routes}
    counted = Counter(
        (status, codes) for found in asked.values() for status, codes in found.items()
    )
    usual = {
        status: max(
            (codes for st, codes in counted if st == status), key=_how_usual(counted, status)
        )
        for status, _ in counted
    }
    of_operation: dict[str, dict[str, str]] = {}
    answers = Answers(of_operation, {}, {**PROBLEM_SCHEMAS}, {})
    for operation_id, found in asked.items():
        of_operation[operation_id] = {}
        for status, codes in found.items():
            if len(codes) == 1:
                name = f"{_pascal(codes[0])}Problem"
            elif codes == usual[status]:
                name = f"{STATUS_WORDS[status]}Problem"
            else:
                name = operation_id[0].upper() + operation_id[1:] + STATUS_WORDS[status]
            if answers.schemas.get(f"{name}Code", {}).get("enum", list(codes)) != list(codes):
                raise NameTaken(f"two sets of codes would be called {name}")
            of_operation[operation_id][status] = name
            answers.responses[name] = _response(status, codes, name)
            answers.schemas.update(_schemas(name, codes))
            answers.examples.update(
                {_example_name(code): {"value": example_of(code)} for code in codes}
            )
    return answers


def codes_of(route: Route) -> dict[str, Codes]:
    """By HTTP status: what the operation refuses, and what the gateway in front of it does."""
    found: dict[str, set[str]] = {}
    for problem in (*problems_of(route).values(), *GATEWAYS):
        found.setdefault(str(int(problem.status)), set()).add(problem.slug)
    return {status: tuple(sorted(codes)) for status, codes in sorted(found.items())}


def _how_usual(counted: Counter[tuple[str, Codes]], status: str) -> Any:
    """Several codes that many operations have: one code alone has a name already."""
    return lambda codes: (len(codes) > 1, counted[(status, codes)], codes)


def _schemas(name: str, codes: Codes) -> Json:
    """A problem whose code is one of these."""
    code = {"type": "string", "enum": list(codes), "description": "What went wrong"}
    narrowed = {
        "type": "object",
        "required": ["code"],
        "properties": {"code": {"$ref": f"{REFERENCE}{name}Code"}},
    }
    return {
        name: {
            "description": f"A problem with {_words(codes)}",
            "allOf": [{"$ref": f"{REFERENCE}Problem"}, narrowed],
        },
        f"{name}Code": code,
    }


def _words(codes: Sequence[str]) -> str:
    *others, last = [f"`{code}`" for code in codes]
    return f"the code {', '.join(others)} or {last}" if others else f"the code {last}"


def _pascal(code: str) -> str:
    return code.title().replace("-", "")


def _example_name(code: str) -> str:
    return f"Problem{_pascal(code)}"


def _response(status: str, codes: Codes, name: str) -> Json:
    """What each code means here, and an example of each."""
    response: Json = {
        "description": "; ".join(f"`{code}`: {catalogue()[code].means}" for code in codes),
        "headers": {"X-Request-Id": REQUEST_ID},
        "content": {
            CONTENT_TYPE: {
                "schema": {"$ref": f"{REFERENCE}{name}"},
                "examples": {
                    code: {"$ref": f"#/components/examples/{_example_name(code)}"} for code in codes
                },
            }
        },
    }
    if status in {"429", "503"}:
        response["headers"] |= {"Retry-After": RETRY_AFTER}
    return response


RETRY_AFTER: Json = {
    "description": "Seconds to wait: until the next month at most",
    "schema": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 2_678_400},
}
REQUEST_ID: Json = {
    "description": "The id of this call, for questions to support",
    "schema": {"type": "string", "maxLength": 100, "pattern": VISIBLE},
}
PROBLEM_SCHEMAS = {
    "Problem": limited(PROBLEM),
    "ProblemField": limited(PROBLEM_FIELD),
    "ProblemObstacle": limited(PROBLEM_OBSTACLE),
}
