"""Path variables, headers and query parameters of an operation, as the definition describes them."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from insurance.api.headers import CLOCK_HEADER, KEY_HEADER, TAGS_LENGTH_MAX
from insurance.api.paging import CURSOR_MAX, PAGE_DEFAULT, PAGE_MAX
from insurance.api.parameters import Parameters
from insurance.api.path import PATH_MAX
from insurance.api.route import Route
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.export import ExportFormat

from tools.openapi.forms import PLAIN_TEXT
from tools.openapi.limits import limited
from tools.openapi.schemas import REFERENCE, cleaned
from tools.words.catalogue import catalogue

type Json = dict[str, Any]


def parameters_of(route: Route) -> list[Json]:
    """Path variables, then headers and query parameters that the route reads."""
    parameters = [_path_parameter(route.path, name) for name in route.path_names]
    if route.writes:
        parameters.append(IDEMPOTENCY_KEY)
    if route.paged:
        parameters += [LIMIT, AFTER]
    parameters += _query_parameters(route)
    if route.if_match:
        parameters.append(IF_MATCH)
    if route.etag:
        parameters.append(IF_NONE_MATCH)
    return [*parameters, CLOCK]


def _query_parameters(route: Route) -> Iterator[Json]:
    """Each field of the route's model."""
    model = route.input_of(Parameters)
    if model is None:
        return
    schema = model.model_json_schema()
    for name, described in schema["properties"].items():
        description = described.pop("description", None)
        if description is None:
            raise ValueError(f"{model.__name__}.{name} has no description")
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": description,
            "schema": limited(_inlined(described, schema.get("$defs", {}))),
        }


def _inlined(described: Json, definitions: Json) -> Json:
    """A parameter's schema without references: enumerations are written out."""
    choices = [described, *described.pop("anyOf", [])]
    merged: Json = {}
    for choice in choices:
        if choice.get("type") != "null":
            name = choice.pop("$ref", "").rpartition("/")[2]
            merged |= definitions.get(name, {}) | choice
    merged.pop("description", None)
    schema: Json = cleaned(merged, {})
    return schema


def _path_parameter(path: str, name: str) -> Json:
    """No form: an id of another one is as unknown as one that was never given. A closed vocabulary is refused as such."""
    schema: Json = {"type": "string", "minLength": 1, "maxLength": PATH_MAX, "pattern": PLAIN_TEXT}
    if name in VOCABULARIES:
        schema = {"$ref": REFERENCE + VOCABULARIES[name].__name__}
    parameter: Json = {"name": name, "in": "path", "required": True, "schema": schema}
    if words := catalogue().of_path(path, name):
        parameter["description"] = words
    return parameter


VOCABULARIES: Mapping[str, type[StrEnum]] = {
    "account": Account,
    "currency": Currency,
    "format": ExportFormat,
}
"""Of path parameters that are no ids; answers have them, too, so that each is a component."""


def _header(name: str, description: str, schema: Json, *, required: bool = False) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string", **schema},
    }


ETAG = '(W/)?"[!#-~]*"'
"""An entity tag as RFC 9110 spells it: another is malformed."""
INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]{5,20}([Zz]|[+-][0-9]{2}:[0-9]{2})$"
"""An instant of RFC 3339. As `format: date-time` a common Python generator makes no operation that has it
in a header."""
IDEMPOTENCY_KEY = _header(
    KEY_HEADER,
    "New for each request; the same again when the same request is repeated. It is stored for 30 days.",
    {"minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
    required=True,
)
CLOCK = _header(
    CLOCK_HEADER,
    "The time it is for this call, in test mode. Live mode refuses it.",
    {"maxLength": 40, "pattern": INSTANT},
)
IF_MATCH = _header(
    "If-Match",
    "The ETag you read: 412 if somebody changed it since.",
    {"maxLength": TAGS_LENGTH_MAX["If-Match"], "pattern": f"^{ETAG}$"},
)
IF_NONE_MATCH = _header(
    "If-None-Match",
    "The ETag you hold: 304 if it is still the latest.",
    {
        "maxLength": TAGS_LENGTH_MAX["If-None-Match"],
        "pattern": rf"^(\*|{ETAG}([ \t]*,[ \t]*{ETAG})*)$",
    },
)
LIMIT: Json = {
    "name": "limit",
    "in": "query",
    "required": False,
    "description": "How many entries a page has at most",
    "schema": {
        "type": "integer",
        "format": "int32",
        "minimum": 1,
        "maximum": PAGE_MAX,
        "default": PAGE_DEFAULT,
    },
}
AFTER: Json = {
    "name": "after",
    "in": "query",
    "required": False,
    "description": "Where the page begins: the `next` of the page before; left out for the first page",
    "schema": {"type": "string", "maxLength": CURSOR_MAX, "pattern": "^[A-Za-z0-9_-]*$"},
}
