"""How items are written: few attributes at top level, the rest one deflated canonical-JSON body.

DynamoDB bills a write by the kilobyte and counts the names of attributes, so a body of nested maps
costs three times as much as the same body deflated (docs/adr/0003).
"""

import base64
from datetime import UTC, datetime
from typing import Any

from insurance.domain.core import packing

SCHEMA_VERSION = 1
"""Version of everything below. An item that says another one is read by that version's rules."""

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


def from_stream(image: Item) -> Item:
    """An item as a stream event carries it, where binary values are base64 text."""
    return {
        name: {"B": base64.b64decode(value["B"])} if "B" in value else value
        for name, value in image.items()
    }
