"""`GET /v1/events`: what happened in the caller's own book, thin, and from any place on."""

from datetime import UTC, datetime, timedelta
from typing import Any, Self
from unittest.mock import patch

import pytest
from insurance.api import call
from insurance.domain.events.catalogue import CATALOGUE, Audience
from insurance.operations.notifications.feed_events import FeedWriter

from tests.support.claims import issued
from tests.support.platform import Platform
from tests.support.subscribers import nobody_has_it


def deliver(platform: Platform) -> None:
    feeds = FeedWriter(platform.stores.feeds, nobody_has_it, lambda: datetime.now(UTC))
    for event in platform.events():
        feeds.take(event)
    assert feeds.flush() == {}


@pytest.fixture
def policy_id(platform: Platform) -> str:
    policy_id = issued(platform)
    deliver(platform)
    return policy_id


def test_an_event_says_what_happened_to_what_and_nothing_else(platform: Platform, policy_id: str):
    page = platform.get("/v1/events")

    [told] = [each for each in page["items"] if each["type"] == "policy.issued"]
    assert told == {
        "id": f"{policy_id}-1",
        "type": "policy.issued",
        "object": {"kind": "policy", "id": policy_id},
        "sequence": 1,
        "occurred_at": told["occurred_at"],
    }


@pytest.mark.usefixtures("policy_id")
def test_only_what_the_catalogue_gives_to_partners_is_told(platform: Platform):
    types = {each["type"] for each in platform.get("/v1/events")["items"]}

    assert types
    assert all(CATALOGUE[each].audience is not Audience.INTERNAL for each in types)


@pytest.mark.usefixtures("policy_id")
def test_a_reader_goes_on_page_by_page_and_later(platform: Platform):
    whole = platform.get("/v1/events")
    read: list[Any] = []
    page = platform.get("/v1/events", query={"limit": "1"})
    while page["items"]:
        read += page["items"]
        page = platform.get("/v1/events", query={"limit": "1", "after": page["next"]})

    assert read == whole["items"]
    second = issued(platform)
    deliver(platform)
    new = platform.get("/v1/events", query={"after": page["next"]})["items"]
    assert f"{second}-1" in [each["id"] for each in new]


@pytest.mark.usefixtures("policy_id")
def test_another_partner_has_a_feed_of_its_own(platform: Platform):
    assert platform.get("/v1/events", by="meadow-test")["items"] == []


@pytest.mark.usefixtures("policy_id")
def test_the_callers_own_clock_makes_no_event_older(platform: Platform):
    """The feed is kept by our clock: a policy year that is played in test mode takes a minute."""
    answer = platform.call("GET", "/v1/events", clock="2027-11-01T12:00:00Z")

    assert answer.body["items"]


@pytest.mark.usefixtures("policy_id")
def test_who_comes_back_too_late_is_told_what_to_do(platform: Platform):
    first = platform.get("/v1/events", query={"limit": "1"})["next"]
    much_later = datetime.now(UTC) + timedelta(days=40)

    class Clock(datetime):
        @classmethod
        def now(cls, _tz: Any = None) -> Self:
            return cls.fromtimestamp(much_later.timestamp(), UTC)

    with patch.object(call, "datetime", Clock):
        answer = platform.call("GET", f"/v1/events?after={first}")
        assert platform.get("/v1/events")["items"] == []

    assert (answer.status, answer.code) == (410, "events-no-longer-kept")


def test_a_place_of_another_list_is_refused(platform: Platform, policy_id: str):
    platform.deliver()
    issued(platform)
    platform.deliver()
    of_policies = platform.get("/v1/policies", query={"limit": "1"})["next"]

    answer = platform.call("GET", f"/v1/events?after={of_policies}")

    assert policy_id
    assert (answer.status, answer.body["errors"][0]["code"]) == (422, "unknown-cursor")
