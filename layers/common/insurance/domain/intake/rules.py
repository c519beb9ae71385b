"""Rules and values of a mapping: expressions in the language of products, as functions."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from insurance.domain.core.errors import FieldFault
from insurance.domain.intake.document import Column, MappingRule, escaped
from insurance.domain.intake.fields import CompiledField
from insurance.domain.product.faults import InvalidProduct, refuse
from insurance.domain.product.language import expression
from insurance.domain.product.language.kinds import TEXT, Kind, Term, Type
from insurance.domain.product.language.plain_function import plain_function
from insurance.domain.product.language.terms import expect

type Values = Sequence[Any]
"""Of fields, by their places."""


class FieldNames:
    """The port `Names` of the language, over fields or columns. It notes which were used."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        self._terms = terms
        self.used: set[str] = set()

    def find(self, name: str) -> Term | None:
        term = self._terms.get(name)
        if term is not None:
            self.used.add(name)
        return term

    def names(self) -> Iterable[str]:
        return self._terms

    def table(self, name: str, keys: list[Term]) -> Term | None:  # noqa: ARG002 - there are none
        return None

    def tables(self) -> Iterable[str]:
        return ()

    def guard(self) -> str:
        """That every used name has a value where it must have one: else the row has its reason already."""
        codes = [
            self._terms[name].code
            for name in sorted(self.used)
            if not self._terms[name].type.optional and self._terms[name].code[1:].isalnum()
        ]
        return " and ".join(f"{code} is not None" for code in codes)

    def function(self, source: str) -> Callable[[Any], Any]:
        """Of fields by their places, or of cells by their headings."""
        codes = sorted(self._terms[name].code for name in self.used)
        places = [f"{code} = f[{code[1:]}]" for code in codes if code[1:].isalnum()]
        return plain_function(source, "f", places)


class Condition(NamedTuple):
    """A rule's `when`: as code over variables `f0`, `f1`, … or the cells `f`, and as a function."""

    source: str
    holds: Callable[[Any], bool]
    used: frozenset[str]
    """The names of fields, or of columns, that it speaks of."""


class Worked(NamedTuple):
    """An expression that gives a value, or None where a field that it needs has none."""

    source: str
    work: Callable[[Any], Any]
    type: Type
    used: frozenset[str]
    """The names of fields, or of columns, that it speaks of."""


class Put(NamedTuple):
    """What a rule cleans: a column by its heading, or a field by its place."""

    target: Any
    work: Callable[[Any], Any]


class RowRule(NamedTuple):
    rule: MappingRule
    when: Condition
    puts: tuple[Put, ...] = ()
    key: tuple[int, ...] = ()
    """Of a rule across rows: the places of its fields."""


def terms_of(fields: Sequence[CompiledField]) -> dict[str, Term]:
    """Fields by name, each as a variable numbered by its place among all."""
    return {field.name: Term(f"f{place}", field.kind) for place, field in enumerate(fields)}


def terms_of_columns(columns: Mapping[str, Column]) -> dict[str, Term]:
    """Columns by the names that expressions have for them: text, empty where a row has none.

    Raises:
        InvalidProduct: Two columns have one name.
    """
    terms: dict[str, Term] = {}
    for heading, column in columns.items():
        name = name_of(heading, column)
        if name in terms:
            raise refuse(
                f"/columns/{escaped(heading)}",
                name,
                "a `name` of its own: two columns have this one",
            )
        terms[name] = Term(f"f.get({heading!r}, '')", TEXT)
    return terms


def name_of(heading: str, column: Column) -> str:
    """What expressions call a column."""
    return column.name or _NO_NAME.sub("_", heading.lower()).strip("_")


_NO_NAME: Final = re.compile(r"[^a-z0-9]+")


def condition(source: str, terms: Mapping[str, Term], path: str) -> Condition:
    """Whether a rule's `when` holds; it does not where a field that it needs has no value.

    Raises:
        InvalidProduct: It is no condition.
    """
    names = FieldNames(terms)
    term = expect(expression.compiled(source, names, path), (Kind.BOOL,), path, "yes or no")
    guard = names.guard()
    source = f"({guard} and {term.code})" if guard else term.code
    return Condition(source, names.function(source), frozenset(names.used))


def value(source: str, terms: Mapping[str, Term], path: str) -> Worked:
    """What an expression gives.

    Raises:
        InvalidProduct: It is no expression.
    """
    names = FieldNames(terms)
    term = expression.compiled(source, names, path)
    guard = names.guard()
    source = f"({term.code} if {guard} else None)" if guard else term.code
    return Worked(source, names.function(source), term.type, frozenset(names.used))


def faults_of(error: InvalidProduct) -> list[FieldFault]:
    """As faults of the document, at the same places."""
    return [
        FieldFault(_COLUMN.sub("", fault.path), "wrong-form", str(fault)) for fault in error.faults
    ]


_COLUMN: Final = re.compile(r" \(column [0-9]+\)$")
