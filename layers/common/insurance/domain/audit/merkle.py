"""Merkle trees by RFC 6962 (section 2.1) with SHA-256: one hash that stands for a list, and short proofs of one entry.

A leaf and a node are hashed with a different first byte, so that neither can be taken for the other.

    >>> tree = Tree([leaf_hash(entry) for entry in (b"a", b"b", b"c")])
    >>> root_by_path(leaf_hash(b"b"), 1, 3, tree.path(1)) == tree.root
    True
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

PATH_MAX: Final = 40
"""Hashes of the longest path: of a tree of a thousand thousand million leaves."""
EMPTY: Final = sha256().digest()
"""The root of no leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry of the list."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """The tree over leaves that are hashed already.

    Where a level has an odd number of nodes, the last one goes up as it is. That is the tree of the RFC, which divides
    a list behind its largest power of two.
    """

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(below := self._levels[-1]) > 1:
            above = [node_hash(*below[at : at + 2]) for at in range(0, len(below) - 1, 2)]
            self._levels.append(above + below[len(above) * 2 :])

    @property
    def root(self) -> bytes:
        top = self._levels[-1]
        return top[0] if top else EMPTY

    def path(self, index: int) -> tuple[bytes, ...]:
        """The hashes beside the way from a leaf to the root."""
        path = []
        for level in self._levels[:-1]:
            beside = index ^ 1
            if beside < len(level):
                path.append(level[beside])
            index >>= 1
        return tuple(path)


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root of a tree of this size that has the leaf at the index (RFC 9162, section 2.1.3.2).

    None: no tree of this size has such a path.
    """
    if not 0 <= index < size:
        return None
    last, root = size - 1, leaf
    for beside in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            root = node_hash(beside, root)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            root = node_hash(root, beside)
        index, last = index >> 1, last >> 1
    return root if last == 0 else None
