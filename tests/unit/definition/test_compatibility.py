"""What a change of a definition does to its callers: each rule, and the harmless opposite of it."""

from copy import deepcopy
from typing import Any, NamedTuple

import pytest

from tools.openapi.compatibility.change import Change, Effect
from tools.openapi.compatibility.contract import contract, digest_of, part_of
from tools.openapi.compatibility.definitions import changes_between, effect_of
from tools.openapi.compatibility.release import Accepted, faults

type Json = dict[str, Any]

BREAKS, ADDS, NOTHING = Effect.BREAKING, Effect.ADDITIVE, Effect.NONE
OPERATION = "/paths/~1v1~1quotes/post"
SENT = f"{OPERATION}/requestBody/content/application~1json/schema"
READ = f"{OPERATION}/responses/200/content/application~1json/schema"


class Case(NamedTuple):
    name: str
    before: Json
    after: Json
    effect: Effect
    pointer: str


def operation(**changes: Any) -> Json:
    """A definition with one operation, of which some members are others."""
    made: Json = {
        "operationId": "createQuote",
        "parameters": [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {}}}},
        "responses": {"200": {"content": {"application/json": {"schema": {}}}}},
        "security": [{"application": ["quotes:write"]}],
        "x-coverwright-api-products": ["quoting"],
    }
    return {"paths": {"/v1/quotes": {"post": made | changes}}, "components": {"schemas": {}}}


def sent(schema: Json) -> Json:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation(requestBody=body)


def read(schema: Json) -> Json:
    return operation(responses={"200": {"content": {"application/json": {"schema": schema}}}})


def an_object(required: tuple[str, ...] = (), **properties: Json) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def query(**parameter: Any) -> Json:
    return operation(
        parameters=[{"in": "query", "name": "limit", "schema": {"type": "integer"}} | parameter]
    )


def both_ways(name: str, narrow: Json, wide: Json, word: str) -> tuple[Case, Case, Case, Case]:
    """A schema that takes less than another: callers may be taken more widely, and told more narrowly."""
    return (
        Case(f"{name}, narrower in a request", sent(wide), sent(narrow), BREAKS, f"{SENT}/{word}"),
        Case(f"{name}, wider in a request", sent(narrow), sent(wide), ADDS, f"{SENT}/{word}"),
        Case(f"{name}, wider in an answer", read(narrow), read(wide), BREAKS, f"{READ}/{word}"),
        Case(f"{name}, narrower in an answer", read(wide), read(narrow), ADDS, f"{READ}/{word}"),
    )


