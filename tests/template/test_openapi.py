"""openapi.yaml is what the handlers say and what tools can read; the deployed one is what API Gateway can."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from insurance.access.grants import METHODS
from insurance.api.headers import BadHeader, read_expected_revision, read_held_tags
from insurance.api.problems import type_of
from insurance.api.refusals import problems_of
from insurance.api_products import products_of
from insurance.domain.core.caller import CallerKind
from jsonschema import Draft202012Validator

from tools.openapi.__main__ import rendered
from tools.openapi.document import CALLERS
from tools.openapi.gateway import ANY_METHOD
from tools.openapi.handlers import ROOT, handlers, scope_descriptions
from tools.openapi.parameters import IF_MATCH, IF_NONE_MATCH
from tools.openapi.problem import GATEWAYS
from tools.openapi.schemas import REFERENCE, references
from tools.problems.catalogue import catalogue

type Json = dict[str, Any]
type Operations = list[tuple[str, Json]]

ROUTES = 18
SPDX_REFERENCE = r"LicenseRef-[A-Za-z0-9.-]+"
"""A licence that is on SPDX's list of none: a valid expression that package builders take."""
# The product's own questions bound these: what is not asked is refused (events/quoting, claim_intake).
BY_PRODUCT = {
    *("QuoteRequest.answers", "CoverageCheckRequest.facts", "NoticeRequest.facts"),
    "CompletionRequest.facts",
    # Only the body's own limit bounds these.
    *("CoverageCheckRequest.item", "NoticeRequest.item", "CompletionRequest.item"),
    # A mapping is read and bounded by its own schema.
    *("PreviewRequest.mapping", "SourceRequest.mapping"),
}
ACTED_ON = {"parameters", "responses", "security", "x-amazon-apigateway-integration"}
"""Of an operation; API Gateway reads everything else of it for its exports alone."""


