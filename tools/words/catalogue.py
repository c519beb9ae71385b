"""The words of the definition: one sentence or two for each property and path parameter (*.yaml).

A property has the words of its schema's entry, else those that its name has everywhere. They stand outside the
models, so that no function carries them.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tools.words.vocabulary import words_of

type Json = dict[str, Any]
type Words = Mapping[str, str]

FOLDER = Path(__file__).parent
EVERYWHERE, PATH, ITSELF = "everywhere", "path", "itself"
"""Entries that are no schema; and the key of what is said of a schema, where its docstring is for engineers."""


class Catalogue(NamedTuple):
    """Every file together."""

    everywhere: Words
    """By the name of a property that means the same in each schema."""
    path: Words
    """By the name of a path parameter, or the segment before it and its name: `notices/number`."""
    of_schema: Mapping[str, Words]
    """By the names of a schema and its property."""

    def of_property(self, schema: str, name: str) -> str | None:
        return self.of_schema.get(schema, {}).get(name) or self.everywhere.get(name)

    def of_path(self, path: str, name: str) -> str | None:
        before = path.partition(f"/{{{name}}}")[0].rpartition("/")[2]
        return self.path.get(f"{before}/{name}") or self.path.get(name)

    def entries(self) -> Iterator[tuple[str, str]]:
        """Each schema and property that has words of its own."""
        for schema, words in self.of_schema.items():
            yield from ((schema, name) for name in words)


@cache
def catalogue() -> Catalogue:
    """The words of every file.

    Raises:
        ValueError: Two files describe one schema.
    """
    whole: dict[str, dict[str, str]] = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        for schema, words in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            if schema in whole:
                raise ValueError(f"{file.name}: {schema} is described in another file, too")
            whole[schema] = words
    return Catalogue(whole.pop(EVERYWHERE), whole.pop(PATH), whole)


def describe(components: Json) -> None:
    """Give each schema and property its words; a property that says something already keeps that.

    Raises:
        ValueError: A property has none.
    """
    words, silent = catalogue(), []
    for schema, component in components.items():
        said = words.of_schema.get(schema, {}).get(ITSELF, component.get("description"))
        if "enum" in component:
            said = " ".join(filter(None, (said, words_of(schema, frozenset(component["enum"])))))
        if said:
            component["description"] = " ".join(said.split())
        for name, part in component.get("properties", {}).items():
            found = part.get("description") or words.of_property(schema, name)
            if found:
                part["description"] = found
            else:
                silent.append(f"{schema}.{name}")
    if silent:
        raise ValueError(f"{FOLDER.name}/*.yaml: say what each is: {', '.join(silent)}")
