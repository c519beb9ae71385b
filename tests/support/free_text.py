"""The fields of request bodies that a caller fills with words, by the definition; and words that are known again."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from demo.samples import british_iban
from tests.support.definition import definition
from tools.openapi.forms import PLAIN_TEXT

type Json = dict[str, Any]

EMAIL, PHONE = r"^[^@\s]+@[^@\s]+$", r"^\+[1-9][0-9]{6,14}$"
SAID = {EMAIL, PHONE, r"^[!-~]{1,256}$"}
"""Patterns in which a person may be named for all that; any other is a code, a number or an id."""
FILES = {
    "checkProductFiles",
    "draftAccessPolicy",
    "draftProductVersion",
    "importBankStatement",
    "importBankStatusReport",
}
"""Operations that take whole files, or rules, of which none is a caller's word about somebody."""


class Field(NamedTuple):
    """A field of a request body."""

    operation: str
    pointer: str
    """`*` for any name of an object (the first that is there), `-` for any place of a list."""
    pattern: str | None


@cache
def free_texts() -> tuple[Field, ...]:
    """Every field that takes words, of every operation."""
    published = definition()
    schemas = published["components"]["schemas"]
    return tuple(
        dict.fromkeys(
            field
            for methods in published["paths"].values()
            for operation in methods.values()
            if "operationId" in operation and operation["operationId"] not in FILES
            for media in operation.get("requestBody", {}).get("content", {}).values()
            for field in _fields(operation["operationId"], media["schema"], "", schemas)
        )
    )


def _fields(operation: str, schema: Json, pointer: str, schemas: Json) -> Iterator[Field]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    for kind in ("allOf", "anyOf", "oneOf"):
        for one in schema.get(kind, ()):
            yield from _fields(operation, one, pointer, schemas)
    pattern = schema.get("pattern")
    pattern = None if pattern == PLAIN_TEXT else pattern
    words = schema.get("type") == "string" and not {"enum", "const", "format"} & schema.keys()
    if words and (pattern is None or pattern in SAID):
        yield Field(operation, pointer, pattern)
    for name, inner in schema.get("properties", {}).items():
        yield from _fields(operation, inner, f"{pointer}/{name}", schemas)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _fields(operation, schema["additionalProperties"], f"{pointer}/*", schemas)
    if "items" in schema:
        yield from _fields(operation, schema["items"], f"{pointer}/-", schemas)


@cache
def operations() -> dict[tuple[str, str], str]:
    """Method and path to the operation's id."""
    published = definition()
    return {
        (method.upper(), path): operation["operationId"]
        for path, methods in published["paths"].items()
        for method, operation in methods.items()
        if "operationId" in operation
    }


_numbers = count(1)
PARTS: Json = {
    "account": {"iban": "GB33BUKB20201555555555", "holder": "Somebody"},
    "payee": {"name": "Somebody", "iban": "GB33BUKB20201555555555"},
    "address": {"lines": ["1 High Street"], "postcode": "SW1Y 4JH", "country": "GB"},
}
"""What stands around a field where a scene has left it out."""
TOGETHER: Json = {"/postcode": {"name": "Thistledown"}, "/name": {"postcode": "ZE1 0QQ"}}
"""What a search wants beside a field; it is made by that alone."""


def marker(field: Field) -> str:
    """A word for the field that stands nowhere else."""
    number = next(_numbers)
    if field.pointer.endswith("/phone"):
        return f"+4479{number:08}1"
    if field.pointer.endswith("/iban"):
        return british_iban(90_000_000 + number)
    word = f"qz{number:04}xw"
    return f"{word}@marker.example" if "email" in field.pointer else word


def key_of(word: str) -> str:
    """What to look for: the part of a word that is not every word's."""
    return word.partition("@")[0].removeprefix("+").lower()


def marked(field: Field, body: Json, word: str) -> Json | None:
    """The body with the word in the field; None where there is nothing for it to stand in."""
    if field.operation.startswith("search"):
        return {field.pointer[1:]: word, **TOGETHER.get(field.pointer, {})}
    changed = deepcopy(body)
    *steps, last = field.pointer.strip("/").split("/")
    holder: Any = changed
    for step in steps:
        if step == "-" and isinstance(holder, list) and holder:
            holder = holder[0]
            continue
        if isinstance(holder, dict) and step in PARTS and not holder.get(step):
            holder[step] = deepcopy(PARTS[step])
        if not isinstance(holder, dict) or step not in holder:
            return None
        holder = holder[step]
    if last == "*":
        last = next(iter(holder), last)
    if isinstance(holder, list):
        holder[:1] = [word]
    else:
        holder[last] = word
        if last == "iban":
            holder.pop("sort_code", None)
            holder.pop("account_number", None)
    return changed
