"""What routes declare, beside what they answer: every driver of handlers asks here after each call.

`python -m tests.support.routes` lists the problems that are declared and that no test of the last
session saw.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from insurance.api.refusals import problems_of
from insurance.api.route import Route

SEEN_FOLDER = Path(__file__).resolve().parents[2] / ".pytest_cache" / "seen_problems"
BY_SHAPE_ONLY = {"busy", "fault", "body-too-large", "already-erased"}
"""Problems that a route may answer by its shape, and that need trouble of their own to be seen."""

_seen: set[tuple[str, str]] = set()


def check_declared(
    routes: Sequence[Route], event: Mapping[str, Any], result: Mapping[str, Any]
) -> None:
    """Fail where the answer is one that the route does not declare; remember which problem it was."""
    route = route_of(routes, event["httpMethod"], event["path"])
    if route is None:
        return
    status = result["statusCode"]
    if status < 400:
        expected = {route.status, *([304] if route.etag else [])}
        assert status in expected, f"{route.operation_id} answers {status}, undeclared"
        return
    code = json.loads(result["body"])["code"]
    problem = problems_of(route).get(code)
    assert problem is not None, f"{route.operation_id} answers {code}, undeclared"
    assert status == problem.status, f"{route.operation_id} answers {code} with {status}"
    _seen.add((route.operation_id, code))


def route_of(routes: Sequence[Route], method: str, path: str) -> Route | None:
    """The route that answers this call."""
    path = path.rstrip("/")
    found = (route for route in routes if route.method == method and route.pattern.fullmatch(path))
    return next(found, None)


def forget_seen() -> None:
    """A session begins: what an earlier one saw is gone."""
    for file in SEEN_FOLDER.glob("*.json"):
        file.unlink(missing_ok=True)


def keep_seen() -> None:
    """A process of the session ends: what it saw is there for `unseen`."""
    if _seen:
        SEEN_FOLDER.mkdir(parents=True, exist_ok=True)
        file = SEEN_FOLDER / f"{os.getpid()}-{uuid4().hex}.json"
        file.write_text(json.dumps(sorted(_seen)), encoding="utf-8")


def unseen(routes: Sequence[Route]) -> list[tuple[str, str]]:
    """Operations with the problems they declare and that no test has seen."""
    seen = {
        (operation, code)
        for file in SEEN_FOLDER.glob("*.json")
        for operation, code in json.loads(file.read_text(encoding="utf-8"))
    }
    declared = {
        (route.operation_id, code)
        for route in routes
        for code in problems_of(route).keys() - BY_SHAPE_ONLY
    }
    return sorted(declared - seen)


def main() -> int:
    from tools.openapi.handlers import handlers  # noqa: PLC0415 - imports every function

    missing = unseen([route for handler in handlers() for route in handler.routes])
    sys.stdout.writelines(f"{operation}: {code}\n" for operation, code in missing)
    sys.stdout.write(f"{len(missing)} declared problems were seen by no test\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
