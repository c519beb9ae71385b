"""Which keys were seen before, in memory that does not grow with the file."""

from array import array
from hashlib import blake2b
from typing import Final, Protocol

SLOTS: Final = 2**21
KEYS_MAX: Final = 1_500_000
"""Of one rule: beyond it, places fill up and are searched for long."""


class TooManyKeys(Exception):
    """The table of keys is full: the file has more rows than a batch may have."""


class SeenKeys(Protocol):
    """Keys of one rule, by eight bytes of their hash."""

    def first(self, digest: int, number: int) -> int | None:
        """The row that had the key first; None: it is this row's now."""


class SeenKeyTable:
    """An open-addressed table of fixed size: 8 bytes a place for the hash and 4 for the row's number.

    With 1,000,000 rows it is half full, and two different keys have the same 64 bits once in some
    37,000,000 such files.
    """

    def __init__(self, slots: int = SLOTS) -> None:
        """With a power of two of places."""
        self._mask = slots - 1
        self._digests = array("Q", [0]) * slots
        self._numbers = array("I", [0]) * slots
        self._free = min(KEYS_MAX, slots - slots // 4)

    def first(self, digest: int, number: int) -> int | None:
        """The row that had the key first; None: it is this row's now.

        Raises:
            TooManyKeys: The table is full.
        """
        digests, mask = self._digests, self._mask
        digest = digest or 1
        place = digest & mask
        while held := digests[place]:
            if held == digest:
                return self._numbers[place]
            place = (place + 1) & mask
        if not self._free:
            raise TooManyKeys
        self._free -= 1
        digests[place], self._numbers[place] = digest, number
        return None


def digest_of(key: str) -> int:
    """Eight bytes of a key's hash, the same in every process."""
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest())
