"""Unpack what is deflated in a file, whatever the file is: streams, profiles, members of an archive."""

import re
from collections import deque
from collections.abc import Iterator

from insurance.domain.evidence.bounds import PARTS_MAX, check_parts
from insurance.domain.evidence.inflation import INFLATED_MAX, RAW, ZLIB, inflate
from insurance.domain.evidence.refusal import FileRefused, Refusal

PACKED = (
    (re.compile(rb"(?<!end)stream\r?\n"), ZLIB),
    (re.compile(rb"(?:iCCP|zTXt)[^\0]{1,79}\0\0"), ZLIB),
    (re.compile(rb"PK\x03\x04.{22}(?P<name>..)(?P<extra>..)", re.DOTALL), RAW),
)
"""Where something deflated may begin: in a PDF, in a PNG, and in an archive after a name and more."""
DEPTH_MAX = 3
"""A file in an archive in a stream."""


def contents(file: bytes) -> Iterator[bytes]:
    """The file, and whatever is deflated in it; of a stream that breaks, what came out before.

    Raises:
        FileRefused: It is more than is looked at, in bytes or in parts.
    """
    waiting, left, parts = deque([(file, 0)]), INFLATED_MAX, 0
    while waiting:
        content, depth = waiting.popleft()
        yield content
        for deflated, window in _packed(content) if depth < DEPTH_MAX else ():
            inflated, pieces = _unpack(deflated, left, window)
            left, parts = left - len(inflated), parts + max(pieces, 1)
            check_parts(parts, PARTS_MAX)
            waiting.append((inflated, depth + 1))


def _packed(content: bytes) -> Iterator[tuple[memoryview, int]]:
    for pattern, window in PACKED:
        for begins in pattern.finditer(content):
            named = begins.groupdict().values()
            beside = sum(int.from_bytes(length, "little") for length in named)
            yield memoryview(content)[begins.end() + beside :], window


def _unpack(deflated: memoryview, most: int, window: int) -> tuple[bytes, int]:
    """What comes out until the stream ends or breaks, and in how many pieces."""
    pieces = list[bytes]()
    try:
        for piece in inflate(deflated, most, window=window):
            pieces.append(piece)
    except FileRefused as refused:
        if refused.refusal is Refusal.INFLATES:
            raise
    return b"".join(pieces), len(pieces)
