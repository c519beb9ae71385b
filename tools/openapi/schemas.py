"""The models of requests and answers as schemas of OpenAPI 3.1, each under one name of its own."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from insurance.api.body import Request
from insurance.api.route import Route
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from tools.openapi.limits import bounded, limited

type Json = dict[str, Any]
type Model = tuple[type[BaseModel], JsonSchemaMode]

REFERENCE = "#/components/schemas/"
NULL: Json = {"type": "null"}
_VALUES = frozenset({"default", "enum", "examples", "required"})
"""What stands under these keys of a schema is no schema."""


class NameTaken(Exception):
    """Two schemas would have one name."""


class Schemas(NamedTuple):
    """Every model that the operations name."""

    references: dict[Any, Json]
    components: Json

    def asked(self, request: type[BaseModel]) -> Json:
        """The reference to what callers send."""
        return self.references[(request, "validation")]

    def shown(self, view: type[BaseModel]) -> Json:
        """The reference to what they are answered."""
        return self.references[(view, "serialization")]


def schemas_of(routes: Iterable[Route]) -> Schemas:
    """All models at once, so that each has one name."""
    routes = list(routes)
    asked: list[Model] = [
        (request, "validation") for route in routes if (request := route.input_of(Request))
    ]
    shown: list[Model] = [(route.view, "serialization") for route in routes]
    references, definitions = models_json_schema(
        list(dict.fromkeys(asked + shown)), ref_template=REFERENCE + "{model}"
    )
    found = definitions.get("$defs", {})
    names = schema_names(found)
    links: dict[Any, Json] = {model: cleaned(link, names) for model, link in references.items()}
    components = {names[name]: cleaned(schema, names) for name, schema in found.items()}
    taken = reachable(components, [links[model] for model in asked])
    for name in components.keys() - taken.keys():
        components[name] = without_nulls(components[name])  # the edge leaves out what is None
    for name, schema in components.items():
        if name in taken:
            limited(schema)
        else:
            bounded(name, schema)
    return Schemas(links, with_named_parts(components))


def schema_names(names: Iterable[str]) -> dict[str, str]:
    """Each schema's name in letters and digits, as API Gateway wants them; never two alike.

    Raises:
        NameTaken: Two would have one name.
    """
    renamed: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9]", "", name.rpartition("__")[2] or name)
        if plain in renamed.values():
            raise NameTaken(f"two schemas would be called {plain}")
        renamed[name] = plain
    return renamed


def cleaned(schema: Any, names: dict[str, str]) -> Any:
    """As pydantic writes it, under our names: no titles that repeat them, no default that is null."""
    if not isinstance(schema, dict):
        return schema
    out: Json = {}
    for key, value in schema.items():
        match key:
            case "title":
                pass
            case "default" if value is None:
                pass  # says no more than that the value may be left out
            case "$ref":
                out[key] = REFERENCE + names[value.removeprefix(REFERENCE)]
            case "properties":
                out[key] = {name: cleaned(each, names) for name, each in value.items()}
            case "patternProperties":
                ((pattern, each),) = value.items()
                out["propertyNames"] = {"pattern": pattern}
                out["additionalProperties"] = cleaned(each, names)
            case "anyOf" | "oneOf" | "allOf":
                out[key] = [cleaned(each, names) for each in value]
            case "items" | "additionalProperties":
                out[key] = cleaned(value, names)
            case _:
                out[key] = value
    return out


def without_nulls(schema: Json) -> Json:
    """An answer's schema: what is null is left out, so it is neither nullable nor required."""
    absent = {
        name
        for name, each in schema.get("properties", {}).items()
        if NULL in each.get("anyOf", ())
        or not each.keys() - {"description", "examples"}  # any value, or none
    }
    shown: Json = _not_null(schema)
    if absent & set(schema.get("required", ())):
        shown["required"] = [name for name in schema["required"] if name not in absent]
        if not shown["required"]:
            del shown["required"]
    return shown


def _not_null(value: Any) -> Any:
    """Also inside lists and maps; what had nothing but null beside it comes out."""
    if isinstance(value, list):
        return [_not_null(each) for each in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("anyOf"), list) and NULL in value["anyOf"]:
        rest = {key: each for key, each in value.items() if key != "anyOf"}
        others = [each for each in value["anyOf"] if each != NULL]
        value = {**rest, **(others[0] if len(others) == 1 else {"anyOf": others})}
    return {key: each if key in _VALUES else _not_null(each) for key, each in value.items()}


def with_named_parts(components: Json) -> Json:
    """Enumerations and objects inside a component become components: who generates a client names
    what has no name, and numbers what it has named alike (`Decision1`). One that says what a component
    of its name says is that component.

    Raises:
        NameTaken: Two would have one name.
    """
    parts = _Parts(components, {})
    for name, schema in components.items():
        for key, part in schema.get("properties", {}).items():
            schema["properties"][key] = parts.named(part, name, key)
    return components | parts.found


class _Parts(NamedTuple):
    """The parts that have a name so far."""

    components: Json
    found: Json

    def named(self, part: Json, owner: str, key: str) -> Json:
        """The part with references to what of it has a name now."""
        if "enum" in part or (part.get("type") == "object" and "properties" in part):
            about: Json = {
                each: part.pop(each) for each in ("default", "description") if each in part
            }
            name = self._free(part, owner, key)
            for inner_key, inner in part.get("properties", {}).items():
                part["properties"][inner_key] = self.named(inner, name, inner_key)
            if name not in self.components:
                self.found[name] = part
            return {"$ref": REFERENCE + name, **about}
        for each in ("items", "additionalProperties"):
            if isinstance(part.get(each), dict):
                part[each] = self.named(part[each], owner, key.removesuffix("s"))  # one of them
        for each in ("anyOf", "oneOf", "allOf"):
            if each in part:
                part[each] = [self.named(one, owner, key) for one in part[each]]
        return part

    def _free(self, part: Json, owner: str, key: str) -> str:
        """The name of the part: with its owner's whole name, where the short one says something else."""
        name = _name_within(owner, key)
        if self._says_something_else(name, part):
            name = _with_key(owner, key)
        if name in self.found or self._says_something_else(name, part):
            raise NameTaken(f"two schemas would be called {name}")
        return name

    def _says_something_else(self, name: str, part: Json) -> bool:
        known = self.components.get(name)
        if known is None:
            return False
        return "enum" not in part or set(part["enum"]) != set(known.get("enum", ()))


def _name_within(owner: str, key: str) -> str:
    """`RefundDecisionRequest.decision` is a `RefundDecision`, `ClosureRequest.reason` a `ClosureReason`."""
    base = re.sub(r"(Request|View)$", "", owner)
    whole = _with_key(base, key)
    return base if base != owner and base.endswith(whole.removeprefix(base)) else whole


def _with_key(owner: str, key: str) -> str:
    return owner + "".join(word.capitalize() for word in key.split("_"))


def references(value: Any) -> Iterator[str]:
    """The names of the schemas that a part of a document refers to."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "$ref" and str(each).startswith(REFERENCE):
                yield each.removeprefix(REFERENCE)
            else:
                yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def reachable(schemas: Json, *roots: Any) -> Json:
    """Only the schemas that something uses, in order of their names."""
    seen: set[str] = set()
    waiting = [name for root in roots for name in references(root)]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(references(schemas[name]))
    return {name: schemas[name] for name in sorted(seen)}
