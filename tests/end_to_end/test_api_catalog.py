"""`/.well-known/api-catalog` on the running stack: for anybody, and where it leads to there is something."""

from urllib.parse import urljoin

from insurance.api_products import API_PRODUCTS

from tests.end_to_end.conftest import CallAs

PATH = "/.well-known/api-catalog"


def test_anybody_finds_the_api_products_and_their_state(call_as: CallAs) -> None:
    nobody, partner = call_as(), call_as("harbour-test")

    found, head = nobody.get(PATH), nobody.http.head(PATH)

    assert (found.status_code, head.status_code, head.content) == (200, 200, b"")
    for answer in (found, head):
        assert answer.headers["content-type"].startswith("application/linkset+json")
        assert answer.headers["link"] == '<api-catalog>; rel="api-catalog"'
    [own, *products] = found.json()["linkset"]
    assert urljoin(str(found.url), own["anchor"]) == str(found.url)
    for code, links in zip(API_PRODUCTS, products, strict=True):
        [status] = links["status"]
        state = partner.http.get(urljoin(str(found.url), status["href"]))
        assert (state.status_code, state.json()["code"]) == (200, code)
        [described] = links["service-desc"]
        assert described["href"] == state.json()["definition"]


def test_nothing_else_is_done_with_it(call_as: CallAs) -> None:
    answer = call_as().http.post(PATH)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
