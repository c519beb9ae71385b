"""The names that a product's expressions may use, and the Python functions made from them."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import date
from keyword import iskeyword
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from insurance.domain.product.definition.questions import CODE, Question
from insurance.domain.product.faults import InvalidProduct, refuse
from insurance.domain.product.language import arithmetic, expression, kinds
from insurance.domain.product.language.expression import AGGREGATES, FUNCTIONS, SELECTED
from insurance.domain.product.language.kinds import BOOL, DATE, TEXT, Kind, Term, Type
from insurance.domain.product.rating.tables import Matcher, Table

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Env(NamedTuple):
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


type Asked = dict[str, set[tuple[object, ...]]]
"""By table, the keys by which it was asked: scenarios must try each band edge."""

AMBIENT: Final = ("start", "end", "territory", "renewal", "last", "claims", "covers")


class World:
    """What a product's expressions can speak of: its questions, look-ups, covers, values, tables."""

    def __init__(
        self,
        *,
        questions: Mapping[str, Question],
        looked_up: Mapping[str, Mapping[str, Question]],
        covers: Iterable[str],
        values: Mapping[str, object],
        tables: Mapping[str, Table],
        exponent: int,
        territories: Sequence[str],
        asked: Asked | None = None,
    ) -> None:
        self.asked = asked
        self.questions, self.looked_up = questions, looked_up
        self.covers = tuple(covers)
        self.values, self.tables = values, tables
        self.exponent, self.territories = exponent, tuple(territories)
        self._matchers: dict[tuple[object, ...], tuple[str, Matcher]] = {}
        self.matched: list[tuple[Table, Matcher, tuple[Type, ...]]] = []
        """Each table as it is used, with the types of its keys: for the checks before publishing."""
        self.namespace: dict[str, object] = {
            **arithmetic.ROUNDING,
            "divide": arithmetic.divide,
            "apportion": arithmetic.apportion,
            "years_between": arithmetic.years_between,
            "months_between": arithmetic.months_between,
            "days_between": arithmetic.days_between,
            "add_days": arithmetic.add_days,
            "add_months": arithmetic.add_months,
            "date": date,
            "bisect_right": bisect_right,
        }
        self._check_names()

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

    def matcher(self, table: Table, keys: Sequence[Type], value: str) -> str:
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


