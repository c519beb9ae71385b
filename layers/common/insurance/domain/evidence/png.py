"""PNG: the chunks that a decoder reads, and as many pixels as the picture says."""

from typing import NamedTuple, Self
from zlib import crc32

from insurance.domain.evidence.bounds import PIXELS_MAX, check_parts, check_size
from insurance.domain.evidence.inflation import INFLATED_MAX, inflate
from insurance.domain.evidence.media import BEGINS, MediaType
from insurance.domain.evidence.refusal import FileRefused, Refusal

NEEDED = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD hIST pHYs sPLT".split()
)
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Values that a pixel has, by the colour type."""
LACES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""The seven passes of Adam7: first column and row, then the distance of columns and of rows."""
WHOLE = ((0, 0, 1, 1),)


class Header(NamedTuple):
    """What the first chunk says."""

    width: int
    height: int
    bits: int
    """A pixel's."""
    laced: bool

    @classmethod
    def of(cls, body: bytes) -> Self:
        """Read the thirteen bytes of the chunk.

        Raises:
            FileRefused: They say what no PNG is, or a picture that is too large to be shown.
        """
        depth, colour, *rest = body[8:13]
        if colour not in CHANNELS or depth not in {1, 2, 4, 8, 16} or rest[:2] != [0, 0]:
            raise FileRefused(Refusal.UNREADABLE)
        header = cls(
            int.from_bytes(body[:4]),
            int.from_bytes(body[4:8]),
            depth * CHANNELS[colour],
            rest[2] == 1,
        )
        check_size(header.width, header.height)
        if header.width * header.height * header.bits > 32 * PIXELS_MAX:
            raise FileRefused(Refusal.TOO_MANY_PIXELS)
        return header

    def size(self) -> int:
        """The bytes of all rows, each with the one that names its filter (PNG, section 9)."""
        size = 0
        for left, top, across, down in LACES if self.laced else WHOLE:
            columns = -(-(self.width - left) // across)
            rows = -(-(self.height - top) // down)
            if columns > 0 and rows > 0:
                size += rows * (1 + -(-columns * self.bits // 8))
        return size


def clean_png(file: bytes) -> bytes:
    """The picture with its colours, and nothing else.

    Raises:
        FileRefused: It is put together wrong, ends early, has other pixels than it says, or is too
            large to be shown.
    """
    chunks = _chunks(file)
    kinds = [chunk[4:8] for chunk in chunks]
    if kinds[:1] != [b"IHDR"] or kinds.count(b"IHDR") != 1 or len(chunks[0]) != 25:  # noqa: PLR2004 - its thirteen bytes in a chunk
        raise FileRefused(Refusal.UNREADABLE)
    size = Header.of(chunks[0][8:-4]).size()
    pixels = b"".join(chunk[8:-4] for chunk in chunks if chunk[4:8] == b"IDAT")
    if sum(map(len, inflate(pixels, size, alone=True))) != size:
        raise FileRefused(Refusal.UNREADABLE)
    for chunk in chunks:
        if chunk[4:8] == b"iCCP":
            _check_profile(chunk[8:-4])
    return BEGINS[MediaType.PNG] + b"".join(chunk for chunk in chunks if chunk[4:8] in NEEDED)


def _chunks(file: bytes) -> list[bytes]:
    """Every chunk to the last one; what follows it is nothing of the picture."""
    chunks, at, kind = list[bytes](), len(BEGINS[MediaType.PNG]), b""
    while kind != b"IEND":
        length = int.from_bytes(file[at : at + 4])
        chunk = file[at : at + 12 + length]
        kind = chunk[4:8]
        if len(chunk) != 12 + length or crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
            raise FileRefused(Refusal.UNREADABLE)
        chunks.append(chunk)
        check_parts(len(chunks))
        at += len(chunk)
    return chunks


def _check_profile(body: bytes) -> None:
    """A colour profile: its name, a zero, how it is compressed, and the profile, deflated."""
    for _ in inflate(body.partition(b"\0")[2][1:], INFLATED_MAX, alone=True):
        pass
