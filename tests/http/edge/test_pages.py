"""Lists that are read whole are shown page by page too, and a cursor is good for its own list alone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.claims import issued
from tests.support.platform import Platform, platform_in_memory

type Json = dict[str, Any]

NOTICE: Json = {"reason": "false_facts"}


@pytest.fixture
def platform() -> Iterator[Platform]:
    with platform_in_memory() as (opened, _):
        yield opened


@pytest.fixture
def path(platform: Platform) -> str:
    """A policy with a plan of many invoices, and a notice that was withdrawn before another."""
    made = f"/v1/policies/{issued(platform)}"
    platform.now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    platform.post(f"{made}/billing/plan", {"plan": "monthly"})
    platform.post(f"{made}/notices", NOTICE, by="underwriter-test")
    platform.post(f"{made}/notices/1/withdrawal", {}, by="underwriter-test")
    platform.post(f"{made}/notices", NOTICE, by="underwriter-test")
    return made


def pages(platform: Platform, path: str, limit: int) -> Iterator[Json]:
    query = {"limit": str(limit)}
    while True:
        page = platform.get(path, query=query)
        yield page
        if "next" not in page:
            return
        query = {"limit": str(limit), "after": page["next"]}


@pytest.mark.parametrize(
    ("of", "fewest"), [("invoices", 10), ("notices", 2), ("billing/plans", 2), ("transactions", 1)]
)
def test_pages_of_a_policys_lists_are_the_whole_list(
    platform: Platform, path: str, of: str, fewest: int
):
    [whole] = pages(platform, f"{path}/{of}", 100)

    single = [page["items"] for page in pages(platform, f"{path}/{of}", 1)]

    assert all(len(items) == 1 for items in single)
    assert [item for items in single for item in items] == whole["items"]
    assert len(whole["items"]) >= fewest


def test_products_are_listed_page_by_page(handlers: Platform):
    [whole] = pages(handlers, "/v1/products", 100)

    found = [item["code"] for page in pages(handlers, "/v1/products", 3) for item in page["items"]]

    assert found == [item["code"] for item in whole["items"]] == sorted(found)
    assert len(found) > 3


def test_a_cursor_of_another_list_of_the_policy_is_refused(platform: Platform, path: str):
    """It was taken: the lists of a policy had one id."""
    platform.post(f"{path}/endorsements", {"answers": {"annual_mileage": 9_000}})
    cursor = next(pages(platform, f"{path}/transactions", 1))["next"]

    for of in ("events", "claims", "invoices", "notices", "billing/plans"):
        query = {"after": cursor}
        refused = platform.call("GET", f"{path}/{of}", query=query)
        assert refused.code == "invalid-fields", of
        assert [each["code"] for each in refused.body["errors"]] == ["unknown-cursor"]
