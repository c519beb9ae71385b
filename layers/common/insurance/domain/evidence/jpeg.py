"""JPEG: the segments that a decoder reads, and the orientation."""

import re

from insurance.domain.evidence.bounds import SCANS_MAX, check_parts, check_size
from insurance.domain.evidence.refusal import FileRefused, Refusal

START, END = b"\xff\xd8", b"\xff\xd9"
SCAN = 0xDA
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The ways of compressing: each says how large the picture is."""
NEEDED = frozenset({*range(0xC0, 0xD0), SCAN, 0xDB, 0xDD})
"""Frames, tables, scans, restarts: the markers that a decoder reads."""
NEEDED_BESIDE = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""Of what programs add, what says how colours and pixels are meant."""
EXIF, EXIF_BEGINS = 0xE1, b"Exif\0\0"
ORIENTATION = 0x0112
UPRIGHT = 1
AFTER_A_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""The next marker: in a scan 0xFF stands for itself with a zero, and restarts belong to it. Any number of
0xFF may stand before a marker; a pattern that took them would try each of them anew."""


def clean_jpeg(file: bytes) -> bytes:
    """The picture with its colours and its orientation, and nothing else.

    Raises:
        FileRefused: It is put together wrong, ends early, or is too large to be shown.
    """
    kept: list[bytes] = []
    turned, at, frames, scans, parts = UPRIGHT, len(START), 0, 0, 0
    while file[at : at + 2] != END:
        marker, whole, body = _segment(file, at)
        at, parts = at + len(whole), parts + 1
        check_parts(parts)
        if marker == EXIF and body.startswith(EXIF_BEGINS):
            turned = _orientation(body[len(EXIF_BEGINS) :])
        if marker in NEEDED or (marker in NEEDED_BESIDE and body.startswith(NEEDED_BESIDE[marker])):
            kept.append(whole)
        if marker in FRAMES:
            frames += 1
            check_size(int.from_bytes(body[3:5]), int.from_bytes(body[1:3]))
        if marker == SCAN:
            scans += 1
            check_parts(scans, SCANS_MAX)
            following = AFTER_A_SCAN.search(file, at)
            if following is None:
                raise FileRefused(Refusal.UNREADABLE)
            kept.append(file[at : following.start()].rstrip(b"\xff"))
            at = following.start()
    if scans == 0 or frames != 1:
        raise FileRefused(Refusal.UNREADABLE)
    return b"".join([START, _turned(turned), *kept, END])


def _segment(file: bytes, at: int) -> tuple[int, bytes, bytes]:
    """The marker, the segment and what it carries."""
    length = int.from_bytes(file[at + 2 : at + 4])
    whole = file[at : at + 2 + length]
    if file[at : at + 1] != b"\xff" or length < 2 or len(whole) != 2 + length:  # noqa: PLR2004 - its own two bytes
        raise FileRefused(Refusal.UNREADABLE)
    return file[at + 1], whole, whole[4:]


def _orientation(tiff: bytes) -> int:
    """How Exif says the picture is to be turned; upright where it says nothing that holds."""
    order = "little" if tiff.startswith(b"II") else "big"

    def number(at: int, length: int) -> int:
        return int.from_bytes(tiff[at : at + length], order)  # type: ignore[arg-type]

    first = number(4, 4)
    for place in range(min(number(first, 2), 1000)):
        entry = first + 2 + 12 * place
        if number(entry, 2) == ORIENTATION:
            orientation = number(entry + 8, 2)
            return orientation if UPRIGHT <= orientation <= 8 else UPRIGHT  # noqa: PLR2004 - there are eight
    return UPRIGHT


def _turned(orientation: int) -> bytes:
    """Exif with the orientation and nothing else; nothing at all for a picture that stands upright."""
    if orientation == UPRIGHT:
        return b""
    entry = ORIENTATION.to_bytes(2) + b"\0\x03\0\0\0\x01" + orientation.to_bytes(2) + b"\0\0"
    body = EXIF_BEGINS + b"MM\0*\0\0\0\x08" + b"\0\x01" + entry + bytes(4)
    return bytes((0xFF, EXIF)) + (len(body) + 2).to_bytes(2) + body
