"""What the answers of a deprecated API product say in their headers (`insurance.api.sunset`), as the definition has it."""

from typing import Any, Final

type Json = dict[str, Any]

SUNSET_HEADERS: Final[Json] = {
    "Deprecation": {
        "description": "Where the API product is deprecated: since when, in seconds since 1970 (RFC 9745)",
        "schema": {"type": "string", "maxLength": 20, "pattern": "^@[0-9]+$"},
        "example": "@1790812800",
    },
    "Link": {
        "description": "Where the API product is deprecated: the page that says so, as `deprecation` and as `sunset`, and"
        " where to go on, as `successor-version` (RFC 8288)",
        "schema": {"type": "string", "maxLength": 1_000, "pattern": "^<[ -~]+$"},
        "example": '<https://docs.coverwright.example/catalogue#quoting>; rel="deprecation"; type="text/html"',
    },
    "Sunset": {
        "description": "Where the API product is deprecated: from when on nothing of it is served, as a date of HTTP"
        " (RFC 8594)",
        "schema": {
            "type": "string",
            "maxLength": 29,
            "pattern": "^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$",
        },
        "example": "Thu, 01 Apr 2027 00:00:00 GMT",
    },
}
"""`components/headers`: an answer has all three of them, or none."""
_REFERENCES: Final[Json] = {
    name: {"$ref": f"#/components/headers/{name}"} for name in SUNSET_HEADERS
}


def declare_sunset(paths: Json, shared: Json) -> None:
    """Have each answer of an operation that API products open declare the headers; a problem is an answer, too.

    Operations share their problems, so one that any of them has declares the headers for all: none of them is required.
    """
    for item in paths.values():
        for operation in item.values():
            if operation.get("x-coverwright-api-products"):
                for answer in operation["responses"].values():
                    _declare(
                        shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
                    )


def _declare(answer: Json) -> None:
    answer["headers"] = {**answer.get("headers", {}), **_REFERENCES}