class Routine:
    """A Python function while it is being written. It is the scope of the expressions in it."""

    def __init__(self, world: World, extra: Mapping[str, Term] = NOTHING) -> None:
        self.world = world
        self._extra = extra
        self._ambient = world.types()
        self._head: dict[str, str] = {}
        self._body: list[str] = []
        self._open: list[str] = []
        self._depth = 1
        self.sources: set[str] = set()
        self.used: list[str] = []
        """Names in the order they were used: a trace shows them as a step's inputs."""
        self.used_tables = False

    # A scope

    def find(self, name: str) -> Term | None:
        term = self._found(name)
        if term is not None and name not in self.used and not self._open:
            self.used.append(name)
        return term

    def _found(self, name: str) -> Term | None:  # noqa: PLR0911 - one for each kind of name
        if name in self._extra and not (self._open and name in self.world.own):
            return self._extra[name]
        if name in self.world.questions:
            local = self._once(f"q_{name}", f"e.answers[{name!r}]")
            return Term(local, self.world.questions[name].kind)
        if name in self.world.looked_up:
            self.sources.add(name)
            local = self._once(f"l_{name}", f"e.looked_up[{name!r}]")
            fields = {code: one.kind for code, one in self.world.looked_up[name].items()}
            return Term(local, Type(Kind.RECORD, fields=fields))
        if name in self.world.values:
            return self._value(name)
        if name in self._ambient:
            term = self._ambient[name]
            if name == "covers":
                self._once(SELECTED, "e.selected")
                return term
            return Term(self._once(f"e_{name}", term.code), term.type)
        return None

    def _value(self, name: str) -> Term:
        """A named expression: worked out once, unless it may have no row or no look-up."""
        path = f"/values/{name}"
        if name in self._open:
            raise refuse(path, " → ".join([*self._open, name]), "values that need not each other")
        if len(self._open) > 20:  # noqa: PLR2004 - no product nests values this deep
            raise refuse(path, "values nested too deep", "at most 20")
        sources, tables = set(self.sources), self.used_tables
        self.sources, self.used_tables = set(), False
        self._open.append(name)
        term = expression.compiled(self.world.values[name], self, path)
        self._open.pop()
        risky = bool(self.sources or self.used_tables)
        self.sources |= sources
        self.used_tables = tables or self.used_tables
        if risky or term.type.constant is not None:
            return term
        return Term(self._once(f"n_{name}", term.code), term.type)

    def names(self) -> Iterable[str]:
        world = self.world
        return [*self._extra, *world.questions, *world.looked_up, *world.values, *self._ambient]

    def table(self, name: str, keys: list[Term]) -> Term | None:
        """A table's only value, or one of several by `table__column`."""
        name, _, column = name.partition("__")
        table = self.world.tables.get(name)
        if table is None:
            return None
        value = column or table.values[0]
        if value not in table.values or (not column and len(table.values) > 1):
            names = ", ".join(f"{name}__{one}(…)" for one in table.values)
            raise refuse(table.path, f"{name}(…)", names)
        self.used_tables = True
        matcher = self.world.matcher(table, [key.type for key in keys], value)
        codes = [
            f"{key.code}.toordinal()" if key.type.kind is Kind.DATE else key.code for key in keys
        ]
        kind = table.value_type(value)
        if f"{matcher}_held" in self.world.namespace:
            return Term(f"{matcher}_held[bisect_right({matcher}_edges, {codes[0]})]", kind)
        return Term(f"{matcher}({', '.join(codes)})", kind)

    def tables(self) -> Iterable[str]:
        return self.world.tables

    # A function

    def expression(self, source: object, path: str) -> Term:
        return expression.compiled(source, self, path)

    def condition(self, source: object, path: str) -> str:
        term = self.expression(source, path)
        return expression.expect(term, (Kind.BOOL,), path, "yes or no").code

    def amount(self, source: object, path: str) -> Term:
        """Money, or a plain number that stands for money."""
        term = self.expression(source, path)
        return expression.expect(term, (Kind.MONEY, Kind.NUMBER), path, "money")

    def rate(self, source: object, path: str) -> Term:
        """A plain number: money here is a fault."""
        term = self.expression(source, path)
        return expression.expect(term, (Kind.NUMBER,), path, "a number without a currency")

    def _once(self, local: str, code: str) -> str:
        self._head.setdefault(local, code)
        return local

    def write(self, line: str) -> None:
        self._body.append("    " * self._depth + line)

    @contextmanager
    def block(self, line: str) -> Iterator[None]:
        self.write(line)
        self._depth += 1
        yield
        self._depth -= 1

    @contextmanager
    def apart(self) -> Iterator[set[str]]:
        """The look-ups that the expressions inside need, and nothing outside."""
        outer, self.sources = self.sources, set()
        inner = self.sources
        yield inner
        self.sources = outer | inner

    def source(self, parameters: str = "e") -> str:
        head = [f"    {local} = {code}" for local, code in self._head.items()]
        return "\n".join([f"def run({parameters}):", *head, *self._body])

    def build(self, parameters: str = "e") -> Callable[..., Any]:
        """The finished function. Its text was made here, from checked expressions only."""
        space: dict[str, Any] = dict(self.world.namespace)
        try:
            code = compile(self.source(parameters), "<product>", "exec")
        except (RecursionError, MemoryError, SyntaxError) as error:
            raise too_deep() from error
        exec(code, space)  # noqa: S102 # nosec B102 - every token comes from the checked compiler
        run: Callable[..., Any] = space["run"]
        return run


def too_deep() -> InvalidProduct:
    return refuse("/", "expressions that nest too deep together", "simpler ones")


def present(sources: Iterable[str]) -> str:
    """Source that asks whether each look-up answered; empty when none is needed."""
    return " and ".join(f"l_{source} is not None" for source in sorted(sources))
