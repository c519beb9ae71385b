"""API products over HTTP: who sees what of them, and each step's refusals."""

from functools import partial
from itertools import count
from typing import Any
from unittest.mock import patch

import pytest
from insurance.api_products import API_PRODUCTS
from insurance.dynamodb.partners.api_products import DynamoDBSubscribers

from tests.support.calls import PARTNER, Answer, staff
from tests.support.platform import Platform

type Json = dict[str, Any]

SCOPES = "products:read coverwright/products:write"
ANN, BEN = (staff(each, "product_manager", SCOPES) for each in ("ann", "ben"))
LIVE = staff("ann", "product_manager", SCOPES, mode="live")
OFFER = API_PRODUCTS["quoting"]
SUNSET = "2028-01-01T00:00:00Z"
QUOTING = "/v1/api-products/quoting"


class Catalogue:
    """Two product managers at work."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._keys = count()

    def step(
        self, name: str, by: Json = ANN, *, headers: Json | None = None, **asked: str
    ) -> Answer:
        body = {"version": OFFER.version, "step": name, "reason": "planned", **asked}
        return self.platform.call(
            "POST",
            f"{QUOTING}/steps",
            body,
            by=by,
            key=f"k{next(self._keys)}",
            headers=headers or {},
        )

    def read(self, by: Json = ANN) -> Json:
        answer = self.platform.call("GET", QUOTING, by=by, clock=None)
        assert answer.status == 200, answer.text
        body: Json = answer.body
        return body

    def statuses(self, by: Json = ANN) -> Json:
        return {each["version"]: each["status"] for each in self.read(by)["versions"]}


@pytest.fixture
def catalogue(handlers: Platform) -> Catalogue:
    return Catalogue(handlers)


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def test_a_version_is_reviewed_by_two_people_and_then_published(catalogue: Catalogue) -> None:
    assert catalogue.step("submit").status == 200
    assert refused(catalogue.step("approve")) == (409, "same-person")
    assert catalogue.step("approve", BEN).status == 200
    answer = catalogue.step("publish")

    assert answer.status == 200, answer.text
    assert catalogue.statuses() == {OFFER.released: "retired", OFFER.version: "published"}
    assert answer.headers["ETag"] == f'"3-api-product-{OFFER.version}"'


def test_a_product_is_read_with_the_tag_that_its_next_step_takes(catalogue: Catalogue) -> None:
    read = partial(catalogue.platform.call, "GET", QUOTING, by=ANN, clock=None)
    tags = [read().headers["ETag"]]

    for step, by in (("submit", ANN), ("approve", BEN)):
        assert read(headers={"If-None-Match": tags[-1]}).status == 304
        assert catalogue.step(step, by, headers={"If-Match": tags[-1]}).status == 200
        late = catalogue.step(step, by, headers={"If-Match": tags[-1]})
        assert refused(late) == (412, "stale-revision")
        tags.append(read(headers={"If-None-Match": tags[-1]}).headers["ETag"])
    assert len(set(tags)) == 3


def test_applications_see_what_was_published_and_nobodys_name(catalogue: Catalogue) -> None:
    catalogue.step("submit")

    assert catalogue.statuses(PARTNER) == {OFFER.released: "published"}
    assert catalogue.statuses() == {OFFER.released: "published", OFFER.version: "in_review"}
    catalogue.step("approve", BEN)
    catalogue.step("publish")
    [_, seen] = catalogue.read(PARTNER)["versions"]
    assert seen["status"] == "published"
    assert not seen.keys() & {"submitted_by", "approved_by"}


def test_live_and_test_have_lives_of_their_own(catalogue: Catalogue) -> None:
    catalogue.step("submit")

    assert catalogue.statuses(LIVE)[OFFER.version] == "draft"


def test_a_step_that_does_not_follow_is_refused(catalogue: Catalogue) -> None:
    assert refused(catalogue.step("publish")) == (409, "wrong-state")
    assert refused(catalogue.step("submit", version="9.9.9")) == (404, "version-not-found")
    missing = catalogue.step("deprecate", version=OFFER.released)
    assert refused(missing) == (422, "invalid-fields")
    assert [each["pointer"] for each in missing.body["errors"]] == ["/sunset_at"]


def test_what_nobody_knows_is_not_found(handlers: Platform) -> None:
    body = {"version": "0.9.0", "step": "submit", "reason": "planned"}
    path = "/v1/api-products/quotation"

    asked = handlers.call("GET", path, by=PARTNER)
    stepped = handlers.call("POST", f"{path}/steps", body, by=ANN, key="k")

    assert refused(asked) == refused(stepped) == (404, "api-product-not-found")


def test_another_definition_than_was_submitted_is_not_approved(catalogue: Catalogue) -> None:
    catalogue.step("submit")
    app = catalogue.platform.apps["catalogue"]
    other = dict(app.ports.definitions) | {"quoting": "b" * 64}

    with patch.object(app, "ports", type(app.ports)(app.ports.api_products, other)):
        assert refused(catalogue.step("approve", BEN)) == (409, "definition-differs")


def test_a_step_on_what_somebody_else_changed_is_refused(catalogue: Catalogue) -> None:
    stale = {"If-Match": '"0"'}
    catalogue.step("submit")

    assert refused(catalogue.step("submit", headers=stale)) == (412, "stale-revision")


def test_what_somebody_has_is_not_retired_before_its_sunset(catalogue: Catalogue) -> None:
    catalogue.step("deprecate", version=OFFER.released, sunset_at=SUNSET)

    with patch.object(DynamoDBSubscribers, "partners_with", lambda *_: iter(["oak"])):
        early = catalogue.step("retire", version=OFFER.released)
    assert refused(early) == (409, "still-subscribed")
    assert catalogue.step("retire", version=OFFER.released).status == 200
    assert catalogue.statuses()[OFFER.released] == "retired"


def test_products_are_listed_page_by_page(handlers: Platform) -> None:
    first = handlers.call("GET", "/v1/api-products?limit=2", by=PARTNER).body
    rest = handlers.call("GET", f"/v1/api-products?limit=2&after={first['next']}", by=PARTNER).body

    codes = [each["code"] for each in (*first["items"], *rest["items"])]
    assert codes == list(API_PRODUCTS)
    assert "next" not in rest
