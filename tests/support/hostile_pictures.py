"""Pictures that mean harm, and files that are not what they are called: all built here, none stored."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import repeat
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile
from zlib import compress, compressobj

from insurance.scanning import EICAR

from tests.support.pictures import END, FRAME, PIXELS, QUANTIZED, SCANNED, TABLES, chunk

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BLACK = bytes(1 << 20)


@cache
def bomb(size: int) -> bytes:
    """Zeros, deflated: a thousandth of what comes out."""
    deflating = compressobj(9)
    pieces = [deflating.compress(piece) for piece in repeat(BLACK, size >> 20)]
    pieces.append(deflating.compress(BLACK[: size % (1 << 20)]))
    return b"".join([*pieces, deflating.flush()])


def header(width: int, height: int, *, depth: int = 8, colour: int = 0, laced: int = 0) -> bytes:
    body = width.to_bytes(4) + height.to_bytes(4) + bytes((depth, colour, 0, 0, laced))
    return chunk(b"IHDR", body)


def png_of(
    width: int, height: int, *beside: bytes, pixels: bytes | None = None, colour: int = 0
) -> bytes:
    """A PNG of that size; its pixels are black where none are given, and as many as it needs."""
    channels = {0: 1, 2: 3, 6: 4}[colour]
    body = pixels if pixels is not None else bomb(height * (1 + width * channels))
    parts = (header(width, height, colour=colour), *beside, chunk(b"IDAT", body), END)
    return SIGNATURE + b"".join(parts)


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG that says it is so large; its data are of one pixel."""
    frame = FRAME[:5] + height.to_bytes(2) + width.to_bytes(2) + FRAME[9:]
    return b"\xff\xd8" + QUANTIZED + frame + TABLES + SCANNED + b"\xff\xd9"


def jpeg_of_scans(scans: int) -> bytes:
    """A JPEG that is drawn over and over again: a decoder works as long for each scan."""
    return b"\xff\xd8" + QUANTIZED + FRAME + TABLES + SCANNED * scans + b"\xff\xd9"


def jpeg_of_filling(size: int) -> bytes:
    """A JPEG whose scan is 0xFF and no marker: each of them might begin one."""
    return b"\xff\xd8" + QUANTIZED + FRAME + TABLES + SCANNED + b"\xff" * size + b"\0"


def gif_of(width: int, height: int) -> bytes:
    screen = width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\0\0\0"
    return b"GIF89a" + screen + b"," + bytes(4) + screen[:4] + b"\0\x02\x02\x44\x01\0;"


def webp_of(width: int, height: int) -> bytes:
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + (10).to_bytes(4, "little") + bytes(4) + canvas
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def tiff_of(width: int, height: int) -> bytes:
    entries = [
        tag.to_bytes(2, "little") + b"\4\0\1\0\0\0" + value.to_bytes(4, "little")
        for tag, value in ((256, width), (257, height))
    ]
    return b"II*\0\x08\0\0\0" + len(entries).to_bytes(2, "little") + b"".join(entries) + bytes(4)


def zip_of(name: str, content: bytes) -> bytes:
    """One file in an archive, deflated: a Word document is one, too."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def docx_of(content: bytes) -> bytes:
    return zip_of("word/vbaProject.bin", content)


def profile(body: bytes) -> bytes:
    """A colour profile for a PNG."""
    return chunk(b"iCCP", b"colours\0\0" + body)


class BadFile(NamedTuple):
    """A file that is refused."""

    name: str
    file: bytes
    media_type: str
    """What it is announced as."""
    why: str


def hostile_pictures() -> Iterator[BadFile]:
    """Every bad picture."""
    jpeg, png, drop = "image/jpeg", "image/png", bomb(1 << 20)
    for name, file, media_type, why in (
        ("png_of_60000_squared", png_of(60_000, 60_000, pixels=drop), png, "too_many_pixels"),
        ("png_of_many_pixels", png_of(20_000, 20_000, pixels=drop), png, "too_many_pixels"),
        ("png_that_is_a_line", png_of(4_000_000, 1, pixels=b""), png, "too_many_pixels"),
        ("jpeg_of_65535_squared", jpeg_of(65_535, 65_535), jpeg, "too_many_pixels"),
        ("jpeg_without_height", jpeg_of(10, 0), jpeg, "unreadable"),
        ("png_without_width", png_of(0, 10, pixels=compress(b"")), png, "unreadable"),
        ("png_that_inflates", png_of(1, 1, pixels=bomb(50 << 20)), png, "inflates"),
        ("png_with_half_its_pixels", png_of(100, 100, pixels=bomb(5050)), png, "unreadable"),
        ("png_with_more_behind", png_of(1, 1, pixels=PIXELS[8:-4] + b"more"), png, "unreadable"),
        ("png_with_a_large_profile", png_of(1, 1, profile(bomb(50 << 20))), png, "inflates"),
        ("png_with_malware", png_of(1, 1, profile(compress(EICAR))), png, "infected"),
        ("png_of_many_chunks", png_of(1, 1, chunk(b"IDAT", b"") * 50_000), png, "too_complex"),
        ("jpeg_of_many_scans", jpeg_of_scans(5_000), jpeg, "too_complex"),
        ("jpeg_of_filling", jpeg_of_filling(1 << 20), jpeg, "unreadable"),
    ):
        yield BadFile(name, file, media_type, why)
    yield from other_files()


def other_files() -> Iterator[BadFile]:
    """Files that are not what they are announced as."""
    page = b"<html><script>alert(1)</script>%PDF-1.7"
    for name, file, media_type in (
        ("gif_as_jpeg", gif_of(65_535, 65_535), "image/jpeg"),
        ("webp_as_png", webp_of(16_384, 16_384), "image/png"),
        ("tiff_as_jpeg", tiff_of(1 << 31, 1 << 31), "image/jpeg"),
        ("zip_as_pdf", zip_of("eicar.com", EICAR), "application/pdf"),
        ("docx_as_pdf", docx_of(EICAR), "application/pdf"),
        ("page_as_pdf", page, "application/pdf"),
    ):
        yield BadFile(name, file, media_type, "wrong_type")
