"""The definition breaks nobody who was written for the last release's, but where a reason is given."""

from typing import Any

import pytest
from insurance import VERSION
from insurance.api_products import API_PRODUCTS

from tests.compatibility.release import released
from tools.openapi.__main__ import PUBLISHED
from tools.openapi.compatibility.change import Effect
from tools.openapi.compatibility.definitions import changes_between, effect_of
from tools.openapi.compatibility.release import (
    accepted,
    faults,
    last_release,
    read_definition,
    version_order,
)

type Json = dict[str, Any]


@pytest.fixture(scope="module")
def definition() -> Json:
    return read_definition(PUBLISHED)


def test_the_definition_of_the_last_release_is_kept() -> None:
    version, kept = last_release()

    assert version == released()[-1].name
    assert kept["paths"]


def test_nothing_breaks_callers_of_the_last_release_without_a_reason(definition: Json) -> None:
    version, before = last_release()

    found = faults(changes_between(before, definition), accepted(), version)

    assert found == [], "see docs/releases.md, The definition"


def test_a_change_that_nobody_listed_is_found(definition: Json) -> None:
    version, before = last_release()
    del definition["paths"]["/v1/quotes"]["post"]

    found = faults(changes_between(before, definition), accepted(), version)

    assert found == ["breaking /paths/~1v1~1quotes/post: the operation is gone"]


@pytest.mark.parametrize("code", API_PRODUCTS)
def test_an_api_product_whose_part_changed_has_a_version_that_says_so(
    code: str, definition: Json
) -> None:
    """0.9.0 did not say which operations are whose: the paths do."""
    offer = API_PRODUCTS[code]
    _, before = last_release()
    parts = [
        {**each, "paths": {path: at for path, at in each["paths"].items() if offer.opens(path)}}
        for each in (before, definition)
    ]

    changed = effect_of(changes_between(*parts)) is not Effect.NONE

    assert not changed or version_order(offer.version) > version_order(offer.released or "0")
    assert version_order(offer.version) <= version_order(VERSION)