def test_the_committed_definitions_are_what_the_handlers_say() -> None:
    for path, text in rendered().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make openapi`"


def test_the_deployed_definition_asks_for_what_the_published_one_asks_for(
    operations: Operations, deployed_operations: Operations
) -> None:
    published, deployed = dict(operations), dict(deployed_operations)

    assert deployed.keys() == published.keys()
    for name, operation in deployed.items():
        asked = {(p["in"], p["name"]) for p in operation.get("parameters", ())}
        assert asked == {
            (p["in"], p["name"])
            for p in published[name]["parameters"]
            if p["required"] and p["in"] != "path"  # what is in the path is always there
        }, name
        for parameter in operation.get("parameters", ()):
            assert parameter["required"] is True, name


def test_the_deployed_definition_lets_in_whom_the_published_one_lets_in(
    operations: Operations, deployed_operations: Operations
) -> None:
    published = dict(operations)

    for name, operation in deployed_operations:
        (requirement,) = operation["security"]
        kinds = set(published[name]["x-coverwright-callers"])
        if "staff" in requirement:
            assert kinds <= {"staff", "machine"}, name
            scopes = [f"coverwright/{scope}" for scope in published[name]["x-coverwright-scopes"]]
            assert requirement == {"staff": scopes}, name
        else:
            assert requirement == {"partner": [], "api_key": []}, name
            assert kinds & {"application", "policyholder", "developer"}, name


def test_the_deployed_definition_has_what_the_gateway_acts_on_and_no_more(
    deployed_definition: Json, deployed_operations: Operations
) -> None:
    assert deployed_definition["openapi"] == "3.0.3"
    assert deployed_definition["components"].keys() == {"securitySchemes"}
    for name, operation in deployed_operations:
        assert operation.keys() <= ACTED_ON, name
        assert operation["responses"] == {}, name


def test_the_published_definition_has_nothing_for_the_gateway_alone(definition: Json) -> None:
    text = json.dumps(definition)

    assert definition["openapi"].startswith("3.1.")
    assert "x-amazon" not in text
    assert "x-api-key" not in text
    assert "Fn::" not in text


def test_callers_prove_who_they_are_as_their_kind_does(
    definition: Json, operations: Operations
) -> None:
    schemes = definition["components"]["securitySchemes"]

    assert schemes.keys() == {kind.value for kind in CallerKind}
    assert (schemes["policyholder"]["type"], schemes["policyholder"]["scheme"]) == (
        "http",
        "bearer",
    )
    for kind in ("application", "machine"):
        flow = schemes[kind]["flows"]["clientCredentials"]
        assert flow["tokenUrl"].endswith("/oauth2/token")
    assert schemes["staff"]["flows"].keys() == {"authorizationCode"}
    for name, operation in operations:
        (scope,) = operation["x-coverwright-scopes"]
        wanted = [f"coverwright/{scope}"]
        assert operation["security"], name
        asked = {kind: scopes for each in operation["security"] for kind, scopes in each.items()}
        assert sorted(asked) == operation["x-coverwright-callers"], name
        assert asked == {kind: [] if kind == "policyholder" else wanted for kind in asked}, name
        for kind in asked.keys() - {"policyholder"}:
            (flow,) = schemes[kind]["flows"].values()
            assert flow["scopes"][wanted[0]] == scope_descriptions()[scope], name


def test_the_definition_says_of_each_operation_which_api_products_have_it(
    operations: Operations,
) -> None:
    said = {
        operation["operationId"]: operation.get("x-coverwright-api-products")
        for _, operation in operations
    }

    assert said == {
        route.operation_id: list(products_of(route.path)) if route.takes_proofs else None
        for handler in handlers()
        for route in handler.routes
    }


def test_the_definition_says_in_words_of_each_operation_who_may_call_it(
    operations: Operations,
) -> None:
    assert CALLERS.keys() == set(CallerKind)
    for name, operation in operations:
        *_, words = re.findall(r"\bFor ([^.]+)[.]", operation["description"])
        said = {kind.value for kind, its in CALLERS.items() if its in words}
        assert sorted(said) == operation["x-coverwright-callers"], name


def test_the_license_is_the_file_and_a_name_that_package_builders_take(definition: Json) -> None:
    license = definition["info"]["license"]

    assert license["name"] == license["identifier"]
    assert re.fullmatch(SPDX_REFERENCE, license["identifier"])
    assert license["identifier"] in (ROOT / "LICENSE").read_text("utf-8")
    assert f'license = "{license["identifier"]}"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_nothing_in_a_header_is_more_than_a_text(operations: Operations) -> None:
    """A Python generator makes no operation that has a `date-time` in a header."""
    for name, operation in operations:
        for parameter in operation["parameters"]:
            if parameter["in"] == "header":
                assert parameter["schema"]["type"] == "string", name
                assert "format" not in parameter["schema"], name


def test_every_enumeration_and_every_object_has_a_name_of_its_own(definition: Json) -> None:
    """Generators number what has none and what has another's: `Decision1`."""
    components = definition["components"]["schemas"]
    nameless = {
        place
        for place, schema in schemas(definition)
        if place not in components
        and ("enum" in schema or (schema.get("type") == "object" and "properties" in schema))
    }

    assert not nameless
    assert not [name for name in components if re.search(r"\d$|(Input|Output)$", name)]
    assert len({name.lower() for name in components}) == len(components)
    assert not [place for place, schema in schemas(definition) if "title" in schema]


def test_every_operation_is_there_once_and_has_a_name(operations: Operations) -> None:
    names = [operation["operationId"] for _, operation in operations]

    assert len(operations) >= ROUTES
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z0-9]+)+", name) for name in names)
    assert all(operation["summary"] for _, operation in operations)


def test_every_operation_calls_the_function_that_answers_it(
    deployed_operations: Operations,
) -> None:
    answered = {
        f"{route.method} {route.path}": handler.logical_id
        for handler in handlers()
        for route in handler.routes
    }
    for name, operation in deployed_operations:
        integration = operation["x-amazon-apigateway-integration"]
        found = re.search(r"\$\{(\w+)\.Alias\}/invocations$", integration["uri"]["Fn::Sub"])
        assert found is not None, name
        assert found[1] == answered[name], name
        assert integration["type"] == "aws_proxy", name
        assert integration["httpMethod"] == "POST", name
        assert "timeoutInMillis" not in integration, name  # 29 seconds are the most there are


def test_tags_stand_in_the_order_of_a_journey_and_each_says_what_is_there(
    definition: Json, operations: Operations
) -> None:
    names = [tag["name"] for tag in definition["tags"]]
    journey = ["Products", "Quotes", "Policies", "Claims", "Settlement", "Payments"]

    assert [name for name in names if name in journey] == journey
    assert all(tag["description"] for tag in definition["tags"])
    assert {tag for _, operation in operations for tag in operation["tags"]} == set(names)
    assert all(len(operation["tags"]) == 1 for _, operation in operations)


def test_every_path_answers_the_methods_it_does_not_have(deployed_definition: Json) -> None:
    for path, item in deployed_definition["paths"].items():
        others = item[ANY_METHOD]
        answer = others["x-amazon-apigateway-integration"]["responses"]["default"]
        allowed = ", ".join(sorted(method.upper() for method in item.keys() - {ANY_METHOD}))
        assert answer["statusCode"] == "405", path
        assert answer["responseParameters"]["method.response.header.Allow"] == f"'{allowed}'", path
        assert (
            answer["responseParameters"]["method.response.header.X-Request-Id"]
            == "context.requestId"
        )
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


def answers_of(operation: Json, definition: Json) -> dict[str, Json]:
    """Status to answer, also where operations share it."""
    shared = definition["components"]["responses"]
    return {
        status: shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
        for status, answer in operation["responses"].items()
    }


def codes_of_schema(media: Json, definition: Json) -> list[str]:
    """The codes that a problem of this schema may have."""
    components = definition["components"]["schemas"]
    problem, narrowed = components[media["schema"]["$ref"].removeprefix(REFERENCE)]["allOf"]
    assert problem == {"$ref": f"{REFERENCE}Problem"}
    assert narrowed["required"] == ["code"]
    codes: list[str] = components[narrowed["properties"]["code"]["$ref"].removeprefix(REFERENCE)][
        "enum"
    ]
    return codes


def test_every_operation_lists_the_codes_that_it_can_answer_with_an_example_of_each(
    operations: Operations, definition: Json
) -> None:
    declared = {
        f"{route.method} {route.path}": problems_of(route)
        for handler in handlers()
        for route in handler.routes
    }
    by_gateway = {problem.slug: problem for problem in GATEWAYS}
    for name, operation in operations:
        found: dict[str, str] = {}
        for status, answer in answers_of(operation, definition).items():
            if status < "400":
                continue
            ((kind, media),) = answer["content"].items()
            assert kind == "application/problem+json", (name, status)
            codes = codes_of_schema(media, definition)
            assert sorted(media["examples"]) == codes, (name, status)
            for shown, code in zip(examples(media, definition), codes, strict=True):
                assert (shown["code"], shown["status"]) == (code, int(status)), name
                assert shown["type"] == type_of(code)
                assert f"`{code}`: {catalogue()[code].means}" in answer["description"]
            found |= dict.fromkeys(codes, status)
            assert "X-Request-Id" in answer["headers"], (name, status)
            assert ("Retry-After" in answer["headers"]) is (status in {"429", "503"}), name
        known = {**declared[name], **by_gateway}
        assert found == {code: str(int(problem.status)) for code, problem in known.items()}, name


def test_every_example_of_a_problem_has_words_of_its_own(definition: Json) -> None:
    shown = {
        name: example["value"]
        for name, example in definition["components"]["examples"].items()
        if "value" in example and "request_id" in example["value"]
    }
    details = [each["detail"] for each in shown.values()]

    assert len(shown) >= 80
    assert (
        len(details) - len(set(details)) <= 1
    )  # invalid-fields and invalid-definition count alike
    assert not [each for each in shown.values() if each["detail"].rstrip(".") == each["title"]]


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
                "uploads",
                "/product-checks",
                "/policy-checks",
                "/replay",
                "/scheduler/runs",
                "/{batch_id}/runs",
                "/{batch_id}/reruns",
                "/screening-runs",
                "/match-runs",
                "/search",
            )
        )
        writes = name.startswith("POST") and not asks
        assert required == ({"Idempotency-Key"} if writes else set()), name


def test_the_gateway_checks_parameters_and_leaves_bodies_to_the_handlers(
    deployed_definition: Json,
) -> None:
    validator = deployed_definition["x-amazon-apigateway-request-validator"]

    assert deployed_definition["x-amazon-apigateway-request-validators"][validator] == {
        "validateRequestParameters": True,
        "validateRequestBody": False,
    }
    assert deployed_definition["x-amazon-apigateway-api-key-source"] == "AUTHORIZER"


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
    deployed_definition: Json,
) -> None:
    schemes = deployed_definition["components"]["securitySchemes"]
    partner = schemes["partner"]["x-amazon-apigateway-authorizer"]

    assert partner["type"] == "request"
    assert partner["authorizerUri"]["Fn::Sub"].endswith("${AuthorizerFunction.Alias}/invocations")
    assert partner["identitySource"] == "method.request.header.Authorization"
    assert 60 <= partner["authorizerResultTtlInSeconds"] <= 300
    assert schemes["staff"]["x-amazon-apigateway-authtype"] == "cognito_user_pools"
    assert schemes["api_key"] == schemes["api_key"] | {"name": "x-api-key", "in": "header"}


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
    components = {"components": {"schemas": definition["components"]["schemas"]}}
    valid: set[str] = set()
    for name, operation in operations:
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        answers = answers_of(operation, definition).values()
        bodies += [answer for answer in answers if answer.get("content")]
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
            return bool({"maxLength", "enum", "const"} & schema.keys())
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


def validator(schema: Json, components: Json) -> Draft202012Validator:
    """A schema of OpenAPI 3.1 is one of JSON Schema."""
    return Draft202012Validator({**schema, **components})


@pytest.mark.parametrize("scheme", ["partner", "staff", "api_key"])
def test_every_scheme_is_used(scheme: str, deployed_operations: Operations) -> None:
    assert any(scheme in operation["security"][0] for _, operation in deployed_operations)


def test_the_authorizer_grants_the_methods_that_the_api_has_and_no_other(
    operations: Operations,
) -> None:
    used = {name.partition(" ")[0] for name, operation in operations if operation.get("security")}

    assert used == set(METHODS)


def test_a_quote_says_where_the_schema_of_its_answers_is(definition):
    """By a link (OpenAPI's, which tools follow) whose operation and parameters exist."""
    operations = {
        operation["operationId"]: (path, operation)
        for path, item in definition["paths"].items()
        for operation in item.values()
    }
    for asked in ("createQuote", "previewQuote", "getProduct"):
        answer = next(iter(operations[asked][1]["responses"].values()))
        link = answer["links"]["answersSchema"]
        path, schema = operations[link["operationId"]]
        assert path == "/v1/products/{product_code}/schema"
        assert link["parameters"].keys() <= {each["name"] for each in schema["parameters"]}
