"""What a definition promises to programs: all of it but the words and the examples."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from tools.openapi.compatibility.change import Json
from tools.openapi.compatibility.definitions import PRODUCTS

WORDS: Final = frozenset(
    {
        *(
            "description",
            "summary",
            "title",
            "example",
            "examples",
            "tags",
            "links",
            "info",
            "servers",
        ),
        *("openapi", "contact", "license", "x-descriptions", "x-labels", "externalDocs"),
    }
)
NAMES: Final = frozenset(
    {
        *("properties", "patternProperties", "$defs", "schemas", "responses", "headers"),
        *("securitySchemes", "paths", "content", "parameters", "scopes", "flows"),
    }
)
"""What is inside these has names, which may be any words."""


def contract(definition: Mapping[str, Json]) -> dict[str, Any]:
    """The definition without words and examples: two that are equal promise the same."""
    kept: dict[str, Any] = _kept(definition, names=False)
    return kept


def part_of(definition: Mapping[str, Json], product: str) -> dict[str, Any]:
    """The definition with the operations of one API product alone, and what these use."""
    paths = {path: dict(_operations(item, product)) for path, item in definition["paths"].items()}
    paths = {path: item for path, item in paths.items() if item}
    components = definition["components"]
    used = set(_references({"paths": paths}, components))
    callers = {name for each in _each(paths) for scheme in each["security"] for name in scheme}
    shown = {
        kind: {name: each for name, each in named.items() if f"#/components/{kind}/{name}" in used}
        for kind, named in components.items()
    }
    shown["securitySchemes"] = {
        name: each for name, each in components["securitySchemes"].items() if name in callers
    }
    tags = {tag for each in _each(paths) for tag in each["tags"]}
    return {
        **definition,
        "tags": [tag for tag in definition["tags"] if tag["name"] in tags],
        "paths": paths,
        "components": shown,
    }


def digest_of(definition: Mapping[str, Json]) -> str:
    """SHA-256 of what a definition promises."""
    text = json.dumps(contract(definition), sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _kept(value: Json, *, names: bool) -> Json:
    if isinstance(value, Mapping):
        return {
            name: _kept(inner, names=not names and name in NAMES)
            for name, inner in value.items()
            if names or name not in WORDS
        }
    return [_kept(each, names=False) for each in value] if isinstance(value, list) else value


def _operations(item: Mapping[str, Json], product: str) -> Iterator[tuple[str, Json]]:
    for method, operation in item.items():
        if product in operation.get(PRODUCTS, ()):
            yield method, operation


def _each(paths: Mapping[str, Json]) -> Iterator[Json]:
    return (operation for item in paths.values() for operation in item.values())


def _references(root: Json, components: Mapping[str, Json]) -> Iterator[str]:
    """All that is used, and what that uses."""
    seen: set[str] = set()
    waiting: list[Json] = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, Mapping):
            reference = value.get("$ref")
            if isinstance(reference, str) and reference not in seen:
                seen.add(reference)
                _, _, kind, name = reference.split("/")
                waiting.append(components[kind][name])
            waiting += value.values()
    yield from seen
