"""Cursors: no longer than the definition says, and those of the release before."""

import base64

import pytest
from insurance.api.paging import CURSOR_MAX, cursor, read_cursor
from insurance.domain.core.errors import InvalidFields

PARTNER = "p" * 64
AT = "2026-11-22T10:00:00.000000+00:00"
PARTY = f"pty_test_{'0' * 22}"
PLACE = f"{PARTNER}#2026-11-22T10:00:00.000000Z#clm_test_{'0' * 22}"
"""Where an object stands that a key found: the longest position, but for `OWN`."""
OWN = f"{PARTY}/{PLACE}"
FILTERED = f"documents:schedule:{'x' * 64}:{PARTNER}:{AT}:{AT}:"
NUMBERED = f"claims:::::::{chr(0x1F697) * 200}"


@pytest.mark.parametrize(
    ("list_id", "position"),
    [
        (FILTERED, PLACE),
        (NUMBERED, PLACE),
        ("l" * 64, PLACE),
        ("l" * 65, PLACE),
        ("own-policies", OWN),
    ],
)
def test_the_longest_cursors_fit_what_the_definition_says(list_id: str, position: str):
    given = cursor(list_id, position)

    assert len(given) <= CURSOR_MAX
    assert read_cursor(given, list_id) == position


def test_a_long_list_is_told_from_another():
    given = cursor(FILTERED, PLACE)

    with pytest.raises(InvalidFields):
        read_cursor(given, FILTERED.replace("schedule", "certificate"))


def test_a_long_cursor_of_the_release_before_is_taken():
    """0.9.0 wrote the whole id out."""
    written_out = base64.urlsafe_b64encode(f"{FILTERED} {PLACE}".encode()).decode().rstrip("=")

    assert len(written_out) > CURSOR_MAX
    assert read_cursor(written_out, FILTERED) == PLACE
