"""Every problem: what it means, what to do, and an example's own words (catalogue.yaml)."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from insurance.api.problems import FAULT, NO_ROUTE, PROBLEMS, Problem, type_of

from tools.openapi.gateway import KINDS, METHOD_NOT_ALLOWED

type Json = dict[str, Any]

FILE = Path(__file__).with_name("catalogue.yaml")
FIELD_FILE = FILE.with_name("field_codes.yaml")
REQUEST_ID = "0f0a3e1c-5a1c-4a43-9f6e-3a6d8c1b2e4f"


class Entry(NamedTuple):
    """One problem's row."""

    problem: Problem
    means: str
    do: str
    detail: str
    """What `detail` says in the example: as the refusal words it."""
    members: Json = {}
    """What the problem has beside the members of all."""


def of_gateway() -> dict[str, Problem]:
    """What the gateway answers by itself, by code."""
    worded = {
        kind.slug: Problem(HTTPStatus(kind.status or HTTPStatus.BAD_REQUEST), kind.slug, kind.title)
        for kind in reversed(KINDS.values())
        if kind.slug != FAULT.slug
    }
    return {**worded, METHOD_NOT_ALLOWED.slug: METHOD_NOT_ALLOWED}


def gateway_only() -> set[str]:
    """Codes that no handler answers."""
    return of_gateway().keys() - {problem.slug for problem in (*PROBLEMS.values(), NO_ROUTE, FAULT)}


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every problem by its code.

    Raises:
        ValueError: The data file has not exactly the problems that are answered.
    """
    answered = {problem.slug: problem for problem in (*PROBLEMS.values(), NO_ROUTE, FAULT)}
    known = {**of_gateway(), **answered}
    rows: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    if rows.keys() != known.keys():
        raise ValueError(f"{FILE.name}: {', '.join(sorted(rows.keys() ^ known.keys()))}")
    return {code: Entry(known[code], **row) for code, row in sorted(rows.items())}


def example_of(code: str) -> Json:
    """The problem as a caller reads it."""
    problem, _, _, detail, members = catalogue()[code]
    return {
        "type": type_of(code),
        "title": problem.title,
        "status": int(problem.status),
        "detail": detail,
        "code": code,
        "request_id": REQUEST_ID,
        **members,
    }


@cache
def field_codes() -> Mapping[str, str]:
    """What each code of a field means: the `errors` of `invalid-fields`."""
    rows: dict[str, str] = yaml.safe_load(FIELD_FILE.read_text(encoding="utf-8"))
    return rows
