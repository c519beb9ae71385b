"""Lists of policies: of the caller's own book, by status, product and time, page by page."""

from datetime import timedelta
from typing import Any

import pytest
from insurance.api.paging import CURSOR_MAX

from tests.support.claims import issued
from tests.support.platform import Platform

STAFF, OTHER = "underwriter-test", "meadow-test"


def issued_policies(platform: Platform, count: int = 3) -> list[str]:
    ids = []
    for _ in range(count):
        ids.append(issued(platform))
        platform.now += timedelta(hours=1)
    return ids


def listed(
    platform: Platform, path: str = "/v1/policies", by: str = "harbour-test", **query: str
) -> list[str]:
    """The ids of every page of a list."""
    ids: list[str] = []
    page: dict[str, str] = {}
    while True:
        answered = platform.get(path, by=by, query=query | page)
        ids += [item["id"] for item in answered["items"]]
        if "next" not in answered:
            return ids
        page = {"after": answered["next"]}


def test_a_partner_lists_its_policies_in_the_order_of_issue_page_by_page(platform):
    ids = issued_policies(platform)
    platform.deliver()

    assert listed(platform) == listed(platform, limit="1") == listed(platform, limit="2") == ids
    assert listed(platform, by=STAFF) == listed(platform, by=STAFF, partner="harbour") == ids


def test_a_partner_sees_its_own_book_alone(platform):
    issued_policies(platform, 1)
    platform.deliver()

    assert listed(platform, by=OTHER) == []
    assert listed(platform, by=STAFF, partner="meadow") == []
    answered = platform.call("GET", "/v1/policies?partner=harbour", by=OTHER)
    assert (answered.status, answered.body["errors"][0]["code"]) == (422, "another-book")


def test_a_policy_is_listed_by_status_as_it_is_now(platform):
    first, second = issued_policies(platform, 2)
    body = {"effective_on": "2027-03-01", "by": "policyholder", "reason": "sold"}
    platform.post(f"/v1/policies/{first}/cancellations", body)
    platform.deliver()

    assert listed(platform, standing="issued") == [second]
    assert listed(platform, standing="cancelled") == [first]
    assert listed(platform, standing="lapsed") == []
    assert listed(platform, product="personal_motor") == [first, second]
    assert listed(platform, product="pet") == []


def test_a_row_says_the_statuses_of_now_as_the_policy_does(platform):
    [policy] = issued_policies(platform, 1)
    platform.deliver()

    for days in (0, 30, 400):
        platform.now += timedelta(days=days)
        [row] = platform.get("/v1/policies")["items"]
        shown = platform.get(f"/v1/policies/{policy}")
        assert (row["status"], row["flags"]) == (shown["status"], shown["flags"])


def test_dates_narrow_a_list_down(platform):
    start = platform.now
    ids = issued_policies(platform, 3)
    platform.deliver()

    def between(since: int, until: int) -> list[str]:
        times = {"since": since, "until": until}
        query = {name: (start + timedelta(hours=at)).isoformat() for name, at in times.items()}
        return listed(platform, **query)

    assert between(0, 3) == ids
    assert between(1, 2) == [ids[1]]
    assert between(5, 9) == between(2, 1) == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"standing": "issued", "product": "personal_motor"}, "standing"),
        ({"standing": "unheard_of"}, "standing"),
        ({"status": "cancelled"}, ""),
        ({"since": "yesterday"}, "since"),
    ],
)
def test_what_no_index_serves_is_refused_with_what_can_be_combined(platform, query, pointer):
    answered = platform.call("GET", "/v1/policies", query=query)

    assert (answered.status, answered.body["code"]) == (422, "invalid-fields")
    [fault] = answered.body["errors"]
    assert fault["pointer"] == pointer
    if len(query) > 1:
        assert "partner, since and until go with each" in fault["detail"]


def test_an_index_page_holds_nothing_personal(platform):
    issued_policies(platform, 1)
    platform.deliver()

    shown: Any = platform.get("/v1/policies")

    assert not any(word in str(shown) for word in ("Ada", "Merton", "AB12"))


def test_the_cursor_of_a_list_with_every_filter_is_as_long_as_the_definition_says(platform):
    """It was longer than the definition said."""
    ids = issued_policies(platform, 2)
    platform.deliver()
    times = {
        "since": "2020-01-01T00:00:00.000000+00:00",
        "until": "2030-01-01T00:00:00.000000+00:00",
    }
    filters = {"standing": "issued", "partner": "harbour", **times}

    first = platform.get("/v1/policies", by=STAFF, query={"limit": "1", **filters})

    assert len(first["next"]) <= CURSOR_MAX
    assert listed(platform, by=STAFF, limit="1", **filters) == ids
