"""Stored JSON: canonical to the letter of RFC 8785, and small."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.core.errors import WrittenByNewerRelease
from insurance.domain.core.packing import DICTIONARIES, WRITTEN, canonical, pack, unpack

WHOLE = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(JSON)
def test_canonical_json_is_what_the_standards_own_library_writes(body):
    assert canonical(body) == rfc8785.dumps(body)


def test_names_sort_as_the_standard_says_where_python_would_sort_otherwise():
    body = {"\U0001f600": 1, "\ue000": 2}

    assert canonical(body) == rfc8785.dumps(body)
    assert list(body) != sorted(body)


@given(st.dictionaries(TEXT, JSON))
def test_a_packed_body_comes_back_whole(body):
    assert unpack(pack(body)) == body


def test_the_same_body_is_the_same_bytes_in_whatever_order_it_was_built():
    assert pack({"a": 1, "b": [2]}) == pack({"b": [2], "a": 1})


def test_a_packed_body_says_its_dictionary():
    assert pack({"a": 1})[0] == WRITTEN


def test_a_body_packed_with_a_dictionary_of_a_newer_release_is_refused_as_that():
    with pytest.raises(WrittenByNewerRelease):
        unpack(bytes((max(DICTIONARIES) + 1,)) + pack({"a": 1})[1:])
