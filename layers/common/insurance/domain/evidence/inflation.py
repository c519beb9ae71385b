"""Inflate what a stranger has deflated: piece by piece, and never more than was said."""

import zlib
from collections.abc import Iterator

from insurance.domain.evidence.refusal import FileRefused, Refusal

INFLATED_MAX = 40 * 1024 * 1024
"""Bytes that may come out of what is compressed in one file, a PNG's pixels aside: four times the
largest file."""
READ, PIECE = 1 << 16, 1 << 20
"""Bytes that are read at a time, and that come out at a time."""
ZLIB, RAW = 15, -15
"""The window: with zlib's header and sum, or without, as in archives."""


def inflate(
    deflated: bytes | memoryview, most: int, *, window: int = ZLIB, alone: bool = False
) -> Iterator[bytes]:
    """What is in a deflated stream, in pieces. Something may follow the stream, unless it is `alone`.

    Raises:
        FileRefused: More than `most` bytes come out, or the stream is broken or ends early.
    """
    stream, size = zlib.decompressobj(window), 0
    for start in range(0, len(deflated), READ):
        rest, full = bytes(deflated[start : start + READ]), False
        while (rest or full) and not stream.eof:
            try:
                piece = stream.decompress(rest, PIECE)
            except zlib.error:
                raise FileRefused(Refusal.UNREADABLE) from None
            rest, full, size = stream.unconsumed_tail, len(piece) == PIECE, size + len(piece)
            if size > most:
                raise FileRefused(Refusal.INFLATES)
            yield piece
        if stream.eof:
            break
    follows = stream.unused_data or start + READ < len(deflated) if deflated else b""
    if not stream.eof or (alone and follows):
        raise FileRefused(Refusal.UNREADABLE)
