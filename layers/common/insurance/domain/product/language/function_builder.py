"""Python functions while they are written, from checked expressions only."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from insurance.domain.product.faults import InvalidProduct, refuse
from insurance.domain.product.language import expression
from insurance.domain.product.language.expression import SELECTED
from insurance.domain.product.language.kinds import Kind, Term, Type
from insurance.domain.product.language.scope import NOTHING, NameScope
from insurance.domain.product.language.terms import expect


class FunctionBuilder:
    """One function while it is written. Expressions in it find their names here."""

    def __init__(self, scope: NameScope, extra: Mapping[str, Term] = NOTHING) -> None:
        self.scope = scope
        self._extra = extra
        self._ambient = scope.types()
        self._head: dict[str, str] = {}
        self._body: list[str] = []
        self._open: list[str] = []
        self._depth = 1
        self.sources: set[str] = set()
        self.used: list[str] = []
        """Names in the order they were used: a trace shows them as a step's inputs."""
        self.used_tables = False
        self.extra_used: set[str] = set()
        """Of the names given to this function beside the scope's, those that it reads."""

    # A scope

    def find(self, name: str) -> Term | None:
        term = self._found(name)
        if term is not None and name not in self.used and not self._open:
            self.used.append(name)
        return term

    def _found(self, name: str) -> Term | None:  # noqa: PLR0911 - one for each kind of name
        if name in self._extra and not (self._open and name in self.scope.own):
            self.extra_used.add(name)
            return self._extra[name]
        if name in self.scope.questions:
            local = self._once(f"q_{name}", f"e.answers[{name!r}]")
            return Term(local, self.scope.questions[name].kind)
        if name in self.scope.looked_up:
            self.sources.add(name)
            local = self._once(f"l_{name}", f"e.looked_up[{name!r}]")
            fields = {code: field.kind for code, field in self.scope.looked_up[name].items()}
            return Term(local, Type(Kind.RECORD, fields=fields))
        if name in self.scope.values:
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
        term = expression.compiled(self.scope.values[name], self, path)
        self._open.pop()
        risky = bool(self.sources or self.used_tables)
        self.sources |= sources
        self.used_tables = tables or self.used_tables
        if risky or term.type.constant is not None:
            return term
        return Term(self._once(f"n_{name}", term.code), term.type)

    def names(self) -> Iterable[str]:
        scope = self.scope
        return [*self._extra, *scope.questions, *scope.looked_up, *scope.values, *self._ambient]

    def table(self, name: str, keys: list[Term]) -> Term | None:
        """A table's only value, or one of several by `table__column`; None: no table has the name.

        Raises:
            InvalidProduct: The table has no such column, or several and none was named.
        """
        name, _, column = name.partition("__")
        table = self.scope.tables.get(name)
        if table is None:
            return None
        value = column or table.values[0]
        if value not in table.values or (not column and len(table.values) > 1):
            names = ", ".join(f"{name}__{one}(…)" for one in table.values)
            raise refuse(table.path, f"{name}(…)", names)
        self.used_tables = True
        matcher = self.scope.matcher(table, [key.type for key in keys], value)
        codes = [
            f"{key.code}.toordinal()" if key.type.kind is Kind.DATE else key.code for key in keys
        ]
        kind = table.value_type(value)
        if f"{matcher}_held" in self.scope.namespace:
            return Term(f"{matcher}_held[bisect_right({matcher}_edges, {codes[0]})]", kind)
        return Term(f"{matcher}({', '.join(codes)})", kind)

    def tables(self) -> Iterable[str]:
        return self.scope.tables

    # A function

    def expression(self, source: object, path: str) -> Term:
        return expression.compiled(source, self, path)

    def condition(self, source: object, path: str) -> str:
        term = self.expression(source, path)
        return expect(term, (Kind.BOOL,), path, "yes or no").code

    def amount(self, source: object, path: str) -> Term:
        """Money, or a plain number that stands for money."""
        term = self.expression(source, path)
        return expect(term, (Kind.MONEY, Kind.NUMBER), path, "money")

    def rate(self, source: object, path: str) -> Term:
        """A plain number: money here is a fault."""
        term = self.expression(source, path)
        return expect(term, (Kind.NUMBER,), path, "a number without a currency")

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

    def finish(self, code: str, when: str = "") -> None:
        """Return the value, or None: where a look-up is missing, or the condition does not hold."""
        guard = " and ".join(part for part in (present(self.sources), when) if part)
        self.write(f"return {code} if {guard} else None" if guard else f"return {code}")

    def source(self, parameters: str = "e") -> str:
        head = [f"    {local} = {code}" for local, code in self._head.items()]
        return "\n".join([f"def run({parameters}):", *head, *self._body])

    def build(self, parameters: str = "e") -> Callable[..., Any]:
        """The finished function. Its text was made here, from checked expressions only.

        Raises:
            InvalidProduct: Its expressions nest too deep together.
        """
        space: dict[str, Any] = dict(self.scope.namespace)
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
