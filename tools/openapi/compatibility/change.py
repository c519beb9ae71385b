"""A change between two definitions: where it is, what it does to callers, and why."""

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

type Json = Any
type Changes = Iterator["Change"]


class Effect(IntEnum):
    """What a change does to a caller that was written for the definition before; the gravest is the greatest."""

    NONE = 0
    ADDITIVE = 1
    BREAKING = 2


class Side(StrEnum):
    """Who has to fit whom."""

    REQUEST = "request"
    """Callers send it: what was taken must be taken still."""
    ANSWER = "answer"
    """Callers read it: what comes must be what they know."""


class Change(NamedTuple):
    """One difference."""

    effect: Effect
    pointer: str
    """Where, as a JSON pointer into the newer definition; into the older one for what is gone."""
    reason: str

    def __str__(self) -> str:
        return f"{self.effect.name.lower()} {self.pointer}: {self.reason}"


def at(pointer: str, *names: object) -> str:
    """A pointer to what is inside (RFC 6901)."""
    escaped = (str(name).replace("~", "~0").replace("/", "~1") for name in names)
    return "/".join([pointer, *escaped])


def when(breaks: bool, pointer: str, reason: str) -> Change:  # noqa: FBT001 - the rule's own question
    return Change(Effect.BREAKING if breaks else Effect.ADDITIVE, pointer, reason)


def resolved(definition: Mapping[str, Json], value: Json) -> Json:
    """What a reference leads to.

    Raises:
        KeyError: It leads nowhere.
    """
    while isinstance(value, Mapping) and "$ref" in value:
        found: Json = definition
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        value = found
    return value


def keyed(before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[list[str], Sequence[str]]:
    """Names that went, and names that came."""
    return sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
