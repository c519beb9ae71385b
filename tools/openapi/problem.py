"""Problems (RFC 9457) as the definition describes them."""

from typing import Any

from insurance.api.problems import CONTENT_TYPE, FAULT, PROBLEMS, TYPE_PREFIX, Problem

from tools.openapi.gateway import KINDS

type Json = dict[str, Any]

PROBLEM_FIELD: Json = {
    "type": "object",
    "description": "One fault in what was sent",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {"type": "string", "maxLength": 500, "description": "A JSON pointer"},
        "code": {"type": "string", "maxLength": 100},
        "detail": {"type": "string", "maxLength": 1000},
    },
}

PROBLEM: Json = {
    "type": "object",
    "description": "What went wrong (RFC 9457). Act on `code`, never on the words.",
    "required": ["type", "title", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "maxLength": 200},
        "title": {"type": "string", "maxLength": 200},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "maxLength": 2000},
        "code": {"type": "string", "pattern": "^[a-z0-9-]+$", "maxLength": 100},
        "request_id": {"type": "string", "maxLength": 100},
        "errors": {
            "type": "array",
            "maxItems": 1000,
            "items": {"$ref": "#/components/schemas/ProblemField"},
        },
    },
}

# The gateway answers these by itself; the rest are the handlers' refusals.
_BY_GATEWAY = {
    "401": KINDS["UNAUTHORIZED"],
    "415": KINDS["UNSUPPORTED_MEDIA_TYPE"],
    "429": KINDS["THROTTLED"],
}


STATUSES = ("400", "401", "403", "404", "409", "412", "413", "415", "422", "429", "500", "503")


def problem_examples() -> Json:
    """`components/examples`: one problem of each status, shared, since a template has an end."""
    return {f"Problem{status}": {"value": _example(status)} for status in STATUSES}


def _example(status: str) -> Json:
    slug, title, detail = _sample(status)
    return {
        "type": TYPE_PREFIX + slug,
        "title": title,
        "status": int(status),
        "detail": detail,
        "code": slug,
        "request_id": "0f0a3e1c-5a1c-4a43-9f6e-3a6d8c1b2e4f",
    }


def problem_response(status: str) -> Json:
    """An answer with a problem, written out: API Gateway reads no shared responses."""
    response: Json = {
        "description": _sample(status)[1],
        "content": {
            CONTENT_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {"problem": {"$ref": f"#/components/examples/Problem{status}"}},
            }
        },
    }
    if status in {"429", "503"}:
        response["headers"] = {
            "Retry-After": {
                "description": "Seconds to wait",
                "schema": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 86400},
            }
        }
    return response


def _sample(status: str) -> tuple[str, str, str]:
    """One problem of this status: the first of the handlers' table, or the gateway's."""
    if status in _BY_GATEWAY:
        kind = _BY_GATEWAY[status]
        return kind.slug, kind.title, kind.detail or kind.title
    problem = _of_status(status)
    return problem.slug, problem.title, problem.title + "."


def _of_status(status: str) -> Problem:
    problems = [*PROBLEMS.values(), FAULT]
    return next(problem for problem in problems if int(problem.status) == int(status))
