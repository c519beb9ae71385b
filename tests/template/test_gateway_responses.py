"""What the gateway says by itself is a problem too."""

import json
import re
from typing import Any

import botocore.session
import pytest

from local.aws.template import Template
from local.settings import ROOT

type Json = dict[str, Any]

# The gateway's own message arrives quoted and escaped; the request id bare.
CONTEXT = {
    "$context.error.messageString": json.dumps('Missing required request parameters: ["a"]\n'),
    "$context.requestId": "0f0a3e1c-5a1c-4a43-9f6e-3a6d8c1b2e4f",
}
STACK = Template(ROOT / "template.yaml", overrides={"DocsUrl": "https://site.example/docs"})
_SERVICE = botocore.session.get_session().get_service_model("apigateway")
KINDS: list[str] = _SERVICE.shape_for("GatewayResponseType").enum  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def responses(deployed_definition: Json) -> Json:
    found: Json = deployed_definition["x-amazon-apigateway-gateway-responses"]
    return found


def test_every_kind_that_api_gateway_has_is_worded(responses: Json) -> None:
    assert responses.keys() == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_template_renders_to_a_problem(kind: str, responses: Json) -> None:
    response = responses[kind]
    (named,) = response["responseTemplates"].values()
    template = STACK.resolve(named)
    for variable, value in CONTEXT.items():
        template = template.replace(variable, value)

    problem = json.loads(template)

    assert "$" not in template
    assert problem["type"] == f"https://site.example/docs/problems/{problem['code']}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == CONTEXT["$context.requestId"]
    if kind.startswith("DEFAULT_"):
        # A status here would replace those of all other kinds.
        assert "statusCode" not in response
        assert "status" not in problem
    else:
        assert problem["status"] == int(response["statusCode"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_that_it_is_a_problem(kind: str, responses: Json) -> None:
    headers = dict(responses[kind]["responseParameters"])

    assert responses[kind]["responseTemplates"].keys() == {"application/json"}
    assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    assert headers.pop("gatewayresponse.header.X-Request-Id") == "context.requestId"
    assert all(re.fullmatch(r"'[^']*'", value) for value in headers.values())


def test_an_unknown_route_is_a_404_and_a_bad_token_a_401(responses: Json) -> None:
    assert responses["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"
    assert responses["UNAUTHORIZED"]["statusCode"] == "401"
    assert (
        "gatewayresponse.header.WWW-Authenticate" in responses["UNAUTHORIZED"]["responseParameters"]
    )


def test_over_plan_answers_say_when_to_come_back(responses: Json) -> None:
    for kind in ("THROTTLED", "QUOTA_EXCEEDED"):
        seconds = responses[kind]["responseParameters"]["gatewayresponse.header.Retry-After"]
        assert int(seconds.strip("'")) > 0
