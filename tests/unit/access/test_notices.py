"""Which paths end when: of each API product, for who has which, as of a minute ago."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.access.notices import (
    CONTEXT,
    FRESH_SECONDS,
    RecentNotices,
    SunsetNotice,
    notices_in,
    notices_of,
    read,
    written,
)
from insurance.api_products import API_PRODUCTS, SHARED_PATHS

ENDS = SunsetNotice("quoting", 1_800_000_000, 1_830_000_000, "/v2/quotes")
BOTH = {"quoting": ENDS, "claims": SunsetNotice("claims", 1, 2)}


def test_the_paths_of_a_product_that_ends_say_so_and_no_other() -> None:
    found = notices_of(API_PRODUCTS, {"quoting": ENDS})

    assert found == {"/v1/batches": ENDS, "/v1/products": ENDS, "/v1/quotes": ENDS}


def test_who_does_not_have_the_product_is_told_nothing() -> None:
    assert notices_of(["issuance"], {"quoting": ENDS}) == {}
    assert notices_of(API_PRODUCTS, {}) == {}


def test_what_every_product_has_ends_with_none() -> None:
    found = notices_of(API_PRODUCTS, dict.fromkeys(API_PRODUCTS, ENDS))

    assert not found.keys() & set(SHARED_PATHS)
    assert found.keys() == {path for offer in API_PRODUCTS.values() for path in offer.paths} - set(
        SHARED_PATHS
    )


def test_a_call_reads_what_was_written() -> None:
    context = written(notices_of(API_PRODUCTS, BOTH))

    assert read(context, "/v1/quotes") == read(context, "/v1/quotes/quo_1/acceptance") == ENDS
    assert read(context, "/v1/claims/clm_1") == BOTH["claims"]
    assert read(context, "/v1/quotesque") is None
    assert read(context, "/v1/policies") is None


@pytest.mark.parametrize("context", [{}, {CONTEXT: None}, {CONTEXT: 7}])
def test_a_call_of_what_does_not_end_reads_nothing(context: Mapping[str, object]) -> None:
    assert read(context, "/v1/quotes") is None


def test_nothing_is_written_where_nothing_ends() -> None:
    assert written({}) == {}


def test_the_context_stays_small_where_everything_ends() -> None:
    every = {code: SunsetNotice(code, 1, 2, "/v2/quotes") for code in API_PRODUCTS}

    assert len(written(notices_of(API_PRODUCTS, every))[CONTEXT]) < 1_000


@given(
    st.sets(st.sampled_from(sorted(API_PRODUCTS))), st.sets(st.sampled_from(sorted(API_PRODUCTS)))
)
def test_a_path_ends_where_each_product_that_opens_it_ends(has: set[str], ends: set[str]) -> None:
    known = {code: SunsetNotice(code, 1, 2) for code in ends}

    found = notices_of(has, known)

    for path in {path for code in has for path in API_PRODUCTS[code].paths} - set(SHARED_PATHS):
        openers = {code for code in has if path in API_PRODUCTS[code].paths}
        assert (path in found) is (openers <= ends)


def test_of_two_products_that_open_a_path_the_later_end_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = dict.fromkeys(("quoting", "claims"), API_PRODUCTS["quoting"])
    monkeypatch.setattr("insurance.access.notices.API_PRODUCTS", opened)

    assert set(notices_of(opened, BOTH).values()) == {ENDS}


def test_rows_are_read_as_they_are_stored() -> None:
    row = {
        "product": {"S": "quoting"},
        "deprecated_at": {"N": "1800000000"},
        "sunset_at": {"N": "1830000000"},
        "successor": {"S": "/v2/quotes"},
    }

    assert notices_in([row]) == {"quoting": ENDS}
    assert json.loads(json.dumps(notices_in([row])["quoting"])) == list(ENDS)


class Shelf:
    def __init__(self) -> None:
        self.now, self.reads = 1_000.0, 0
        self.rows: dict[str, SunsetNotice] | None = {"quoting": ENDS}
        self.recent = RecentNotices(self.fetch, lambda: self.now)

    def fetch(self, mode: str) -> dict[str, SunsetNotice] | None:
        self.reads += 1
        return self.rows if mode == "live" else {}


def test_notices_are_read_once_a_minute_for_each_mode() -> None:
    shelf = Shelf()

    for _ in range(3):
        assert shelf.recent.of("live") == {"quoting": ENDS}
        assert shelf.recent.of("test") == {}
    assert shelf.reads == 2

    shelf.rows = {}
    shelf.now += FRESH_SECONDS - 1
    assert shelf.recent.of("live") == {"quoting": ENDS}
    shelf.now += 1
    assert shelf.recent.of("live") == {}


def test_what_cannot_be_read_stands_as_it_was_read_last() -> None:
    shelf = Shelf()
    shelf.recent.of("live")
    shelf.rows = None
    shelf.now += FRESH_SECONDS

    assert shelf.recent.of("live") == {"quoting": ENDS}
    assert shelf.recent.of("live") == {"quoting": ENDS}
    assert shelf.reads == 2, "an outage is not made worse"


def test_where_nothing_was_ever_read_nothing_is_announced() -> None:
    shelf = Shelf()
    shelf.rows = None

    assert shelf.recent.of("live") == {}


def test_a_clock_that_went_back_has_the_notices_read_again() -> None:
    shelf = Shelf()
    shelf.recent.of("live")
    shelf.now -= 5

    shelf.recent.of("live")

    assert shelf.reads == 2
