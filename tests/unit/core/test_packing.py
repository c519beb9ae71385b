"""Stored JSON: canonical to the letter of RFC 8785, and small."""

import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.core.packing import canonical, pack, unpack

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
