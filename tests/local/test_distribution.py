"""The site's distribution: an address leads to the file that CloudFront would answer."""

import gzip
import json

import httpx
import pytest
from starlette.applications import Starlette

from local.aws.distribution import site_routes
from local.aws.template import Template
from tests.support import loopback
from tests.support.serving import served

TEMPLATE = """
Resources:
  Strict:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: strict
        SecurityHeadersConfig: &headers
          ContentSecurityPolicy: { ContentSecurityPolicy: default-src 'none' }
          FrameOptions: { FrameOption: DENY }
          ReferrerPolicy: { ReferrerPolicy: no-referrer }
  Wider:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: wider
        SecurityHeadersConfig:
          <<: *headers
          ContentSecurityPolicy: { ContentSecurityPolicy: default-src 'self' }
  SiteDistribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        DefaultCacheBehavior: { ResponseHeadersPolicyId: { Ref: Strict } }
        CacheBehaviors: [{ PathPattern: /docs/reference*, ResponseHeadersPolicyId: { Ref: Wider } }]
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("site")
    problems = tmp_path / "site/docs/problems"
    problems.mkdir(parents=True)
    (problems.parent / "index.html").write_text("<p>start")
    (problems.parent / "404.html").write_text("<p>nothing here")
    (problems / "wrong-state.html").write_text("<p>wrong state")
    (tmp_path / "secret.html").write_text("<p>secret")
    template = Template(tmp_path / "template.yaml")
    template.path.write_text(TEMPLATE)
    template.path.with_name("openapi.yaml").write_text(
        "openapi: 3.1.0\nservers: [{url: https://elsewhere.example}]\n"
    )
    routes = site_routes(tmp_path / "site", template, lambda: "http://api", "http://issuer")
    with (
        served(Starlette(routes=routes)) as url,
        httpx.Client(base_url=url, follow_redirects=True, **loopback.LOOPBACK) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/docs/", "start"),
        ("/docs", "start"),
        ("/docs/problems/wrong-state", "wrong state"),
        ("/docs/problems/wrong-state.html", "wrong state"),
    ],
)
def test_an_address_leads_to_its_page(client, path, text):
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert text in answer.text


@pytest.mark.parametrize(
    "path", ["/docs/nothing", "/docs/nothing.png", "/docs/%2e%2e/%2e%2e/secret"]
)
def test_what_is_not_there_is_a_page_that_says_so(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.text) == (404, "<p>nothing here")


def test_a_page_is_compressed_for_who_takes_it_so(client):
    with client.stream("GET", "/docs/", headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())

    assert gzip.decompress(raw) == b"<p>start"


def test_the_definition_names_the_addresses_of_this_stack(client):
    for path in ("/openapi.json", "/docs/openapi.json"):
        assert json.loads(client.get(path).text)["servers"] == [{"url": "http://api"}]


@pytest.mark.parametrize(
    ("path", "source"),
    [("/docs/", "'none'"), ("/docs/nothing", "'none'"), ("/docs/reference", "'self'")],
)
def test_a_page_has_the_headers_of_its_path(client, path, source):
    headers = client.get(path).headers

    assert headers["content-security-policy"] == f"default-src {source}"
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")


def test_a_site_that_is_not_built_says_how_to_build_it(tmp_path):
    template = Template(tmp_path / "template.yaml")
    template.path.write_text("Resources: {}")
    routes = site_routes(tmp_path, template, lambda: "", "")
    with served(Starlette(routes=routes)) as url:
        answer = loopback.get(f"{url}/docs/")

    assert answer.status_code == 404
    assert "make docs" in answer.text
