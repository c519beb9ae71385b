"""The headers of what ends, for a call that came by a stage or by a domain of its own."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.api.sunset import check_served, sunset_headers
from insurance.domain.core.errors import ApiProductRetired

type Json = dict[str, Any]


def event(path: str = "/v1/quotes/quo_1", *, base: str = "", successor: str = "/v2/quotes") -> Json:
    notices = {"/v1/quotes": ["quoting", 1_798_761_600, 1_830_297_600, successor]}
    context = {"path": f"{base}{path}", "authorizer": {"notices": json.dumps(notices)}}
    return {"path": path, "requestContext": context}


@pytest.mark.parametrize("base", ["", "/prod"])
def test_a_successor_is_behind_what_the_call_came_by(base: str) -> None:
    link = sunset_headers(event(base=base))["Link"]

    assert f'<{base}/v2/quotes>; rel="successor-version"' in link


def test_what_does_not_end_has_no_headers() -> None:
    assert sunset_headers(event("/v1/policies")) == {}
    assert sunset_headers({"path": "/v1/quotes", "requestContext": {"authorizer": None}}) == {}
    assert sunset_headers({"path": "/v1/quotes", "requestContext": {}}) == {}


def test_a_slash_at_the_end_changes_nothing() -> None:
    assert sunset_headers(event("/v1/quotes/")).keys() == {"Deprecation", "Sunset", "Link"}


def test_the_last_second_is_served() -> None:
    check_served(event(), datetime(2027, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))

    with pytest.raises(ApiProductRetired, match="Go on at /v2/quotes"):
        check_served(event(), datetime(2028, 1, 1, tzinfo=UTC))
    with pytest.raises(ApiProductRetired) as ended:
        check_served(event(successor=""), datetime(2028, 1, 1, tzinfo=UTC))
    assert "Go on" not in str(ended.value)
