"""Files of a root in the locked bucket. Each is written once: who comes second reads what the first one wrote."""

from base64 import b64decode, b64encode
from typing import Any, Final

import orjson

from insurance.domain.audit.root import Leaf, Root, SignedRoot
from insurance.domain.core.identity import Mode
from insurance.domain.core.packing import canonical, pack, unpack
from insurance.operations.files.ports import Objects

PACKED: Final = "application/octet-stream"
STREAMS_OF_A_PAGE: Final = 1000


def name_of(mode: Mode, number: int, part: str) -> str:
    """Where a part of a root stands."""
    return f"{mode}/{number:08}/{part}"


def keep(files: Objects, name: str, body: bytes, *, media_type: str = PACKED) -> bytes:
    """Write a file once; what stands there afterwards."""
    if files.put(name, body, media_type=media_type):
        return body
    standing = files.get(name)
    if standing is None:
        raise LookupError(f"{name} is there, and cannot be read")
    return standing


def packed_leaves(leaves: list[Leaf]) -> bytes:
    """A page of leaves as it is written."""
    return pack(
        {"leaves": [[each.stream, each.first, b"".join(each.hashes).hex()] for each in leaves]}
    )


def read_leaves(body: bytes) -> list[Leaf]:
    """The leaves of a page."""
    rows: list[Any] = unpack(body)["leaves"]
    return [Leaf(stream, first, _hashes(bytes.fromhex(joined))) for stream, first, joined in rows]


def signed_json(signed: SignedRoot) -> bytes:
    """A signed root as it is published: anybody can read it without us."""
    return canonical(
        {
            "document": signed.root.model_dump(mode="json"),
            "signature": b64encode(signed.signature).decode(),
            "public_key": b64encode(signed.public_key).decode(),
        }
    )


def read_signed(body: bytes) -> SignedRoot:
    """A signed root again."""
    written: dict[str, Any] = orjson.loads(body)
    return SignedRoot(
        root=Root.model_validate_json(orjson.dumps(written["document"])),
        signature=b64decode(written["signature"]),
        public_key=b64decode(written["public_key"]),
    )


def _hashes(joined: bytes) -> tuple[bytes, ...]:
    return tuple(joined[at : at + 32] for at in range(0, len(joined), 32))
