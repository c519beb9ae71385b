"""Bands side by side are one line of edges, and each key is answered by the band that holds it."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.product.faults import NoRate
from insurance.domain.product.language.kinds import number
from insurance.domain.product.rating.tables import RateTable

WHOLE = number()


@st.composite
def bands(draw: st.DrawFn) -> list[tuple[int | None, int | None]]:
    """Half-open bands in order, some beside one another and some with a gap between."""
    edges = sorted(draw(st.sets(st.integers(-50, 50), min_size=2, max_size=12)))
    found = [pair for pair in pairwise(edges) if draw(st.integers(0, 3))] or [(edges[0], edges[1])]
    first: list[Any] = [(None, found[0][0])] if draw(st.booleans()) else []
    last: list[Any] = [(found[-1][1], None)] if draw(st.booleans()) else []
    return first + found + last


def written(bands: list[tuple[int | None, int | None]], heading: str, ends: tuple[int, int]) -> str:
    """The bands as a table; with ends that are shifted where the heading includes or leaves them."""

    def cell(edge: int | None, by: int) -> str:
        return "" if edge is None else str(edge + by)

    rows = [
        f"{cell(low, ends[0])},{cell(high, ends[1])},{place}"
        for place, (low, high) in enumerate(bands)
    ]
    return "\n".join([f"{heading},v", *rows]) + "\n"


@given(bands(), st.randoms())
@pytest.mark.parametrize(
    ("heading", "ends"), [("k>=,k<", (0, 0)), ("k>=,k<=", (0, -1)), ("k>,k<=", (-1, -1))]
)
def test_each_key_is_answered_by_the_band_that_holds_it_however_its_ends_are_written(
    heading, ends, bands, random
):
    shuffled = list(enumerate(bands))
    random.shuffle(shuffled)
    table = RateTable("t", written([band for _, band in shuffled], heading, ends))
    matcher = table.matcher([WHOLE], "v")

    for key in range(-53, 54):
        holds = [
            place
            for place, (_, (low, high)) in enumerate(shuffled)
            if (low is None or low <= key) and (high is None or key < high)
        ]
        if holds:
            assert [matcher(key)] == holds
        else:
            with pytest.raises(NoRate):
                matcher(key)


@given(bands())
def test_an_edge_that_two_bands_share_stands_once_and_leaves_no_gap(bands):
    matcher = RateTable("t", written(bands, "k>=,k<", (0, 0))).matcher([WHOLE], "v")
    everywhere = number(low=None, high=None)
    whole = all(one[1] == other[0] for one, other in pairwise(bands))
    open_ended = bands[0][0] is None and bands[-1][1] is None

    in_line = matcher.in_line(everywhere)

    assert (in_line is not None) == (whole and open_ended)
    if in_line is not None:
        edges, held = in_line
        assert edges == sorted(set(edges))
        assert held == list(range(len(bands)))
