"""A scene of API products: a version is reviewed by two people, and partners who have the product are told."""

from __future__ import annotations

import time

from demo.tour.visitor import Json, Visitor

AUTHOR, PUBLISHER = "author-test", "publisher-test"
PRODUCT, PATH = "claims", "/v1/api-products/claims"
TOLD_SECONDS = 60.0
"""An event is delivered every second or so; a machine may be busy."""


def published_by_two_people_and_told_to_who_has_it(visitor: Visitor) -> str:
    version = visitor.get(PATH, by=AUTHOR)["versions"][-1]
    number = version["version"]
    if version["status"] == "draft":  # the tour may be played on data of an earlier one
        _step(visitor, number, "submit", AUTHOR)
        own = {"version": number, "step": "approve", "reason": "looked_at"}
        visitor.say("own version", visitor.refused(f"{PATH}/steps", own, "same-person", by=AUTHOR))
        _step(visitor, number, "approve", PUBLISHER)
        _step(visitor, number, "publish", AUTHOR)
    seen = visitor.get(PATH)["versions"][-1]
    visitor.expect(seen["status"] == "published", "the partner sees the version")
    told = _told(visitor)
    visitor.say(told["type"], f"{told['object']['id']}, in the partner's feed")
    catalogue = visitor.get("/.well-known/api-catalog")["linkset"]
    items = [each["href"] for each in catalogue[0]["item"]]
    visitor.say("api-catalog", ", ".join(items))
    return f"{PRODUCT} {number} is published, and the partner was told once"


def _step(visitor: Visitor, version: str, step: str, by: str) -> None:
    body = {"version": version, "step": step, "reason": "planned"}
    visitor.post(f"{PATH}/steps", body, by=by)


def _told(visitor: Visitor) -> Json:
    """The one event of the product in the partner's feed; fails where there are more, or none in time."""
    deadline = time.monotonic() + TOLD_SECONDS
    while not (found := [each for each in _events(visitor) if _is_about_it(each)]):
        if time.monotonic() > deadline:
            visitor.fail(f"the partner was not told in {TOLD_SECONDS:.0f} s")
        time.sleep(0.5)
    visitor.expect(len(found) == 1, "the partner is told once")
    return found[0]


def _is_about_it(event: Json) -> bool:
    return bool(
        event["object"]["id"] == f"apd_test_{PRODUCT}" and event["type"] == "api_product.published"
    )


def _events(visitor: Visitor) -> list[Json]:
    events: list[Json] = []
    page = visitor.get("/v1/events?limit=100")
    while page["items"]:
        events += page["items"]
        page = visitor.get(f"/v1/events?limit=100&after={page['next']}")
    return events
