"""Kinds of files that are taken as evidence, and whether a file is what was said of it."""

from enum import StrEnum
from hashlib import sha256

from insurance.domain.evidence.refusal import Refusal

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


def mismatch(file: bytes, media_type: MediaType, size: int, digest: str) -> Refusal | None:
    """How the file differs from what was announced; None: it does not."""
    if len(file) != size:
        return Refusal.WRONG_SIZE
    if sha256(file).hexdigest() != digest:
        return Refusal.WRONG_HASH
    if not file.startswith(BEGINS[media_type]):
        return Refusal.WRONG_TYPE
    return None
