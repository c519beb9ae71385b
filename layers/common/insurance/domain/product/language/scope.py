"""The names that a product's expressions may use, and what a compiled function reads."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence, Set
from copy import copy
from datetime import date
from keyword import iskeyword
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from insurance.domain.core import arithmetic
from insurance.domain.product.faults import refuse
from insurance.domain.product.language import kinds
from insurance.domain.product.language.expression import SELECTED
from insurance.domain.product.language.functions import AGGREGATES, FUNCTIONS
from insurance.domain.product.language.kinds import BOOL, CODE, DATE, TEXT, Kind, Term, Type
from insurance.domain.product.language.plain_function import SPACE

if TYPE_CHECKING:
    from insurance.domain.product.definition.questions import Question
    from insurance.domain.product.rating.matcher import Matcher
    from insurance.domain.product.rating.tables import RateTable

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class RatingInput(NamedTuple):
    """Everything that a compiled function may read."""

    answers: Mapping[str, Any]
    looked_up: Mapping[str, Mapping[str, Any] | None]
    selected: frozenset[str]
    start: date
    end: date
    territory: str
    renewal: bool = False
    last: Mapping[str, int] = MappingProxyType({"net": 0, "total": 0})
    claims: Sequence[Mapping[str, Any]] = ()
    facts: Mapping[str, Any] = NOTHING
    """Of a claim: what was asked when it was reported, and the amounts known so far."""

    @classmethod
    def of_answers(cls, held: Mapping[str, Any]) -> Self:
        """For conditions on answers alone: no day, no cover, no place."""
        return cls(held, {}, frozenset(), date.min, date.min, "")


type KeysAsked = dict[str, set[tuple[object, ...]]]
"""By table, the keys by which it was asked: scenarios must try each band edge."""

AMBIENT: Final = ("start", "end", "territory", "renewal", "last", "claims", "covers")


class Declared(NamedTuple):
    """The names that a definition declares."""

    questions: Mapping[str, Question]
    looked_up: Mapping[str, Mapping[str, Question]] = NOTHING
    """By source, its fields by their codes."""
    covers: tuple[str, ...] = ()
    values: Mapping[str, object] = NOTHING
    tables: Mapping[str, RateTable] = NOTHING


class NameScope:
    """What a product's expressions can speak of: its questions, look-ups, covers, values, tables."""

    def __init__(
        self,
        declared: Declared,
        *,
        exponent: int,
        territories: Sequence[str],
        asked: KeysAsked | None = None,
    ) -> None:
        """`exponent` is that of the currency; `asked` collects the keys by which tables are asked.

        Raises:
            InvalidProduct: A name has two meanings, or is none.
        """
        self.asked = asked
        self.questions, self.looked_up, self.covers, self.values, self.tables = declared
        self.exponent, self.territories = exponent, tuple(territories)
        self._matchers: dict[tuple[object, ...], tuple[str, Matcher]] = {}
        self.matched: list[tuple[RateTable, Matcher, tuple[Type, ...]]] = []
        """Each table as it is used, with the types of its keys: for the checks before publishing."""
        self.namespace: dict[str, object] = {
            **SPACE,
            "apportion": arithmetic.apportion,
            "bisect_right": bisect_right,
        }
        self._check_names()

    @classmethod
    def of_questions(
        cls, questions: Mapping[str, Question], exponent: int, territories: Sequence[str]
    ) -> Self:
        """The names of questions, and no others of the product."""
        return cls(Declared(questions), exponent=exponent, territories=territories)

    def apart(self) -> Self:
        """The same names, whose tables are not among those that scenarios must try."""
        other = copy(self)
        other._matchers, other.matched = {}, []
        other.namespace = dict(self.namespace)
        return other

    def _check_names(self) -> None:
        """One name, one meaning."""
        taken = dict.fromkeys([*AMBIENT, *FUNCTIONS, *AGGREGATES], "the language itself")
        groups = {
            "questions": self.questions,
            "look_ups": self.looked_up,
            "values": self.values,
            "tables": self.tables,
        }
        for group, names in groups.items():
            for name in names:
                if not CODE.fullmatch(name) or iskeyword(name):
                    raise refuse(f"/{group}/{name}", name, "small letters, digits and _")
                if name in taken:
                    raise refuse(f"/{group}/{name}", name, f"a name not used by {taken[name]}")
                taken[name] = group

    @property
    def own(self) -> Set[str]:
        """The product's own names: what a value says of them is the same wherever it is used."""
        return self.questions.keys() | self.looked_up.keys() | self.values.keys()

    def types(self) -> dict[str, Term]:
        """Names that stand for themselves, without questions and values."""
        cents = kinds.money(self.exponent)
        claim = {"cover": TEXT, "cause": TEXT, "counts": BOOL, "fault": TEXT, "paid": cents}
        return {
            "start": Term("e.start", DATE),
            "end": Term("e.end", DATE),
            "territory": Term("e.territory", TEXT._replace(choices=self.territories)),
            "renewal": Term("e.renewal", BOOL),
            "last": Term("e.last", Type(Kind.RECORD, fields={"net": cents, "total": cents})),
            "claims": Term("e.claims", Type(Kind.LIST, fields=claim, most=100)),
            "covers": Term(SELECTED, Type(Kind.RECORD, fields=dict.fromkeys(self.covers, BOOL))),
        }

    def matcher(self, table: RateTable, keys: Sequence[Type], value: str) -> str:
        """The compiled name of a table made ready for keys of these types."""
        bounds = tuple((kind.kind, kind.scale, kind.choices, kind.low, kind.high) for kind in keys)
        shape = (table.name, value, bounds)
        if shape not in self._matchers:
            made = table.matcher(keys, value)
            name = f"t{len(self._matchers)}_{table.name}"
            self._matchers[shape] = (name, made)
            self.matched.append((table, made, tuple(keys)))
            self.namespace[name] = made.lookup if self.asked is None else self._noting(made)
            bands = made.in_line(keys[0]) if self.asked is None and len(keys) == 1 else None
            if bands is not None:
                self.namespace[f"{name}_edges"], self.namespace[f"{name}_held"] = bands
        return self._matchers[shape][0]

    def _noting(self, matcher: Matcher) -> Callable[..., object]:
        asked = self.asked if self.asked is not None else {}
        keys_asked = asked.setdefault(matcher.table.name, set())

        def note(*keys: object) -> object:
            keys_asked.add(keys)
            return matcher.lookup(*keys)

        return note