TEXT, NUMBER = {"type": "string"}, {"type": "number"}
PATHLESS: Json = {"paths": {}, "components": {"schemas": {}}}
OTHER_METHOD: Json = {"paths": {"/v1/quotes": {"get": operation()["paths"]["/v1/quotes"]["post"]}}}
CASES = (
    # ── Operations ──
    Case("an operation is gone", operation(), PATHLESS, BREAKS, OPERATION),
    Case("an operation is new", PATHLESS, operation(), ADDS, OPERATION),
    Case("a method is gone", operation(), OTHER_METHOD, BREAKS, OPERATION),
    Case("a deprecated operation is gone", operation(deprecated=True), PATHLESS, ADDS, OPERATION),
    Case("it is deprecated", operation(), operation(deprecated=True), ADDS, f"{OPERATION}/deprecated"),
    Case("its name changed", operation(), operation(operationId="quote"), BREAKS, f"{OPERATION}/operationId"),
    Case("it is described otherwise", operation(), operation(summary="A quote"), NOTHING, ""),
    # ── Who may call ──
    Case(
        "a scope is asked for",
        operation(),
        operation(security=[{"application": ["quotes:write", "quotes:read"]}]),
        BREAKS,
        f"{OPERATION}/security/application",
    ),
    Case(
        "a scope is no longer asked for",
        operation(security=[{"application": ["quotes:write", "quotes:read"]}]),
        operation(),
        ADDS,
        f"{OPERATION}/security/application",
    ),
    Case(
        "a kind of caller is let in no longer",
        operation(security=[{"application": ["quotes:write"]}, {"staff": ["quotes:write"]}]),
        operation(),
        BREAKS,
        f"{OPERATION}/security/staff",
    ),
    Case(
        "a kind of caller is let in too",
        operation(),
        operation(security=[{"application": ["quotes:write"]}, {"staff": ["quotes:write"]}]),
        ADDS,
        f"{OPERATION}/security/staff",
    ),
    Case(
        "an API product lost the operation",
        operation(),
        operation(**{"x-coverwright-api-products": ["issuance"]}),
        BREAKS,
        f"{OPERATION}/x-coverwright-api-products",
    ),
    Case(
        "an API product has the operation too",
        operation(),
        operation(**{"x-coverwright-api-products": ["quoting", "issuance"]}),
        ADDS,
        f"{OPERATION}/x-coverwright-api-products",
    ),
    Case(
        "a fresh sign-in is asked for",
        operation(),
        operation(**{"x-coverwright-step-up": True}),
        BREAKS,
        f"{OPERATION}/x-coverwright-step-up",
    ),
    # ── Parameters and headers of the request ──
    Case("a parameter is gone", query(), operation(), BREAKS, f"{OPERATION}/parameters/query:limit"),
    Case("an optional parameter more", operation(), query(), ADDS, f"{OPERATION}/parameters/query:limit"),
    Case(
        "a required parameter more",
        operation(),
        query(required=True),
        BREAKS,
        f"{OPERATION}/parameters/query:limit",
    ),
    Case(
        "a header is required",
        query(**{"in": "header"}),
        query(required=True, **{"in": "header"}),
        BREAKS,
        f"{OPERATION}/parameters/header:limit",
    ),
    Case(
        "a parameter is optional now",
        query(required=True),
        query(),
        ADDS,
        f"{OPERATION}/parameters/query:limit",
    ),
    Case(
        "a parameter's type changed",
        query(),
        query(schema={"type": "boolean"}),
        BREAKS,
        f"{OPERATION}/parameters/query:limit/schema/type",
    ),
    Case(
        "a default changed",
        query(schema={"type": "integer", "default": 20}),
        query(schema={"type": "integer", "default": 10}),
        BREAKS,
        f"{OPERATION}/parameters/query:limit/schema/default",
    ),
    Case(
        "there is a default now",
        query(),
        query(schema={"type": "integer", "default": 10}),
        ADDS,
        f"{OPERATION}/parameters/query:limit/schema/default",
    ),
    # ── Bodies ──
    Case("a body is taken no longer", sent({}), operation(requestBody=None), BREAKS, f"{OPERATION}/requestBody"),
    Case("a body is needed", operation(requestBody=None), sent({}), BREAKS, f"{OPERATION}/requestBody"),
    Case(
        "a body may be sent",
        operation(requestBody=None),
        operation(requestBody={"content": {"application/json": {"schema": {}}}}),
        ADDS,
        f"{OPERATION}/requestBody",
    ),
    Case(
        "a body may be left out",
        sent({}),
        operation(requestBody={"content": {"application/json": {"schema": {}}}}),
        ADDS,
        f"{OPERATION}/requestBody/required",
    ),
    Case(
        "a media type is taken no longer",
        operation(requestBody={"required": True, "content": {"application/json": {}, "text/csv": {}}}),
        sent({}),
        BREAKS,
        f"{OPERATION}/requestBody/content/text~1csv",
    ),
    Case("a request lost a property", sent(an_object(a=TEXT)), sent(an_object()), BREAKS, f"{SENT}/properties/a"),
    Case(
        "a request lost a property, and takes any",
        sent(an_object(a=TEXT)),
        sent(an_object() | {"additionalProperties": True}),
        ADDS,
        f"{SENT}/properties/a",
    ),
    Case("an optional property more", sent(an_object()), sent(an_object(a=TEXT)), ADDS, f"{SENT}/properties/a"),
    Case("a required property more", sent(an_object()), sent(an_object(("a",), a=TEXT)), BREAKS, f"{SENT}/properties/a"),
    Case(
        "a property is required now",
        sent(an_object(a=TEXT)),
        sent(an_object(("a",), a=TEXT)),
        BREAKS,
        f"{SENT}/properties/a",
    ),
    Case(
        "a property may be left out",
        sent(an_object(("a",), a=TEXT)),
        sent(an_object(a=TEXT)),
        ADDS,
        f"{SENT}/properties/a",
    ),
    Case(
        "unknown members are refused",
        sent(an_object() | {"additionalProperties": True}),
        sent(an_object()),
        BREAKS,
        f"{SENT}/additionalProperties",
    ),
    # ── Answers ──
    Case("an answer lost a property", read(an_object(a=TEXT)), read(an_object()), BREAKS, f"{READ}/properties/a"),
    Case("an answer has a property more", read(an_object()), read(an_object(("a",), a=TEXT)), ADDS, f"{READ}/properties/a"),
    Case(
        "a property may be absent",
        read(an_object(("a",), a=TEXT)),
        read(an_object(a=TEXT)),
        BREAKS,
        f"{READ}/properties/a",
    ),
    Case(
        "a property is always there",
        read(an_object(a=TEXT)),
        read(an_object(("a",), a=TEXT)),
        ADDS,
        f"{READ}/properties/a",
    ),
    Case(
        "a success is another status",
        operation(),
        operation(responses={"201": {"content": {}}}),
        BREAKS,
        f"{OPERATION}/responses/200",
    ),
    Case(
        "a problem is new",
        operation(responses={"200": {}}),
        operation(responses={"200": {}, "409": {}}),
        ADDS,
        f"{OPERATION}/responses/409",
    ),
    Case(
        "a problem is no longer answered",
        operation(responses={"200": {}, "409": {}}),
        operation(responses={"200": {}}),
        ADDS,
        f"{OPERATION}/responses/409",
    ),
    Case(
        "an answer lost a header",
        operation(responses={"200": {"headers": {"ETag": {}}}}),
        operation(responses={"200": {}}),
        BREAKS,
        f"{OPERATION}/responses/200/headers/ETag",
    ),
    Case(
        "an answer is no longer of a media type",
        operation(responses={"200": {"content": {"text/csv": {}}}}),
        operation(responses={"200": {"content": {}}}),
        BREAKS,
        f"{OPERATION}/responses/200/content/text~1csv",
    ),
    # ── Values ──
    Case("a value is taken no longer", sent({"enum": ["a", "b"]}), sent({"enum": ["a"]}), BREAKS, f"{SENT}/enum"),
    Case("a value more is taken", sent({"enum": ["a"]}), sent({"enum": ["a", "b"]}), ADDS, f"{SENT}/enum"),
    Case("a value more is answered", read({"enum": ["a"]}), read({"enum": ["a", "b"]}), ADDS, f"{READ}/enum"),
    Case("a value is answered no longer", read({"enum": ["a", "b"]}), read({"enum": ["a"]}), ADDS, f"{READ}/enum"),
    Case("a constant is another", sent({"const": "a"}), sent({"const": "b"}), BREAKS, f"{SENT}/enum"),
    *both_ways("a list of values", {"enum": ["a"]}, {}, "enum"),
    *both_ways("a type", {"type": "integer"}, NUMBER, "type"),
    *both_ways("null", {"type": "string"}, {"type": ["string", "null"]}, "type"),
    *both_ways("or null", TEXT, {"anyOf": [TEXT, {"type": "null"}], "description": "x"}, "type"),
    *both_ways("a length", {"maxLength": 10}, {"maxLength": 20}, "maxLength"),
    *both_ways("a length that had no end", {"maxLength": 10}, {}, "maxLength"),
    *both_ways("a least figure", {"minimum": 2}, {"minimum": 1}, "minimum"),
    *both_ways("a pattern", {"pattern": "^a$"}, {}, "pattern"),
    *both_ways("a format", {"format": "date"}, {}, "format"),
    *both_ways("entries that differ", {"uniqueItems": True}, {}, "uniqueItems"),
    *both_ways("entries of a list", {"items": {"maximum": 1}}, {"items": {"maximum": 2}}, "items/maximum"),
    Case("a type is another", sent(TEXT), sent(NUMBER), BREAKS, f"{SENT}/type"),
    Case("a type is another in an answer", read(TEXT), read(NUMBER), BREAKS, f"{READ}/type"),
    Case("a pattern is another", read({"pattern": "^a$"}), read({"pattern": "^b$"}), BREAKS, f"{READ}/pattern"),
    # ── Alternatives ──
    Case(
        "an alternative is taken no longer",
        sent({"oneOf": [TEXT, NUMBER]}),
        sent({"oneOf": [TEXT]}),
        BREAKS,
        f"{SENT}/oneOf/1",
    ),
    Case("an alternative more is taken", sent({"oneOf": [TEXT]}), sent({"oneOf": [TEXT, NUMBER]}), ADDS, f"{SENT}/oneOf/1"),
    Case("an alternative more is answered", read({"oneOf": [TEXT]}), read({"oneOf": [TEXT, NUMBER]}), BREAKS, f"{READ}/oneOf/1"),
    Case("alternatives in another order", sent({"anyOf": [TEXT, NUMBER]}), sent({"anyOf": [NUMBER, TEXT]}), NOTHING, ""),
    Case(
        "null as an alternative",
        read({"anyOf": [TEXT]}),
        read({"anyOf": [TEXT, {"type": "null"}]}),
        BREAKS,
        f"{READ}/type",
    ),
    Case("a part more is asked", sent({"allOf": [{}]}), sent({"allOf": [{}, {}]}), BREAKS, f"{SENT}/allOf"),
    Case("a part more is answered", read({"allOf": [{}]}), read({"allOf": [{}, {}]}), ADDS, f"{READ}/allOf"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_is_what_it_does_to_callers(case: Case) -> None:
    changes = changes_between(case.before, case.after)

    assert effect_of(changes) is case.effect, changes
    assert case.effect is NOTHING or case.pointer in {
        change.pointer for change in changes if change.effect is case.effect
    }
    assert changes_between(case.before, deepcopy(case.before)) == []


def named(**schema: Any) -> Json:
    """A schema that stands under a name, and holds itself."""
    made = sent({"$ref": "#/components/schemas/Risk"})
    schema = {"properties": {"within": {"$ref": "#/components/schemas/Risk"}}} | schema
    return made | {"components": {"schemas": {"Risk": schema}}}


def test_a_schema_that_holds_itself_is_compared_once_and_found_under_its_name() -> None:
    [change] = changes_between(named(maxLength=2), named(maxLength=1))

    assert change.pointer == "/components/schemas/Risk/maxLength"


def test_a_schema_that_is_sent_and_answered_is_compared_for_both() -> None:
    def of(schema: Json) -> Json:
        reference = {"$ref": "#/components/schemas/Risk"}
        made = sent(reference)
        made["paths"]["/v1/quotes"]["post"]["responses"] = {
            "200": {"content": {"application/json": {"schema": reference}}}
        }
        return made | {"components": {"schemas": {"Risk": schema}}}

    changes = changes_between(of({"maxLength": 1}), of({"maxLength": 2}))

    assert sorted(change.effect for change in changes) == [ADDS, BREAKS]


def test_words_and_examples_are_no_promise_but_properties_of_these_names_are() -> None:
    said = read(an_object(description=TEXT | {"description": "What it is"}, example=TEXT))

    kept = contract(said | {"info": {"title": "A"}})

    assert kept == contract(read(an_object(description=TEXT, example=TEXT)))
    assert digest_of(kept) == digest_of(said)
    assert digest_of(kept) != digest_of(read(an_object(example=TEXT)))


def test_the_part_of_an_api_product_has_its_operations_and_what_they_use() -> None:
    whole = named(maxLength=1)
    whole["components"]["schemas"]["Other"] = {}
    whole["components"]["securitySchemes"] = {"application": {}, "machine": {}}
    whole["paths"]["/v1/claims"] = {"post": {"x-coverwright-api-products": ["claims"]}}
    whole["paths"]["/v1/quotes"]["post"]["tags"] = ["Quotes"]
    whole["tags"] = [{"name": "Quotes"}, {"name": "Claims"}]

    part = part_of(whole, "quoting")

    assert part["paths"].keys() == {"/v1/quotes"}
    assert part["components"]["schemas"].keys() == {"Risk"}
    assert part["components"]["securitySchemes"].keys() == {"application"}
    assert part["tags"] == [{"name": "Quotes"}]


GONE = Change(BREAKS, "/paths/~1v1~1quotes/post", "the operation is gone")
ALLOWED = Accepted("/paths/.*/post", "the operation is gone", "Nobody called it.")


@pytest.mark.parametrize(
    ("changes", "allowed", "last", "words"),
    [
        ([], [], "0.9.0", None),
        ([GONE._replace(effect=ADDS)], [], "0.9.0", None),
        ([GONE], [ALLOWED], "0.9.0", None),
        ([GONE], [], "0.9.0", "breaking /paths/~1v1~1quotes/post"),
        ([GONE], [ALLOWED._replace(what="the operation")], "0.9.0", "breaking"),
        ([], [ALLOWED], "0.9.0", "accepted, and not there"),
        ([GONE], [], "1.0.0", "breaking"),
        ([GONE], [ALLOWED], "1.0.0", "make a new major"),
    ],
)
def test_what_breaks_is_accepted_with_a_reason_and_before_1_0_alone(
    changes: list[Change], allowed: list[Accepted], last: str, words: str | None
) -> None:
    found = faults(changes, allowed, last)

    assert bool(found) is (words is not None)
    assert words is None or words in found[0]
