"""Merkle trees as RFC 6962 has them: its reference roots, every path of every small tree, and none that was changed."""

from itertools import product

import pytest
from insurance.domain.audit.merkle import EMPTY, Tree, leaf_hash, root_by_path

# The entries and roots by which implementations of Certificate Transparency are tested
# (google/certificate-transparency, merkletree/merkle_tree_test.cc).
ENTRIES = [
    bytes.fromhex(each)
    for each in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


@pytest.mark.parametrize(("size", "root"), list(enumerate(ROOTS, 1)))
def test_the_roots_are_those_of_certificate_transparency(size: int, root: str):
    assert Tree([leaf_hash(each) for each in ENTRIES[:size]]).root.hex() == root


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert Tree([]).root == EMPTY


def test_every_leaf_of_every_small_tree_leads_to_its_root():
    for size in range(1, 70):
        tree, entries = Tree(leaves(size)), leaves(size)
        for at, leaf in enumerate(entries):
            assert root_by_path(leaf, at, size, tree.path(at)) == tree.root, (at, size)


def test_no_leaf_leads_there_from_another_place_or_in_a_tree_of_another_size():
    size = 11
    tree, entries = Tree(leaves(size)), leaves(size)
    for at, claimed in product(range(size), range(size)):
        if at != claimed:
            assert root_by_path(entries[at], claimed, size, tree.path(at)) != tree.root
    assert root_by_path(entries[0], 0, 99, tree.path(0)) is None
    assert root_by_path(entries[0], 11, size, tree.path(0)) is None
    assert root_by_path(entries[0], -1, size, tree.path(0)) is None


def test_a_path_that_is_longer_or_shorter_leads_nowhere():
    tree, entries = Tree(leaves(6)), leaves(6)

    assert root_by_path(entries[2], 2, 6, (*tree.path(2), EMPTY)) is None
    assert root_by_path(entries[2], 2, 6, tree.path(2)[:-1]) is None


def test_a_node_is_no_leaf():
    """Without the first byte that parts them, a proof of two leaves would do for one entry."""
    one, two = leaves(2)

    assert leaf_hash(one + two) != Tree([one, two]).root
