"""Pictures for tests, put together by hand: small, whole, and with all that cameras write beside them."""

from zlib import compress, crc32

PLACE = b"59.331N-18.065E"
"""Stands for where a picture was taken: wherever it is found, it was not taken out."""

# One grey pixel: quantization, frame, tables and scan of a baseline JPEG.
QUANTIZED = b"\xff\xdb\x00\x43\x00" + bytes([1] * 64)
FRAME = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
TABLES = (
    b"\xff\xc4\x00\x14\x00\x01" + bytes(15) + b"\x00\xff\xc4\x00\x14\x10\x01" + bytes(15) + b"\x00"
)
SCANNED = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x3f\xff\x00\x2a\xff\xd0\x15"
PICTURE = QUANTIZED + FRAME + TABLES + SCANNED


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2) + body


def exif(orientation: int = 6, order: str = "big") -> bytes:
    """IFD 0 with an orientation and a pointer to a GPS directory with latitude, as cameras write it."""

    def number(value: int, length: int) -> bytes:
        return value.to_bytes(length, order)  # type: ignore[arg-type]

    def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
        return number(tag, 2) + number(kind, 2) + number(count, 4) + value.ljust(4, b"\0")

    first = [
        entry(0x0112, 3, 1, number(orientation, 2)),
        entry(0x8825, 4, 1, number(8 + 2 + 2 * 12 + 4, 4)),
    ]
    gps = [
        entry(1, 2, 2, b"N\0"),
        entry(2, 5, len(PLACE), number(100, 4)),
    ]
    directories = b"".join(
        number(len(entries), 2) + b"".join(entries) + bytes(4) for entries in (first, gps)
    )
    begins = b"MM\0*" if order == "big" else b"II*\0"
    return segment(0xE1, b"Exif\0\0" + begins + number(8, 4) + directories + PLACE)


def jpeg(*beside: bytes, after: bytes = b"") -> bytes:
    """The picture with segments before it, and bytes after its end."""
    return b"\xff\xd8" + b"".join(beside) + PICTURE + b"\xff\xd9" + after


def photograph(orientation: int = 6) -> bytes:
    """As a telephone takes it: with its place in Exif, XMP, IPTC, a comment and behind the end."""
    return jpeg(
        segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
        exif(orientation),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='" + PLACE + b"'/>"),
        segment(0xE2, b"ICC_PROFILE\0\x01\x01colours"),
        segment(0xE2, b"MPF\0" + PLACE),
        segment(0xED, b"Photoshop 3.0\0" + PLACE),
        segment(0xFE, b"taken at " + PLACE),
        after=b"MotionPhoto_Data" + PLACE,
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + crc32(kind + body).to_bytes(4)


HEADER = chunk(b"IHDR", (1).to_bytes(4) * 2 + b"\x08\0\0\0\0")
PIXELS = chunk(b"IDAT", compress(b"\0\x2a"))
END = chunk(b"IEND", b"")


def png(*beside: bytes, after: bytes = b"") -> bytes:
    return b"\x89PNG\r\n\x1a\n" + HEADER + b"".join(beside) + PIXELS + END + after
