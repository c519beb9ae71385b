"""Where personal data can be read in the tables, and how it is erased."""

import base64
import contextlib
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from insurance.domain.core.errors import WrittenByNewerRelease
from insurance.domain.core.identity import party_id_for
from insurance.domain.core.packing import unpack
from insurance.dynamodb.stores import Stores
from insurance.wiring import index_ring, keys

from tests.support.backend import Backend, environment
from tests.support.calls import EMAIL, LOSS_CLOCK, NAME, NARRATIVE, REGISTRATION, staff
from tests.support.platform import Platform
from tests.support.stores import erase as erase_party

WORDS = (
    NAME,
    "Quillfeather",
    EMAIL,
    REGISTRATION,
    "1991-03-14",
    "Thistledown",
    "ZE1 0QQ",
    "GB33BUKB20201555555555",
    "greenhouse",
    NARRATIVE,
    "conviction",
)
"""What no table, log or metric may say: who it is, and what they told of themselves."""


def readings(value: Any) -> Iterator[str]:
    """Every way to read an attribute: as it stands, unpacked, inflated, from base64 or hex."""
    if isinstance(value, dict):
        yield from value
        yield from readings(list(value.values()))
    elif isinstance(value, list | set | tuple):
        for inner in value:
            yield from readings(inner)
    elif isinstance(value, bytes):
        yield from (value.decode(each, "replace") for each in ("utf-8", "utf-16"))
        yield from _tried(value, _unpacked, _inflated)
    else:
        yield str(value)
        for decoded in _tried(str(value), base64.b64decode, bytes.fromhex):
            yield from readings(decoded)


def _tried(value: Any, *ways: Callable[[Any], Any]) -> Iterator[Any]:
    """What each way makes of the value, where it makes anything of it."""
    for way in ways:
        with contextlib.suppress(ValueError, zlib.error, WrittenByNewerRelease, IndexError):
            yield way(value)


def _unpacked(packed: bytes) -> str:
    return json.dumps(unpack(packed), ensure_ascii=False)


def _inflated(packed: bytes) -> str:
    return zlib.decompress(packed, wbits=-15).decode("utf-8", "replace")


def found_in(value: Any) -> set[str]:
    """Which of the words can be read there, in any case and spacing."""
    text = "\n".join(readings(value)).lower()
    bare = text.replace(" ", "")
    return {word for word in WORDS if word.lower() in text or word.lower().replace(" ", "") in bare}


def open_words(backend: Backend) -> dict[str, set[str]]:
    """By table and attribute, what can be read there."""
    found: dict[str, set[str]] = {}
    for table, items in backend.everything().items():
        for item in items:
            for name, value in item.items():
                words = found_in(value)
                if words:
                    found.setdefault(f"{table}.{name}", set()).update(words)
    return found


def erase(handlers: Platform, policy_id: str) -> None:
    """Destroy the key of the policy's party whatever holds it, as erasures did before there were legal
    holds: what they left must be readable still."""
    backend = handlers.backend
    with environment(backend.environment()):
        stores = Stores(lambda: backend.dynamodb, backend.table, keys, index_ring)
        party_id = party_id_for(policy_id)
        erase_party(stores, party_id, key=f"erase-{party_id}")


type Json = dict[str, Any]


DESK = "complaints:handle coverwright/complaints:read coverwright/complaints:write"


KIM = staff("staff-kim", "complaints_handler", DESK)


SUE = staff("staff-sue", "supervisor", DESK)


def step(handlers: Platform, path: str, body: Json, caller: Json = KIM, **options: Any) -> Json:
    return handlers.post(path, body, by=caller, clock=LOSS_CLOCK, **options)
