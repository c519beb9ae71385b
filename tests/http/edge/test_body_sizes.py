"""One size for each body: what the definition offers goes in through firewall, gateway and handler."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from insurance.api.body import Request
from insurance.api.headers import KEY_HEADER
from insurance.api.requests.risks import RISK_FILE_BYTES_MAX
from insurance.api.route import Route
from insurance.domain.intake.source import MAPPING_BYTES_MAX
from insurance.domain.product.definition.sizes import (
    ANSWERS_BYTES_MAX,
    FACTS_BYTES_MAX,
    LOOKED_UP_BYTES_MAX,
)
from insurance.operations.files.uploads import UPLOAD_BYTES_MAX

from local.aws.gateway.app import BODY_LIMIT
from local.aws.gateway.context import Request as GatewayRequest
from local.aws.gateway.firewall import Firewall
from local.aws.template import Template
from local.aws.workers import PAYLOAD_LIMIT
from tests.support.calls import FOLDERS, Answer
from tests.support.definition import definition as committed
from tests.support.platform import Platform
from tests.support.route_calls import path_of, welcome
from tools.openapi.forms import PLAIN_TEXT

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[3]
PER_CHARACTER = 4
"""Bytes of UTF-8. Longer escapes of a character are counted as the character (insurance.api.body)."""

OF_THE_PRODUCT = {
    "answers": 0,  # what is more than the request takes is uploaded: see below
    "looked_up": LOOKED_UP_BYTES_MAX,
    "facts": FACTS_BYTES_MAX,  # and the item that a claim names, both together
    "item": 0,
    "mapping": MAPPING_BYTES_MAX,  # and an author's own
}
"""What a product asks has the product's own bounds, which are checked before it is published."""


@cache
def definition(name: str = "openapi.yaml") -> Json:
    return committed(name)


