"""openapi.yaml is what the handlers say, and what API Gateway can import."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from insurance.access.grants import METHODS
from insurance.api.headers import BadHeader, read_expected_revision, read_held_tags
from insurance.api.problems import TYPE_PREFIX
from jsonschema import Draft4Validator

from tools.openapi.__main__ import rendered
from tools.openapi.deployed import deployed
from tools.openapi.downgrade import references
from tools.openapi.gateway import ANY_METHOD
from tools.openapi.handlers import template_functions
from tools.openapi.parameters import IF_MATCH, IF_NONE_MATCH

type Json = dict[str, Any]
type Operations = list[tuple[str, Json]]

ROUTES = 18
FOR_READERS = {"x-coverwright-callers", "x-coverwright-roles"}
ACTED_ON = {"security", "x-amazon-apigateway-integration", "operationId"}
# The product's own questions bound these: what is not asked is refused (events/quoting, claim_intake).
BY_PRODUCT = {
    *("QuoteRequest.answers", "CoverageCheckRequest.facts", "NoticeRequest.facts"),
    "CompletionRequest.facts",
    # Only the body's own limit bounds these.
    *("CoverageCheckRequest.item", "NoticeRequest.item", "CompletionRequest.item"),
}
PROBLEM_STATUSES = {"400", "401", "403", "429", "500"}


def test_the_committed_definitions_are_what_the_handlers_say() -> None:
    for path, text in rendered().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make openapi`"


def test_the_deployed_definition_keeps_all_that_the_gateway_acts_on(definition: Json) -> None:
    lean = deployed(definition)

    assert lean.keys() == definition.keys()
    assert lean["components"].keys() == definition["components"].keys() - {"examples"}
    assert lean["paths"].keys() == definition["paths"].keys()
    for path, item in definition["paths"].items():
        for method, operation in item.items():
            kept = lean["paths"][path][method]
            assert kept.keys() == operation.keys() - FOR_READERS, (path, method)
            assert all(kept[name] == operation[name] for name in ACTED_ON & kept.keys())
    assert not re.search('"examples?": ', json.dumps(lean["paths"]))


def test_every_operation_is_there_once_and_has_a_name(operations: Operations) -> None:
    names = [operation["operationId"] for _, operation in operations]

    assert len(operations) >= ROUTES
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z0-9]+)+", name) for name in names)
    assert all(operation["summary"] for _, operation in operations)


def test_every_operation_calls_the_function_of_its_tag(operations: Operations) -> None:
    folders = {
        logical_id: properties["CodeUri"].removeprefix("functions/")
        for logical_id, properties in template_functions().items()
    }
    for name, operation in operations:
        integration = operation["x-amazon-apigateway-integration"]
        found = re.search(r"\$\{(\w+)\.Alias\}/invocations$", integration["uri"]["Fn::Sub"])
        assert found is not None, name
        assert [folders[found[1]]] == operation["tags"], name
        assert integration["type"] == "aws_proxy", name
        assert integration["httpMethod"] == "POST", name
        assert integration["timeoutInMillis"] <= 29_000, name


def test_every_path_answers_the_methods_it_does_not_have(definition: Json) -> None:
    for path, item in definition["paths"].items():
        others = item[ANY_METHOD]
        answer = others["x-amazon-apigateway-integration"]["responses"]["default"]
        allowed = ", ".join(sorted(method.upper() for method in item.keys() - {ANY_METHOD}))
        assert answer["statusCode"] == "405", path
        assert answer["responseParameters"]["method.response.header.Allow"] == f"'{allowed}'", path
        assert others["security"] == []


def examples(media: Json, definition: Json) -> list[Any]:
    """The media type's own examples, and the shared ones it names."""
    if "example" in media:
        return [media["example"]]
    shared = definition["components"]["examples"]
    return [
        named["value"] if "value" in named else shared[named["$ref"].rpartition("/")[2]]["value"]
        for named in media["examples"].values()
    ]


def test_every_operation_says_what_can_go_wrong(operations: Operations, definition: Json) -> None:
    for name, operation in operations:
        responses = operation["responses"]
        assert responses.keys() >= PROBLEM_STATUSES, name
        for status, response in responses.items():
            if status >= "400":
                (media,) = response["content"].items()
                assert media[0] == "application/problem+json", (name, status)
                for shown in examples(media[1], definition):
                    assert shown["status"] == int(status), (name, status)
                    assert shown["type"].startswith(TYPE_PREFIX), (name, status)
                    assert f"`{shown['code']}`" in response["description"], (name, status)
            if status in {"429", "503"}:
                assert "Retry-After" in response["headers"], (name, status)


def test_commands_want_an_idempotency_key_and_questions_do_not(operations: Operations) -> None:
    for name, operation in operations:
        required = {
            parameter["name"]
            for parameter in operation["parameters"]
            if parameter["in"] == "header" and parameter["required"]
        }
        # A run does what is due, however often it is asked for: there is nothing to repeat.
        asks = name.endswith(
            (
                "/preview",
                "/coverage-checks",
                "-uploads",
                "/product-checks",
                "/scheduler/runs",
                "/screening-runs",
                "/search",
            )
        )
        writes = name.startswith("POST") and not asks
        assert required == ({"Idempotency-Key"} if writes else set()), name


def test_the_gateway_checks_parameters_and_leaves_bodies_to_the_handlers(
    definition: Json,
) -> None:
    validator = definition["x-amazon-apigateway-request-validator"]

    assert definition["x-amazon-apigateway-request-validators"][validator] == {
        "validateRequestParameters": True,
        "validateRequestBody": False,
    }
    assert definition["x-amazon-apigateway-api-key-source"] == "AUTHORIZER"


