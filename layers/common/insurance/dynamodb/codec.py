"""How items are written: few attributes at top level, the rest one deflated canonical-JSON body.

DynamoDB bills a write by the kilobyte and counts the names of attributes, so a body of nested maps
costs three times as much as the same body deflated (docs/adr/0003).
"""

import base64
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from insurance.domain.core import packing
from insurance.domain.core.classification import Json
from insurance.domain.core.errors import WrittenByNewerRelease
from insurance.domain.core.value import Value

NEWER = frozenset({"enum", "extra_forbidden", "literal_error", "union_tag_invalid"})
"""The faults of a value to which a newer release added a field, or a value of a field."""

type Item = dict[str, Any]
"""A DynamoDB item in the low-level client's form: {"id": {"S": "quo_…"}, …}."""

pack, unpack, write = packing.pack, packing.unpack, packing.canonical


def text(value: str) -> dict[str, str]:
    return {"S": value}


def number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def binary(value: bytes) -> dict[str, bytes]:
    return {"B": value}


def instant(value: datetime) -> dict[str, str]:
    return {"S": value.astimezone(UTC).isoformat().replace("+00:00", "Z")}


def epoch_seconds(value: datetime) -> dict[str, str]:
    """For TTL attributes: rounded up, so that nothing is deleted early."""
    return {"N": str(-int(-value.timestamp() // 1))}


def read_instant(attribute: dict[str, str]) -> datetime:
    return datetime.fromisoformat(attribute["S"])


def read_value[V: Value](kind: type[V], body: Json) -> V:
    """A value of a packed body, which is understood whole or not at all.

    Raises:
        WrittenByNewerRelease: It says more than this release knows.
    """
    try:
        return kind.model_validate_json(write(body))
    except ValidationError as error:
        if {fault["type"] for fault in error.errors(include_url=False)} <= NEWER:
            raise WrittenByNewerRelease(kind.__name__.lower()) from error
        raise


def member[E: StrEnum](kind: type[E], value: str) -> E:
    """A stored value of an enumeration.

    Raises:
        WrittenByNewerRelease: This release does not know it.
    """
    try:
        return kind(value)
    except ValueError as error:
        raise WrittenByNewerRelease(kind.__name__.lower()) from error


def from_stream(image: Item) -> Item:
    """An item as a stream event carries it, where binary values are base64 text."""
    return {
        name: {"B": base64.b64decode(value["B"])} if "B" in value else value
        for name, value in image.items()
    }
