"""`product.schema.json`, written from the model: its types, bounds, and the text below each field."""

import ast
import inspect
import json
from collections.abc import Mapping
from decimal import Decimal
from textwrap import dedent
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from insurance.domain.product.definition.model import Definition, Part
from insurance.domain.product.definition.model.part import Field, Keywords
from insurance.products import HERE

SCHEMA = HERE / "product.schema.json"

type Json = dict[str, Any]

TYPES: Mapping[Any, str] = {
    bool: "boolean",
    int: "integer",
    Decimal: "number",
    str: "string",
    NoneType: "null",
}


def schema_text() -> str:
    """The file as it is committed."""
    return json.dumps(written(), indent=2, ensure_ascii=False) + "\n"


def written() -> Json:
    """The JSON Schema of product.json."""
    defs: Json = {}
    root = _object(Definition, defs)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://docs.coverwright.example/schemas/product.schema.json",
        "title": "Coverwright product definition",
        **root,
        "$defs": dict(sorted(defs.items())),
    }


def _object(part: type[Part], defs: Json) -> Json:
    """A part's own schema: closed, with the fields that must be written."""
    fields = part.declared
    said = _texts(part)
    schema: Json = {"type": "object"}
    if part.__doc__ and part is not Definition:
        schema["description"] = _one_line(part.__doc__)
    return schema | {
        "additionalProperties": False,
        "required": [field.key for field in fields.values() if field.required],
        "properties": {
            field.key: _field(field, said.get(name, ""), defs) for name, field in fields.items()
        },
    }


def _field(field: Field, text: str, defs: Json) -> Json:
    annotation = field.annotation
    if not field.required and field.default is None:
        annotation = _without_none(annotation)
    schema = _type(annotation, defs)
    if text:
        schema = {**schema, "description": text}
    plain = isinstance(field.default, bool | int | str) and field.default != ""
    return {**schema, "default": field.default} if plain else schema


def _type(  # noqa: PLR0911 - one return for each kind of annotation
    annotation: Any, defs: Json
) -> Json:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bounded(arguments[0], arguments[1:], defs)
    if origin in {Union, UnionType}:
        return _union(arguments, defs)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _type(arguments[0], defs)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _type(arguments[1], defs)}
    if annotation is object:
        return {}
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return _named(_snake(annotation.__name__), lambda: _object(annotation, defs), defs)
    return {"type": TYPES[annotation]}


def _bounded(annotation: Any, keywords: tuple[Keywords, ...], defs: Json) -> Json:
    """A type with its bounds; under `$defs` where it has a name."""
    named = next((one for one in keywords if one.name), None)
    if named is not None:
        return _named(named.name, lambda: {**_type(annotation, defs), **named.said}, defs)
    schema = _type(annotation, defs)
    for one in keywords:
        schema = {**schema, **one.said}
    return schema


def _named(name: str, make: Any, defs: Json) -> Json:
    if name not in defs:
        defs[name] = {}  # it may name itself while it is made
        defs[name] = make()
    return {"$ref": f"#/$defs/{name}"}


def _union(members: tuple[Any, ...], defs: Json) -> Json:
    """Plain types beside each other, and what an object or a list among them looks like."""
    kinds: list[str] = []
    schema: Json = {}
    for member in members:
        one = _type(member, defs)
        while "$ref" in one:
            one = defs[one["$ref"].rpartition("/")[2]]
        kind = one["type"]
        kinds += kind if isinstance(kind, list) else [kind]
        schema |= {name: value for name, value in one.items() if name != "type"}
    if "number" in kinds and "integer" in kinds:
        kinds.remove("integer")
    if schema.get("items") == {}:
        del schema["items"]
    return {"type": kinds if len(kinds) > 1 else kinds[0], **schema}


def _without_none(annotation: Any) -> Any:
    """Of a field that may be left out: `null` does not stand for its absence."""
    if get_origin(annotation) not in {Union, UnionType}:
        return annotation
    rest = tuple(one for one in get_args(annotation) if one is not NoneType)
    return rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007 - made of a tuple


def _texts(part: type[Part]) -> Mapping[str, str]:
    """The text below each field of a class and of its bases."""
    found: dict[str, str] = {}
    for base in reversed(part.__mro__[:-1]):
        if base is Part:
            continue
        body = ast.parse(dedent(inspect.getsource(base))).body[0]
        name = ""
        for node in body.body if isinstance(body, ast.ClassDef) else ():
            match node:
                case ast.AnnAssign(target=ast.Name(id=target)):
                    name = target
                case ast.Expr(value=ast.Constant(value=str(text))) if name:
                    found[name] = _one_line(text)
                    name = ""
                case _:
                    name = ""
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
