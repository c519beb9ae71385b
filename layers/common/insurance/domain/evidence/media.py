"""Kinds of files that are taken as evidence, and whether a file is what was said of it."""

from enum import StrEnum
from hashlib import sha256

from insurance.domain.evidence.refusal import FileRefused, Refusal

BYTES_MAX = 10 * 1024 * 1024


class MediaType(StrEnum):
    """What is taken. Everything else could not be checked, or could run."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"


BEGINS = {
    MediaType.JPEG: b"\xff\xd8\xff",
    MediaType.PNG: b"\x89PNG\r\n\x1a\n",
    MediaType.PDF: b"%PDF-",
}
ENDINGS = {MediaType.JPEG: "jpg", MediaType.PNG: "png", MediaType.PDF: "pdf"}


def check_as_announced(file: bytes, media_type: MediaType, size: int, digest: str) -> None:
    """Check that a file is what was announced, by its size, its SHA-256 and its first bytes.

    Raises:
        FileRefused: It is not.
    """
    if len(file) != size:
        raise FileRefused(Refusal.WRONG_SIZE)
    if sha256(file).hexdigest() != digest:
        raise FileRefused(Refusal.WRONG_HASH)
    if not file.startswith(BEGINS[media_type]):
        raise FileRefused(Refusal.WRONG_TYPE)
