"""How items are written: few attributes at top level, the rest one deflated canonical-JSON body.

DynamoDB bills a write by the kilobyte and counts the names of attributes, so a body of nested maps
costs three times as much as the same body deflated (docs/adr/0003).
"""

import base64
import zlib
from datetime import UTC, datetime
from typing import Any

import rfc8785
from pydantic_core import from_json

from insurance.domain.classification import Json, JsonObject

SCHEMA_VERSION = 1
"""Version of everything below. An item that says another one is read by that version's rules."""

type Item = dict[str, Any]
"""A DynamoDB item in the low-level client's form: {"id": {"S": "quo_…"}, …}."""

# What bodies say again and again, the most frequent last, as zlib wants it. Part of schema
# version 1: a body can be read only with the dictionary it was written with.
_WORDS = (
    b'"handling":"notified","decision":"pending","instruction_id":"pay_test_","wording":"",'
    b'"rules":[{"code":"","explanation":"","facts":{},"outcome":"pass"}],"missing":[],'
    b'"reserve":{"amount":0,"currency":"GBP"},"payments":[{"id":"pay_","status":"executing",'
    b'"policy_id":"pol_test_","quote_id":"quo_test_","party_id":"pty_test_","claim_id":"clm_test_",'
    b'"looked_up":{},"producer":"","carrier":"Coverwright Insurance","partner":"",'
    b'"outcome":"refer","reason":"","blocks":"bind","findings":[],"imposed":{"excess":'
    b'"covers":[],"terms":[{"code":"","excess":{"amount":0,"currency":"GBP"},"limit":{"amount":'
    b'0000,"currency":"GBP"},"name":""}],"created_at":"2026-01-01T00:00:00Z","expires_at":"2027-'
    b'"period":{"end":"2027-01-01T00:00:00Z","start":"2026-01-01T00:00:00Z"},'
    b'"price":{"lines":[{"amount":{"amount":0000,"currency":"GBP"},"code":"ipt","kind":"tax",'
    b'"name":"Insurance premium tax","rate":"0.12"},{"amount":{"amount":2500,"currency":"GBP"},'
    b'"code":"fee","kind":"fee","name":""}],"net":{"amount":00,"currency":"GBP"},"by_cover":['
    b'"total":{"amount":00,"currency":"GBP"}},"product":{"code":"","version":"1"},'
    b'"status":"bindable","id":"quo_test_'
)


def pack(body: JsonObject) -> bytes:
    """Canonical JSON (RFC 8785), deflated: the same body is always the same bytes."""
    compressor = zlib.compressobj(level=9, wbits=-15, zdict=_WORDS)
    return compressor.compress(write(body)) + compressor.flush()


def unpack(packed: bytes) -> JsonObject:
    return read(zlib.decompressobj(wbits=-15, zdict=_WORDS).decompress(packed))


def write(body: Json) -> bytes:
    return rfc8785.dumps(body)


def read(json: bytes) -> JsonObject:
    body: JsonObject = from_json(json)
    return body


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
