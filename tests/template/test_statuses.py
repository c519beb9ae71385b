"""`status` is one thing everywhere: the state of the life of the object that has it, from a closed list."""

from collections.abc import Iterator
from typing import Any, get_args

from insurance.api.parameters import Parameters

from tools.openapi.handlers import handlers

type Json = dict[str, Any]

PROBLEMS = ("Problem",)
"""Their `status` is HTTP's (RFC 9457)."""


def forms(field: Json, schemas: Json) -> Iterator[Json]:
    """What a field may be, references followed, without null."""
    while "$ref" in field:
        field = schemas[field["$ref"].rpartition("/")[2]]
    inner = [*field.get("anyOf", ()), *field.get("oneOf", ())]
    if not inner:
        yield field
    for each in inner:
        if each.get("type") != "null":
            yield from forms(each, schemas)


def statuses(schemas: Json) -> Iterator[tuple[str, str, Json]]:
    """Every field that is a status, or somebody else's."""
    for schema, described in schemas.items():
        if not schema.endswith(PROBLEMS):
            for name, field in described.get("properties", {}).items():
                if name == "status" or name.endswith("_status"):
                    yield schema, name, field


def test_a_status_is_one_value_of_a_closed_list(definition):
    schemas = definition["components"]["schemas"]
    checked = 0
    for schema, name, field in statuses(schemas):
        for form in forms(field, schemas):
            assert form.get("type") == "string", f"{schema}.{name}"
            assert form.get("enum"), f"{schema}.{name}"
            checked += 1
    assert checked > 25


def test_who_shows_the_status_of_another_says_whose_it_is(definition):
    """A change, a notice or a kept report has a life of its own, or none: `policy_status`, `payment_status`."""
    schemas = definition["components"]["schemas"]
    by_values: dict[tuple[str, ...], set[str]] = {}
    for schema, name, field in statuses(schemas):
        if name == "status":
            values = tuple(sorted(v for form in forms(field, schemas) for v in form["enum"]))
            by_values.setdefault(values, set()).add(schema.removesuffix("View"))

    for owners in by_values.values():
        kinds = {
            KINDS.get(owner, owner.removesuffix("Row").removesuffix("Line")) for owner in owners
        }
        assert len(kinds) == 1, f"one list of states, and several kinds of object: {owners}"


KINDS = {
    "AccessPolicy": "Reviewed",
    "AccessPolicyEntry": "Reviewed",
    "ApplicationEntry": "Application",
    "CorrectedQuote": "Quote",
    "Credentials": "Application",
    "Draft": "ProductVersion",
    "Row": "Row",
    "Source": "Reviewed",
    "SourceEntry": "Reviewed",
    "VersionFiles": "ProductVersion",
    "OpenedRow": "Row",
    "PaymentReport": "Payment",
    "Redress": "Payment",
    "Refund": "Payment",
    "WebhookSecret": "Webhook",
}
"""Views of one kind of object under several names: redress and refunds are payments of ours; access policies and
sources of data are texts that one writes and another puts in force."""


def test_a_list_is_filtered_by_the_status_that_it_shows():
    """`?status=` takes the values of the entries' `status`, and no others."""
    checked = 0
    for handler in handlers():
        for route in handler.routes:
            model = route.input_of(Parameters)
            if not (route.paged and model and "status" in model.model_fields):
                continue
            entry = get_args(route.view.model_fields["items"].annotation)[0]
            shown = entry.model_fields["status"].annotation
            asked = [
                each
                for each in get_args(model.model_fields["status"].annotation)
                if each is not type(None)
            ]
            assert asked == [shown], route.operation_id
            checked += 1
    assert checked >= 6
