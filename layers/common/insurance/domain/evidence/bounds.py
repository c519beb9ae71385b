"""How large a picture may be, by what it says of itself."""

from insurance.domain.evidence.refusal import FileRefused, Refusal

PIXELS_MAX = 100_000_000
"""400 MB in a viewer's memory, at four bytes a pixel."""
SIDE_MAX = 30_000
PARTS_MAX = 10_000
"""Segments of a JPEG, chunks of a PNG: the usual programs put 8 KiB and more into each."""
SCANS_MAX = 100
"""Times that a JPEG is drawn over; a progressive one has about ten."""


def check_size(width: int, height: int) -> None:
    """Check that a viewer can show a picture of this size.

    Raises:
        FileRefused: It has too many pixels, or none.
    """
    if min(width, height) < 1:
        raise FileRefused(Refusal.UNREADABLE)
    if max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
        raise FileRefused(Refusal.TOO_MANY_PIXELS)


def check_parts(parts: int, most: int = PARTS_MAX) -> None:
    """Check that a file has not more parts than programs write.

    Raises:
        FileRefused: It has.
    """
    if parts > most:
        raise FileRefused(Refusal.TOO_COMPLEX)
