"""Problems (RFC 9457) as the definition describes them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from insurance.api.problems import CONTENT_TYPE, FAULT, PROBLEMS, TYPE_PREFIX, Problem

from tools.openapi.gateway import KINDS

type Json = dict[str, Any]

INSTANT: Json = {"type": "string", "format": "date-time", "maxLength": 40}

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
        "type": {"type": "string", "format": "uri", "maxLength": 200},
        "title": {"type": "string", "maxLength": 200},
        "status": {"type": "integer", "format": "int32", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "maxLength": 2000},
        "code": {"type": "string", "pattern": "^[a-z0-9-]+$", "maxLength": 100},
        "request_id": {"type": "string", "maxLength": 100},
        "errors": {
            "type": "array",
            "maxItems": 1000,
            "items": {"$ref": "#/components/schemas/ProblemField"},
        },
        "holds": {
            "type": "array",
            "maxItems": 10000,
            "items": {"$ref": "#/components/schemas/ProblemObstacle"},
        },
        "obstacles": {
            "type": "array",
            "maxItems": 1000,
            "items": {"$ref": "#/components/schemas/ProblemObstacle"},
        },
        "possible_from": INSTANT,
        "max_age": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 86400},
    },
}

PROBLEM_SCHEMAS = {
    "Problem": PROBLEM,
    "ProblemField": PROBLEM_FIELD,
    "ProblemObstacle": PROBLEM_OBSTACLE,
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


def problem_examples() -> Json:
    """`components/examples`: one of each problem, shared, since a template has an end."""
    problems = {*PROBLEMS.values(), FAULT, *GATEWAYS}
    named = {_example_name(problem): {"value": _example(problem)} for problem in problems}
    return dict(sorted(named.items()))


def _example_name(problem: Problem) -> str:
    return "Problem" + problem.slug.title().replace("-", "")


def _example(problem: Problem) -> Json:
    return {
        "type": TYPE_PREFIX + problem.slug,
        "title": problem.title,
        "status": int(problem.status),
        "detail": problem.title + ".",
        "code": problem.slug,
        "request_id": "0f0a3e1c-5a1c-4a43-9f6e-3a6d8c1b2e4f",
    }


def problem_response(status: str, problems: Sequence[Problem]) -> Json:
    """The problems of one status, written out: API Gateway reads no shared responses."""
    codes = sorted({problem.slug: problem for problem in problems}.items())
    response: Json = {
        "description": "; ".join(f"`{code}`: {problem.title}" for code, problem in codes),
        "content": {
            CONTENT_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {
                    code: {"$ref": f"#/components/examples/{_example_name(problem)}"}
                    for code, problem in codes
                },
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
