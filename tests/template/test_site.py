"""The site: a private bucket that CloudFront alone reads, and headers that let a page run nothing but its own."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from local.aws.distribution import file_at
from local.aws.template import Template
from local.settings import ROOT
from tests.support.missing import skip_or_fail

type Json = dict[str, Any]

ADDRESSES = [
    *("/docs/", "/docs/index.html", "/docs/problems/wrong-state", "/docs/guides/"),
    *("/docs/assets/a.b.js", "/docs/search/search_index.json", "/docs/quick-start"),
]
RUN = """
const [code, addresses] = process.argv.slice(1).map(String);
const handler = new Function(code + "; return handler;")();
const said = JSON.parse(addresses).map((uri) => handler({ request: { uri } }));
console.log(JSON.stringify(said));
"""


@pytest.fixture(scope="module")
def site(written: Json) -> Json:
    """The properties of the site's resources."""
    return {name: each.get("Properties", {}) for name, each in written["Resources"].items()}


def answers(site: Json, addresses: list[str]) -> list[Json]:
    """What the distribution's function makes of each address."""
    node = shutil.which("node")
    if node is None:
        skip_or_fail("node runs the function's code; this machine has none")
    code = site["SiteAddresses"]["FunctionCode"]
    command = [node, "-e", RUN, code, json.dumps(addresses)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    said: list[Json] = json.loads(done.stdout)
    return said


def test_an_address_leads_to_the_same_file_on_the_stage_and_here(site, tmp_path):
    for address, said in zip(ADDRESSES, answers(site, ADDRESSES), strict=True):
        file = tmp_path / said["uri"].removeprefix("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()

        assert file_at(tmp_path, address.removeprefix("/")) == file, address


def test_who_asks_for_the_site_gets_the_docs(site):
    for said in answers(site, ["/", "/docs"]):
        assert said["statusCode"] == 302
        assert said["headers"]["location"]["value"] == "/docs/"


def test_only_the_distribution_reads_the_bucket(site):
    over_tls, read = site["SiteBucketPolicy"]["PolicyDocument"]["Statement"]

    assert over_tls["Effect"] == "Deny"
    assert (read["Principal"], read["Action"]) == (
        {"Service": "cloudfront.amazonaws.com"},
        "s3:GetObject",
    )
    readers = [arn["Fn::Sub"] for arn in read["Condition"]["StringEquals"]["aws:SourceArn"]]
    assert [arn.rpartition("/")[2] for arn in readers] == [
        "${SiteDistribution}",
        "${PortalDistribution}",
    ]
    [origin] = site["SiteDistribution"]["DistributionConfig"]["Origins"]
    assert origin["OriginAccessControlId"] == {"Fn::GetAtt": ["SiteAccess", "Id"]}
    assert site["SiteAccess"]["OriginAccessControlConfig"]["SigningBehavior"] == "always"


def test_every_answer_carries_the_headers_that_protect_a_reader(site):
    config = site["SiteDistribution"]["DistributionConfig"]
    behaviors = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    for behavior in behaviors:
        assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
        named = behavior["ResponseHeadersPolicyId"]["Ref"]
        headers = site[named]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        policy = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == "'self'", "no script in line, none from elsewhere"
        assert "http" not in policy
        assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 63_072_000
        assert headers["ContentTypeOptions"]["Override"] is True
    assert config["DefaultCacheBehavior"]["ResponseHeadersPolicyId"] == {"Ref": "SiteHeaders"}
    strict = site["SiteHeaders"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert "unsafe" not in strict["ContentSecurityPolicy"]["ContentSecurityPolicy"]


def test_a_domain_of_ones_own_takes_tls_1_2_and_newer():
    named = {
        "DocsUrl": "https://site.insurer.example/docs",
        "PortalUrl": "https://developers.insurer.example/",
        "SiteCertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1",
    }
    stack = Template(ROOT / "template.yaml", overrides=named)
    config = stack.resources["SiteDistribution"].properties["DistributionConfig"]

    assert config["Aliases"] == ["site.insurer.example"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    portal = stack.resources["PortalDistribution"].properties["DistributionConfig"]
    assert portal["Aliases"] == ["developers.insurer.example"]
    assert portal["ViewerCertificate"] == config["ViewerCertificate"]
    assert not stack.broken_rules()
    without = Template(ROOT / "template.yaml", overrides={**named, "DocsUrl": ""})
    assert any("SiteCertificateArn needs DocsUrl" in each for each in without.broken_rules())


def test_problems_name_the_docs_wherever_they_are_served(written):
    own = Template(ROOT / "template.yaml")
    named = Template(ROOT / "template.yaml", overrides={"DocsUrl": "https://site.example/docs"})
    variables = written["Globals"]["Function"]["Environment"]["Variables"]

    assert named.resolve(variables["DOCS_URL"]) == "https://site.example/docs"
    assert "SiteDistribution" in own.resolve(variables["DOCS_URL"])


@pytest.mark.parametrize(
    ("ci", "ends"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)]
)
def test_without_node_ci_fails_and_any_other_machine_skips(site, monkeypatch, ci, ends):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(shutil, "which", lambda _: None)

    with pytest.raises(ends, match="node"):
        answers(site, ["/"])
