"""What a Lambda authorizer answers, checked and evaluated as API Gateway does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

type Json = dict[str, Any]

INVOKE = "execute-api:Invoke"


class BadPolicy(Exception):
    """The authorizer's answer is not one that API Gateway takes (AUTHORIZER_CONFIGURATION_ERROR)."""


@dataclass(frozen=True)
class Grant:
    """An authorizer's answer: a policy for every method, and what it says about the caller."""

    principal: str
    statements: tuple[Json, ...]
    context: Mapping[str, str]
    usage_key: str | None

    def verdict(self, arn: str) -> str:
        """`allow`, `deny` (said so) or `silent` (nothing allows it)."""
        verdict = "silent"
        for statement in self.statements:
            if not _applies(statement, arn):
                continue
            if statement["Effect"] == "Deny":
                return "deny"
            verdict = "allow"
        return verdict


def grant_of(answer: Any) -> Grant:
    """Check an authorizer's answer."""
    if not isinstance(answer, dict) or not isinstance(answer.get("principalId"), str):
        raise BadPolicy("no principalId")
    document = answer.get("policyDocument")
    if not isinstance(document, dict) or not document.get("Statement"):
        raise BadPolicy("no policyDocument with statements")
    statements = document["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    for statement in statements:
        if statement.get("Effect") not in {"Allow", "Deny"} or "Action" not in statement:
            raise BadPolicy(f"not a statement: {statement}")
    context = answer.get("context") or {}
    for name, value in context.items():
        if not isinstance(value, str | int | float | bool):
            raise BadPolicy(f"context value {name} is not a string, number or boolean")
    usage_key = answer.get("usageIdentifierKey")
    return Grant(
        principal=answer["principalId"],
        statements=tuple(statements),
        context={name: _as_text(value) for name, value in context.items()},
        usage_key=usage_key if isinstance(usage_key, str) else None,
    )


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _applies(statement: Json, arn: str) -> bool:
    actions = many(statement["Action"])
    if not any(like(action.lower(), INVOKE.lower()) for action in actions):
        return False
    return any(like(pattern, arn) for pattern in many(statement.get("Resource", "*")))


def many(value: str | list[str]) -> list[str]:
    """One or more of what a policy may say once or as a list."""
    return [value] if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in re.split(r"([*?])", pattern))
    wild = {re.escape("*"): ".*", re.escape("?"): "."}
    return re.compile("".join(wild.get(part, part) for part in parts), re.DOTALL)


def like(pattern: str, value: str) -> bool:
    """Whether the whole value is of the pattern, in which `*` and `?` stand for anything."""
    return _pattern(pattern).fullmatch(value) is not None
