"""What the values of an enumeration mean: the words that stand under them in the domain's code."""

import ast
import itertools
from collections.abc import Iterator, Mapping
from enum import StrEnum
from inspect import cleandoc, getsourcefile
from pathlib import Path


def vocabularies() -> Mapping[str, frozenset[str]]:
    """Every enumeration that is loaded, by its name: its values."""
    return {kind.__name__: frozenset(kind) for kind in _enumerations(StrEnum)}


def words_of(name: str, values: frozenset[str]) -> str:
    """The values of the enumeration with this name that have words of their own, each with them."""
    for kind in _enumerations(StrEnum):
        if kind.__name__ == name and frozenset(kind) == values:
            return " ".join(f"`{value}`: {words}" for value, words in _words_under(kind))
    return ""


def _enumerations(parent: type[StrEnum]) -> Iterator[type[StrEnum]]:
    for kind in parent.__subclasses__():
        if kind.__module__.startswith("insurance."):
            yield kind
        yield from _enumerations(kind)


def _words_under(kind: type[StrEnum]) -> Iterator[tuple[str, str]]:
    source = Path(getsourcefile(kind) or "").read_text(encoding="utf-8")
    (body,) = (
        each.body
        for each in ast.parse(source).body
        if isinstance(each, ast.ClassDef) and each.name == kind.__name__
    )
    for member, below in itertools.pairwise(body):
        match member, below:
            case (
                ast.Assign(targets=[ast.Name(name)]),
                ast.Expr(ast.Constant(str(words))),
            ):
                yield kind[name].value, " ".join(cleandoc(words).split())