def largest(schema: Json) -> int:
    """The most bytes of a value that the schema lets through. Fails where it names no limit."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return largest(definition()["components"]["schemas"][name])
    choices = [*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if choices:
        return max(map(largest, choices))
    if "enum" in schema:
        return max(len(json.dumps(value)) for value in schema["enum"])
    return LARGEST[schema["type"]](schema)


def largest_object(schema: Json) -> int:
    size = len("{}")
    for name, inner in schema.get("properties", {}).items():
        bound = OF_THE_PRODUCT.get(name)
        size += AROUND_A_FIELD + len(name) + (largest(inner) if bound is None else bound)
    others = schema.get("additionalProperties", False)
    if others is not False:
        name_max = 64
        size += int(schema["maxProperties"]) * (AROUND_A_FIELD + name_max + largest(others))
    return size


AROUND_A_FIELD = len('"":,')
LARGEST: Mapping[str, Callable[[Json], int]] = {
    "string": lambda schema: len('""') + PER_CHARACTER * int(schema["maxLength"]),
    "integer": lambda _: len("-9007199254740991"),
    "boolean": lambda _: len("false"),
    "null": lambda _: len("null"),
    "array": lambda schema: len("[]") + int(schema["maxItems"]) * (1 + largest(schema["items"])),
    "object": largest_object,
}


@pytest.fixture(scope="module")
def routes(loaded: Platform) -> list[Route]:
    """Those with a body."""
    every = [route for folder in FOLDERS for route in loaded.apps[folder].api.routes]
    return [route for route in every if route.method == "POST"]


@pytest.fixture(scope="module")
def one_of_each_limit(routes: list[Route]) -> list[Route]:
    return list({limit_of(route): route for route in routes}.values())


def limit_of(route: Route) -> int:
    request = route.input_of(Request)
    return request.BYTES_MAX if request else Request.BYTES_MAX


def send(loaded: Platform, route: Route, body: str) -> Answer:
    headers = {KEY_HEADER: "key"} if route.writes else {}
    caller = welcome(route)
    return loaded.call(
        "POST", path_of(route), body, key=None, by=caller, headers=headers, clock=None
    )


def test_what_the_definition_offers_fits_into_the_body_that_the_handler_takes(
    routes: list[Route],
):
    for route in routes:
        operation = definition()["paths"][route.path]["post"]
        if "requestBody" not in operation:
            continue
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        assert largest(schema) <= limit_of(route), route.operation_id
        said = operation["requestBody"]["description"]
        assert f"{limit_of(route):,} bytes" in said, route.operation_id


def test_what_a_product_asks_and_no_request_takes_is_uploaded(routes: list[Route]):
    """Wherever answers are sent, an upload may be named in their place, and takes as much as a product may ask."""
    for route in routes:
        request = route.input_of(Request)
        if request and "answers" in request.model_fields:
            assert "upload_id" in request.model_fields, route.operation_id

    assert len('{"answers":}') + ANSWERS_BYTES_MAX <= RISK_FILE_BYTES_MAX <= UPLOAD_BYTES_MAX


def padded(size: int) -> str:
    """An object of this many bytes, which no request has."""
    return '{"a":"' + "x" * (size - len('{"a":""}')) + '"}'


def test_a_body_up_to_the_limit_is_read_and_a_longer_one_is_a_413_that_says_the_limit(
    loaded: Platform, routes: list[Route]
):
    for route in routes:
        most = limit_of(route)
        taken = send(loaded, route, padded(most))
        refused = send(loaded, route, padded(most + 1))

        assert taken.status not in {403, 413}, route.operation_id
        assert (refused.status, refused.code) == (413, "body-too-large"), route.operation_id
        assert f"{most:,} bytes" in refused.body["detail"], route.operation_id
        assert refused.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("character", "escape"),
    [("\U0001f697", "\\ud83d\\ude97"), ("車", "\\u8eca"), ("é", "\\u00e9")],
    ids=["a pair", "three bytes", "two bytes"],
)
def test_an_escape_counts_as_the_character_that_it_stands_for(
    character: str, escape: str, loaded: Platform, one_of_each_limit: list[Route]
):
    for route in one_of_each_limit:
        characters = (limit_of(route) - len('{"a":""}')) // len(character.encode())
        taken = send(loaded, route, f'{{"a":"{escape * characters}"}}')
        refused = send(loaded, route, f'{{"a":"{escape * (characters + 3)}"}}')

        assert taken.status not in {403, 413}, route.operation_id
        assert refused.code == "body-too-large", route.operation_id


def test_an_escaped_backslash_is_no_escape_of_what_follows_it(
    loaded: Platform, one_of_each_limit: list[Route]
):
    backslashes = "\\\\u8eca"

    for route in one_of_each_limit:
        times = limit_of(route) // len(backslashes)
        refused = send(loaded, route, f'{{"a":"{backslashes * times}"}}')
        assert refused.code == "body-too-large", route.operation_id


LONGEST = {
    "of the longest escapes": "\\ud83d\\ude97",
    "of quotes, each escaped again in the event": '\\"',
    "of the longest characters": "\U0001f697",
}


@pytest.mark.parametrize("text", LONGEST.values(), ids=list(LONGEST))
def test_firewall_gateway_and_lambda_let_every_body_through_that_the_handler_takes(
    text: str, routes: list[Route]
):
    acl = next(Template(ROOT / "template.yaml").of_type("AWS::WAFv2::WebACL"))
    firewall = Firewall(acl.properties)
    per_text = len(json.loads(f'"{text}"').encode()) if "\\u" in text else len(text.encode())
    for route in routes:
        body = text.encode() * (limit_of(route) // per_text)
        sent = GatewayRequest(
            method="POST",
            path=path_of(route),
            query="",
            headers=(("content-type", "application/json"),),
            body=body,
            source_ip="127.0.0.1",
            protocol="HTTP/1.1",
            scheme="https",
            stage="dev",
        )

        assert not firewall.blocks(sent), route.operation_id
        assert len(body) <= BODY_LIMIT, route.operation_id
        event = json.dumps(sent.event(()), ensure_ascii=False).encode()
        assert len(event) <= PAYLOAD_LIMIT, route.operation_id


def test_the_gateways_own_413_says_the_limits(routes: list[Route]):
    responses = definition("openapi.deployed.yaml")["x-amazon-apigateway-gateway-responses"]
    template = responses["REQUEST_TOO_LARGE"]["responseTemplates"]["application/json"]

    said = json.loads(template["Fn::Sub"][0])  # the address of the docs is put in on AWS
    assert (said["status"], said["code"]) == (413, "body-too-large")
    for most in {limit_of(route) for route in routes}:
        assert f"{most:,}" in said["detail"]


HEADER_BYTES = 10_240 - 4_096
"""What API Gateway takes of address and headers, less the access token and what clients send by themselves."""
ESCAPED_IN_AN_ADDRESS = 3
"""Bytes of an address for one byte of UTF-8, at most."""


def test_an_address_with_its_longest_parameters_fits_beside_the_headers():
    for path, item in definition()["paths"].items():
        for operation in item.values():
            size = len(path)
            for parameter in operation.get("parameters", ()):
                schema = parameter["schema"]
                # Cursors are ours, of ASCII; so are forms and times.
                has_form = "format" in schema or schema.get("pattern", PLAIN_TEXT) != PLAIN_TEXT
                ascii_only = parameter["name"] == "after" or has_form
                per_character = 1 if ascii_only else PER_CHARACTER
                longest = (
                    max(map(len, schema["enum"]))
                    if "enum" in schema
                    else schema.get("maxLength", len("-9007199254740991"))
                )
                size += len(parameter["name"]) + len("&=")
                size += ESCAPED_IN_AN_ADDRESS * per_character * longest
            assert size <= HEADER_BYTES, (path, size)