@pytest.mark.parametrize(
    ("header", "read"),
    [(IF_MATCH, read_expected_revision), (IF_NONE_MATCH, read_held_tags)],
    ids=["If-Match", "If-None-Match"],
)
@pytest.mark.parametrize(
    "sent",
    ['"3-quote"', 'W/"3-quote"', '""', "*", '"1-a", W/"2-b"', '"1-a"\t,"2-b"', '"1-a",', "3", '"a', "", '"é"'],
)  # fmt: skip
def test_entity_tags_are_described_as_they_are_read(header: Json, read: Any, sent: str) -> None:
    try:
        read(sent)
    except BadHeader:
        is_read = False
    else:
        is_read = True

    assert bool(re.search(header["schema"]["pattern"], sent)) == is_read


def test_authorizers_are_asked_at_their_alias_and_kept_for_a_minute_at_least(
    definition: Json,
) -> None:
    schemes = definition["components"]["securitySchemes"]
    partner = schemes["partner"]["x-amazon-apigateway-authorizer"]

    assert partner["type"] == "request"
    assert partner["authorizerUri"]["Fn::Sub"].endswith("${AuthorizerFunction.Alias}/invocations")
    assert partner["identitySource"] == "method.request.header.Authorization"
    assert 60 <= partner["authorizerResultTtlInSeconds"] <= 300
    assert schemes["staff"]["x-amazon-apigateway-authtype"] == "cognito_user_pools"
    assert schemes["api_key"] == schemes["api_key"] | {"name": "x-api-key", "in": "header"}


def test_api_gateway_can_read_every_schema(definition: Json) -> None:
    names = definition["components"]["schemas"].keys()

    assert definition["openapi"] == "3.0.3"
    assert all(re.fullmatch(r"[A-Za-z0-9]+", name) for name in names)
    assert set(references(definition["paths"])) <= names
    for _, schema in schemas(definition):
        assert not {"const", "prefixItems", "discriminator", "examples", "$defs"} & schema.keys()
        assert schema.get("type") != "null"
        assert not isinstance(schema.get("type"), list)
        assert not isinstance(schema.get("exclusiveMinimum"), int) or isinstance(
            schema["exclusiveMinimum"], bool
        )


def test_what_callers_send_is_closed_and_bounded(definition: Json, operations: Operations) -> None:
    """Nothing without an end gets in, in length or in number."""
    sent = requested(definition, operations)
    unbounded = {
        place
        for place, schema in schemas(definition)
        if place.split(".")[0] in sent and not is_bounded(schema)
    }

    assert unbounded == BY_PRODUCT


def test_what_is_answered_says_where_it_ends(definition: Json, operations: Operations) -> None:
    sent = requested(definition, operations)
    endless = {
        place
        for place, schema in schemas(definition)
        if place.split(".")[0] not in sent
        and schema.get("type") in {"string", "integer", "array"}
        and not is_bounded(schema)
    }

    assert not endless


def test_examples_are_real_and_fit_their_schemas(definition: Json, operations: Operations) -> None:
    """They are events that tests play: none may be missing, none may be wrong."""
    components = {"components": {"schemas": _plain(definition["components"]["schemas"])}}
    valid: set[str] = set()
    for name, operation in operations:
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        bodies += [answer for answer in operation["responses"].values() if answer.get("content")]
        for body in bodies:
            for media in body["content"].values():
                assert {"example", "examples"} & media.keys(), name
                assert examples(media, definition), name
                for shown in examples(media, definition):
                    pair = json.dumps([media["schema"], shown])
                    if pair not in valid:  # problems are the same for many operations
                        validator(media["schema"], components).validate(shown)
                        valid.add(pair)


def schemas(definition: Json) -> Iterator[tuple[str, Json]]:
    """Every schema below the components with the place it stands at."""
    for name, schema in definition["components"]["schemas"].items():
        yield from _below(name, schema)


def _below(place: str, schema: Any) -> Iterator[tuple[str, Json]]:
    if not isinstance(schema, dict):
        return
    yield place, schema
    for name, each in schema.get("properties", {}).items():
        yield from _below(f"{place}.{name}", each)
    for key in ("items", "additionalProperties"):
        yield from _below(f"{place}.{key}", schema.get(key))
    for key in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(key, ()):
            yield from _below(place, each)


def requested(definition: Json, operations: Operations) -> set[str]:
    """The components that requests are made of."""
    waiting = [
        name for _, operation in operations for name in references(operation.get("requestBody", {}))
    ]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += references(definition["components"]["schemas"][name])
    return found


def is_bounded(schema: Json) -> bool:
    match schema.get("type"):
        case "string":
            return bool({"maxLength", "enum"} & schema.keys())
        case "integer" | "number":
            return {"format", "minimum", "maximum"} <= schema.keys()
        case "array":
            return "maxItems" in schema
        case "object":
            return (
                "enum" in schema
                or schema.get("additionalProperties") is False
                or "maxProperties" in schema
            )
    return True


def validator(schema: Json, components: Json) -> Draft4Validator:
    """OpenAPI 3.0's schemas are draft 4's but for `nullable`."""
    return Draft4Validator({**_plain(schema), **components})


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    out = {key: _plain(each) for key, each in value.items() if key not in {"nullable", "example"}}
    return {"anyOf": [out, {"type": "null"}]} if value.get("nullable") is True else out


@pytest.mark.parametrize("scheme", ["partner", "staff", "api_key"])
def test_every_scheme_is_used(scheme: str, operations: Operations) -> None:
    assert any(scheme in operation["security"][0] for _, operation in operations)


def test_the_authorizer_grants_the_methods_that_the_api_has_and_no_other(
    operations: Operations,
) -> None:
    used = {name.partition(" ")[0] for name, operation in operations if operation.get("security")}

    assert used == set(METHODS)
