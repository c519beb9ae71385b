"""The portal as its distribution serves it: its files with the template's headers, and the API under the same name."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from local.aws.distribution import portal_routes
from local.aws.template import Template
from local.settings import ROOT
from tests.support import loopback
from tests.support.serving import served
from tools.portal.files import changelog, files


async def api(scope, receive, send) -> None:
    """Says what it was asked."""
    request = Request(scope, receive)
    asked = [request.method, request.url.path, request.headers.get("authorization")]
    answer = JSONResponse([*asked, (await request.body()).decode()], 201, {"X-Request-Id": "one"})
    await answer(scope, receive, send)


@pytest.fixture(scope="module")
def client(tmp_path_factory) -> Iterator[httpx.Client]:
    site = tmp_path_factory.mktemp("site")
    (site / "portal" / "assets").mkdir(parents=True)
    (site / "portal" / "index.html").write_text("<p>portal")
    (site / "portal" / "assets" / "index.js").write_text("1")
    routes = portal_routes(site, Template(ROOT / "template.yaml"), lambda: api, "http://issuer")
    with (
        served(Starlette(routes=routes)) as url,
        httpx.Client(base_url=url, follow_redirects=True, **loopback.LOOPBACK) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("path", "text"),
    [("/portal", "<p>portal"), ("/portal/", "<p>portal"), ("/portal/assets/index.js", "1")],
)
def test_its_files_come_with_the_headers_of_the_template(
    client: httpx.Client, path: str, text: str
) -> None:
    answer = client.get(path)

    assert answer.text == text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "trusted-types 'none'" in policy
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/portal/nothing.js", "/portal/..%2f..%2fsecret"])
def test_what_is_no_file_of_it_is_not_there(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_it_is_told_whom_to_ask(client: httpx.Client) -> None:
    assert client.get("/portal/configuration.json").json() == {
        "sign_in": "http://issuer",
        "client_id": "coverwright-local-PortalClient",
        "docs": "http://issuer/docs",
    }


def test_a_call_goes_on_to_the_api_as_it_is(client: httpx.Client) -> None:
    headers = {"Authorization": "Bearer token"}
    answer = client.post("/v1/quotes/preview", content="{}", headers=headers)

    assert (answer.status_code, answer.headers["x-request-id"]) == (201, "one")
    assert answer.json() == ["POST", "/v1/quotes/preview", "Bearer token", "{}"]


def test_a_portal_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    routes = portal_routes(tmp_path, Template(ROOT / "template.yaml"), lambda: api, "")
    with served(Starlette(routes=routes)) as url:
        answer = loopback.get(f"{url}/portal/")

    assert (answer.status_code, "make portal" in answer.text) == (404, True)


def test_what_it_reads_says_what_the_docs_say() -> None:
    made = files()

    assert {"code", "owner", "plans"} <= made["api-products.json"][0].keys()
    assert {"code", "title", "status", "means"} == made["problems.json"][0].keys()
    assert made["examples.json"]["personal_motor"]["registration"]
    assert made["changelog.json"][0]["title"].startswith("0.10.0")
    assert "](" not in json.dumps(made["changelog.json"])


def test_a_changelog_is_read_by_releases_parts_and_items() -> None:
    text = "# C\n\nWords.\n\n## 2.0\n\n### Added\n- `a` of\n  two [lines](x.md)\n- b\n\n## 1.0\n### Fixed\n- c\n"

    assert changelog(text) == [
        {"title": "2.0", "parts": [{"title": "Added", "items": ["`a` of two lines", "b"]}]},
        {"title": "1.0", "parts": [{"title": "Fixed", "items": ["c"]}]},
    ]
