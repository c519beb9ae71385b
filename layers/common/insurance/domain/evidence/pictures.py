"""Pictures without what cameras write beside them: where, when, by whom, and smaller copies of it all.

The picture itself stays as it was, bit by bit: nothing is decoded. What is not known to be needed for
showing it goes (Exif, XMP, IPTC, comments, maker's notes, whatever follows its end); of Exif only the
orientation is written again.
"""

import re
from zlib import crc32

from insurance.domain.evidence.media import BEGINS, MediaType

START, END = b"\xff\xd8", b"\xff\xd9"
SCAN = 0xDA
NEEDED = frozenset({*range(0xC0, 0xD0), SCAN, 0xDB, 0xDC, 0xDD})
"""Frames, tables, scans, restarts: the markers that a decoder reads."""
NEEDED_BESIDE = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""Of what programs add, what says how colours and pixels are meant."""
EXIF, EXIF_BEGINS = 0xE1, b"Exif\0\0"
ORIENTATION = 0x0112
UPRIGHT = 1
AFTER_A_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""The next marker: in a scan 0xFF stands for itself with a zero, and restarts belong to it."""

PNG_NEEDED = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD hIST pHYs sPLT".split()
)


class Unreadable(Exception):
    """The file is not put together as a picture is."""


def without_metadata(file: bytes, media_type: MediaType) -> bytes:
    """The same picture, saying only what it shows; any other file as it is."""
    match media_type:
        case MediaType.JPEG:
            return _jpeg(file)
        case MediaType.PNG:
            return _png(file)
    return file


def _jpeg(file: bytes) -> bytes:
    kept: list[bytes] = []
    turned, at, scanned = UPRIGHT, len(START), False
    while file[at : at + 2] != END:
        marker, whole, body = _segment(file, at)
        at += len(whole)
        if marker == EXIF and body.startswith(EXIF_BEGINS):
            turned = _orientation(body[len(EXIF_BEGINS) :])
        if marker in NEEDED or (marker in NEEDED_BESIDE and body.startswith(NEEDED_BESIDE[marker])):
            kept.append(whole)
        if marker == SCAN:
            following = AFTER_A_SCAN.search(file, at)
            if following is None:
                raise Unreadable
            kept.append(file[at : following.start()])
            at, scanned = following.end() - 2, True
    if not scanned:
        raise Unreadable
    return b"".join([START, _turned(turned), *kept, END])


def _segment(file: bytes, at: int) -> tuple[int, bytes, bytes]:
    """The marker, the segment and what it carries."""
    length = int.from_bytes(file[at + 2 : at + 4])
    whole = file[at : at + 2 + length]
    if file[at : at + 1] != b"\xff" or length < 2 or len(whole) != 2 + length:  # noqa: PLR2004 - its own two bytes
        raise Unreadable
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


def _png(file: bytes) -> bytes:
    kept, at, kind = [BEGINS[MediaType.PNG]], len(BEGINS[MediaType.PNG]), b""
    while kind != b"IEND":
        length = int.from_bytes(file[at : at + 4])
        chunk = file[at : at + 12 + length]
        kind = chunk[4:8]
        if len(chunk) != 12 + length or crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
            raise Unreadable
        at += len(chunk)
        if kind in PNG_NEEDED:
            kept.append(chunk)
    return b"".join(kept)
