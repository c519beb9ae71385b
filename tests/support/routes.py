"""What routes declare, beside what they answer: every driver of handlers asks here after each call.

`python -m tests.support.routes` fails where a problem is declared and no test of the last session saw
it. `make test` calls it after the whole session.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

from insurance.api.headers import CLOCK_HEADER
from insurance.api.parameters import Parameters
from insurance.api.refusals import problems_of
from insurance.api.route import Route

from tests.artefact.cases import all_cases
from tools.problems.catalogue import field_codes

SEEN_FOLDER = Path(__file__).resolve().parents[2] / ".pytest_cache" / "seen_problems"
BY_SHAPE_ONLY = {"busy", "fault", "body-too-large", "too-large-to-store", "already-erased"}
"""Problems that a route may answer by its shape, and that need trouble of their own to be seen."""

_seen: set[tuple[str, str]] = set()


def check_declared(
    routes: Sequence[Route], event: Mapping[str, Any], result: Mapping[str, Any]
) -> None:
    """Fail where the answer is one that the route does not declare; remember which problem it was."""
    route = route_of(routes, event["httpMethod"], event["path"])
    status = result["statusCode"]
    if route is None:
        assert status == HTTPStatus.NOT_FOUND, f"{event['path']} has no route, and is answered"
        return
    if status < 400:
        expected = {route.status, *([304] if route.etag else [])}
        assert status in expected, f"{route.operation_id} answers {status}, undeclared"
        return
    code = json.loads(result["body"])["code"]
    problem = problems_of(route).get(code)
    assert problem is not None, f"{route.operation_id} answers {code}, undeclared"
    assert status == problem.status, f"{route.operation_id} answers {code} with {status}"
    check_fields(json.loads(result["body"]).get("errors", []), route)
    _seen.add((route.operation_id, code))


def check_fields(faults: Sequence[Mapping[str, str]], route: Route) -> None:
    """Fail where a fault has a code that no document knows, or points at no place that there can be."""
    model = route.input_of(Parameters)
    names = {
        *route.path_names,
        *(model.model_fields if model else ()),
        "limit",
        "after",
        CLOCK_HEADER,
    }
    for fault in faults:
        assert fault["code"] in field_codes(), f"{route.operation_id} answers {fault['code']}"
        is_pointer = fault["pointer"] == "" or fault["pointer"].startswith("/")
        assert is_pointer or fault["pointer"] in names, f"{route.operation_id}: {fault}"


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


def recorded(routes: Sequence[Route]) -> set[tuple[str, str]]:
    """Problems of the events in `events/`: tests/artefact plays each, and gets the answer beside it."""
    found = set()
    for each in all_cases():
        code = each.expected.get("body", {}).get("code")
        if code and "httpMethod" in each.event:
            route = route_of(routes, each.event["httpMethod"], each.event["path"])
            found |= {(route.operation_id, code)} if route else set()
    return found


def unseen(routes: Sequence[Route]) -> list[tuple[str, str]]:
    """Operations with the problems they declare and that no test has seen."""
    seen = recorded(routes) | {
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
    argparse.ArgumentParser(prog="tests.support.routes", description=__doc__).parse_args()
    from tools.openapi.handlers import handlers  # noqa: PLC0415 - imports every function

    missing = unseen([route for handler in handlers() for route in handler.routes])
    sys.stdout.writelines(
        f"{operation}: {code} was seen by no test\n" for operation, code in missing
    )
    sys.stdout.write(f"Declared problems that no test saw: {len(missing)}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
