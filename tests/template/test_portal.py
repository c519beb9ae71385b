"""The developer portal: its files, the API under its own name, and where it signs people in."""

from typing import Any

import pytest

type Json = dict[str, Any]


@pytest.fixture(scope="module")
def config(written: Json) -> Json:
    found: Json = written["Resources"]["PortalDistribution"]["Properties"]["DistributionConfig"]
    return found


def test_the_api_stands_under_the_portals_own_name(config: Json) -> None:
    [behavior] = config["CacheBehaviors"]
    origins = {origin["Id"]: origin for origin in config["Origins"]}
    api = origins[behavior["TargetOriginId"]]

    assert behavior["PathPattern"] == "/v1/*"
    assert behavior["ViewerProtocolPolicy"] == "https-only"
    assert api["CustomOriginConfig"] == {
        "OriginProtocolPolicy": "https-only",
        "OriginSSLProtocols": ["TLSv1.2"],
    }
    assert api["DomainName"]["Fn::Sub"].startswith("${Api}.execute-api.")


def test_no_answer_of_the_api_is_kept_and_its_host_is_not_the_portals(config: Json) -> None:
    [behavior] = config["CacheBehaviors"]

    assert behavior["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
    # AllViewerExceptHostHeader: API Gateway takes its own name alone.
    assert behavior["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def test_no_error_of_the_api_is_replaced_by_a_page(config: Json) -> None:
    assert "CustomErrorResponses" not in config


def test_a_page_asks_the_portal_and_the_sign_in_and_nobody_else(
    written: Json, config: Json
) -> None:
    headers = written["Resources"]["PortalHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    security = headers["SecurityHeadersConfig"]
    policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    assert rules == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self' https://${StaffDomain}.auth.${AWS::Region}.amazoncognito.com",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 63_072_000
    for behavior in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
        assert behavior["ResponseHeadersPolicyId"] == {"Ref": "PortalHeaders"}
