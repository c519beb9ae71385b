"""Names that resemble those on the sanctions list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.screening import MATCH_THRESHOLD, BundledScreening, _may_match, _normalised
from rapidfuzz import fuzz


@pytest.fixture(scope="module")
def screening() -> BundledScreening:
    return BundledScreening()


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("Viktor Malenkov-Drago", "CW-0001"),
        ("MALENKOV DRAGO, viktor", "CW-0001"),
        ("Victor Malenkov Drago", "CW-0001"),
        ("Teodor Pangloss Kruger", "CW-0004"),
        ("Northern Lantern Shipping Company Ltd", "CW-0005"),
    ],
)
def test_a_listed_name_is_found_however_it_is_spelt(screening, name, entry):
    found = screening.matches(name)

    assert found[0].entry == entry
    assert found[0].list_version == "sample-2026-11-01"


@pytest.mark.parametrize("name", ["Ada Merton", "Viktor Drago", "Harbour Garage", "李明"])
def test_other_names_are_left_alone(screening, name):
    assert screening.matches(name) == []


def test_the_closest_comes_first(screening):
    found = screening.matches("Theodore Pangloss Kruger")

    assert [match.score for match in found] == sorted((m.score for m in found), reverse=True)
    assert found[0].score == 100


words = st.text("abc d", min_size=1, max_size=12).map(_normalised)
"""As both are compared: words with one space between them."""


@given(words, words)
def test_what_is_left_out_beforehand_resembles_nothing(name, other):
    if fuzz.token_sort_ratio(name, other) >= MATCH_THRESHOLD:
        assert _may_match(name, other)
