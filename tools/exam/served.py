"""One API: what is served, what is committed and what is deployed have the same operations.

The deployed definition says little of an operation (ADR 42), so what it leads to is asked for: each operation
is called without a token, which the gateway refuses (401) before any function is asked.
"""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from local.aws.gateway.definition import METHODS
from tools.openapi import api_catalog
from tools.openapi.gateway import ANY_METHOD

type Json = dict[str, Any]
type Ask = Callable[[str, str], tuple[int, str]]
"""Method and path to the status, and the header Allow (or nothing)."""

NO_SUCH_PATH = "/v1/no-such-path"


def differences(committed: Json, deployed: Json, ask: Ask) -> Iterator[str]:
    """Each operation that one of the three has and another lacks, or asks other things for."""
    wanted, had = _operations(committed), _operations(deployed)
    yield from (f"{name}: committed and not deployed" for name in wanted.keys() - had.keys())
    yield from (f"{name}: deployed and not committed" for name in had.keys() - wanted.keys())
    for name in wanted.keys() & had.keys():
        if wanted[name] != had[name]:
            yield f"{name}: {wanted[name]} is committed, {had[name]} deployed"
    for path, item in committed["paths"].items():
        yield from _served(path, [m for m in METHODS if m in item], ask)
    if ask("GET", NO_SUCH_PATH)[0] != HTTPStatus.NOT_FOUND:
        yield f"{NO_SUCH_PATH} is served"


def _served(path: str, methods: list[str], ask: Ask) -> Iterator[str]:
    names = ", ".join(sorted(method.upper() for method in methods))
    called = path.replace("{", "").replace("}", "")
    for method in METHODS:
        status, allowed = ask(method.upper(), called)
        answered = f"{method.upper()} {path} is answered {status}"
        if method in methods:
            if status != HTTPStatus.UNAUTHORIZED:
                yield f"{answered} without a token"
        elif (status, allowed) != (HTTPStatus.METHOD_NOT_ALLOWED, names):
            yield f"{answered}, and {allowed or 'nothing'} allowed where {names} is committed"


def _operations(definition: Json) -> dict[str, Json]:
    """Operation to what must be sent with it, and whether the user pool alone lets callers in."""
    return {
        f"{method.upper()} {path}": {
            "required": sorted(
                each["name"]
                for each in operation.get("parameters", ())
                if each["required"] and each["in"] != "path"
            ),
            "staff only": _is_staff_only(operation["security"]),
        }
        for path, item in definition["paths"].items()
        for method, operation in item.items()
        if method != ANY_METHOD and path != api_catalog.PATH
    }


def _is_staff_only(security: list[Json]) -> bool:
    """Not for applications and policyholders, whom our own authorizer lets in."""
    names = {name for each in security for name in each}
    return not names & {"partner", "application", "policyholder"}
