"""Lists over all policies, read to their end."""

from collections.abc import Iterator, Mapping

from tests.support.driving.http import Json
from tests.support.platform import Platform


def listed(platform: Platform, path: str, by: str | Json, **query: str) -> list[str]:
    """The ids of every page of a list."""
    return list(_pages(platform, "GET", path, by, None, query))


def searched(platform: Platform, path: str, by: str | Json, body: Json, **query: str) -> list[str]:
    """The ids of every page of what a search finds."""
    return list(_pages(platform, "POST", path, by, body, query))


def delivered(platform: Platform, path: str, by: str | Json, **query: str) -> list[str]:
    """The ids of a list, after every event so far was delivered."""
    platform.deliver()
    return listed(platform, path, by, **query)


def _pages(
    platform: Platform,
    method: str,
    path: str,
    by: str | Json,
    body: Json | None,
    query: Mapping[str, str],
) -> Iterator[str]:
    page: dict[str, str] = {}
    while True:
        answered = platform.call(method, path, body, by=by, query={**query, **page})
        assert answered.status == 200, answered.body
        yield from (item["id"] for item in answered.body["items"])
        if "next" not in answered.body:
            return
        page = {"after": answered.body["next"]}
