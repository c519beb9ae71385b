"""Scanning for malware, bundled: it knows the one file by which every scanner is tried out.

It looks into what is deflated, too: streams of a PDF, profiles and texts of a PNG, members of an archive.
A real scanner (GuardDuty Malware Protection, ClamAV) stands behind the same port, `Scanner`.
"""

import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from insurance.domain.evidence.inflation import INFLATED_MAX, RAW, ZLIB, inflate
from insurance.domain.evidence.refusal import FileRefused, Refusal

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""In two halves, lest scanners take this module for it."""

PACKED: Final = (
    (re.compile(rb"stream\r?\n"), ZLIB),
    (re.compile(rb"(?:iCCP|zTXt)[^\0]{1,79}\0\0"), ZLIB),
    (re.compile(rb"PK\x03\x04.{22}(?P<name>..)(?P<extra>..)", re.DOTALL), RAW),
)
"""Where something deflated may begin: in a PDF, in a PNG, and in an archive after a name and more."""
DEPTH_MAX = 3
PIECE_COST = 4096
"""What a piece costs at least, so that streams in which nothing is come to an end, too."""


class BundledScanner:
    """The port `Scanner`: finds the test file, alone, inside another, or deflated in one."""

    def found_in(self, file: bytes) -> str | None:
        return "EICAR-Test-File" if any(EICAR in content for content in _contents(file)) else None


def _contents(file: bytes) -> Iterator[bytes]:
    """A file and what is packed in it, so far as a bound on the work allows."""
    waiting, left = deque([(file, 0)]), INFLATED_MAX
    while waiting:
        content, depth = waiting.popleft()
        yield content
        for deflated, window in _packed(content) if depth < DEPTH_MAX else ():
            if left <= 0:
                break
            inflated, cost = _unpack(deflated, left, window)
            left -= cost
            waiting.append((inflated, depth + 1))


def _unpack(deflated: memoryview, most: int, window: int) -> tuple[bytes, int]:
    """What comes out of a stream until it ends or breaks, and what that cost."""
    pieces, cost = list[bytes](), PIECE_COST
    try:
        for piece in inflate(deflated, most, window=window):
            pieces.append(piece)
            cost += max(len(piece), PIECE_COST)
    except FileRefused as refused:
        if refused.refusal is Refusal.INFLATES:
            cost = most
    return b"".join(pieces), cost


def _packed(content: bytes) -> Iterator[tuple[memoryview, int]]:
    for pattern, window in PACKED:
        for begins in pattern.finditer(content):
            named = begins.groupdict().values()
            beside = sum(int.from_bytes(length, "little") for length in named)
            yield memoryview(content)[begins.end() + beside :], window
