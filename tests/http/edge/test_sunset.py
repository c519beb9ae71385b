"""What a deprecated API product says in every answer, and that it ends when it said."""

import json
from typing import Any

import pytest
from insurance.api.route import Route
from insurance.api_products import API_PRODUCTS, SHARED_PATHS
from insurance.domain.core.caller import CallerKind

from tests.support.calls import FOLDERS, PARTNER, application, policyholder
from tests.support.platform import Platform
from tests.support.route_calls import IDS, call

type Json = dict[str, Any]

DEPRECATED_AT, SUNSET_AT = 1_798_761_600, 1_830_297_600  # the turns of 2027 and 2028
BEFORE, AFTER = "2027-12-31T23:59:59Z", "2028-01-01T00:00:00Z"
NOTICE = ["quoting", DEPRECATED_AT, SUNSET_AT, "/v2/quotes"]
EVERYTHING = {path: NOTICE for offer in API_PRODUCTS.values() for path in offer.paths}
HEADERS = ("Deprecation", "Sunset", "Link")


def ending(caller: Json, **notices: list[Any]) -> Json:
    return caller | {"notices": json.dumps(notices or EVERYTHING)}


def test_every_answer_says_since_when_until_when_and_where_to_go_on(handlers: Platform) -> None:
    ends = ending(PARTNER, **{"/v1/products": NOTICE})

    answer = handlers.call("GET", "/v1/products", by=ends, clock=BEFORE)

    assert answer.status == 200
    assert answer.headers["Deprecation"] == "@1798761600"  # RFC 9745
    assert answer.headers["Sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"  # RFC 8594
    problem = handlers.call("GET", "/v1/products/nothing", by=PARTNER)
    page = problem.body["type"].partition("/problems")[0]
    assert answer.headers["Link"].split(", ") == [
        f'<{page}/catalogue#quoting>; rel="deprecation"; type="text/html"',
        f'<{page}/catalogue#quoting>; rel="sunset"; type="text/html"',
        '</v2/quotes>; rel="successor-version"',
    ]


def test_a_refusal_says_it_too_and_without_a_successor_nothing_of_one(handlers: Platform) -> None:
    ends = ending(PARTNER, **{"/v1/products": [*NOTICE[:3], ""]})

    answer = handlers.call("GET", "/v1/products/nothing", by=ends, clock=BEFORE)

    assert answer.status == 404
    assert answer.headers["Deprecation"] == "@1798761600"
    assert "successor" not in answer.headers["Link"]


def test_what_does_not_end_says_nothing(handlers: Platform) -> None:
    ends = ending(PARTNER, **{"/v1/quotes": NOTICE})

    answer = handlers.call("GET", "/v1/products", by=ends, clock=AFTER)

    assert answer.status == 200
    assert not answer.headers.keys() & set(HEADERS)


def test_from_its_sunset_on_it_is_gone(handlers: Platform) -> None:
    ends = ending(PARTNER, **{"/v1/products": NOTICE})

    answer = handlers.call("GET", "/v1/products", by=ends, clock=AFTER)

    assert (answer.status, answer.code) == (410, "api-product-retired")
    assert "/v2/quotes" in answer.body["detail"]
    assert answer.headers["Sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"


def test_who_sets_their_clock_back_is_not_served_what_has_ended(handlers: Platform) -> None:
    ends = ending(PARTNER, **{"/v1/products": ["quoting", 1_600_000_000, 1_700_000_000, ""]})

    answer = handlers.call("GET", "/v1/products", by=ends, clock="2023-01-01T00:00:00Z")

    assert (answer.status, answer.code) == (410, "api-product-retired")


@pytest.fixture(scope="module")
def routes(loaded: Platform) -> list[Route]:
    found = [route for folder in FOLDERS for route in loaded.apps[folder].api.routes]
    return [route for route in found if route.takes_proofs]


def test_every_operation_of_a_product_that_ended_is_gone_before_anything_is_read(
    loaded: Platform, routes: list[Route]
) -> None:
    ended = {path: ["quoting", 1, 2, ""] for path in EVERYTHING}
    for route in routes:
        if route.path.startswith(SHARED_PATHS):
            continue
        if CallerKind.APPLICATION in route.callers:
            caller = application("app_test_one", "harbour", scopes=route.scope)
        else:
            caller = policyholder(IDS["policy_id"]) | {"scopes": route.scope}
        answer = call(loaded, route, caller=ending(caller, **ended))
        assert (answer.status, answer.code) == (410, "api-product-retired"), route.path
