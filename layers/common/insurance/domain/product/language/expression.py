"""Expressions of a product definition: a small part of Python's grammar, checked and compiled.

Pure, typed, total and bounded: numbers are exact decimals, a missing answer must be guarded by
`given(...)`, a divisor must be provably other than zero, loops run over bounded lists only. What
passes here cannot fail when it is run, except that a rate table may have no row (NoRate).
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final, Protocol

from insurance.domain.product.faults import InvalidProduct, did_you_mean, refuse
from insurance.domain.product.language import operators
from insurance.domain.product.language.functions import AGGREGATES, FUNCTIONS, aggregated
from insurance.domain.product.language.kinds import BOOL, TEXT, Kind, Term, Type, constant
from insurance.domain.product.language.terms import (
    GUARD_HINT,
    Complain,
    bounded_number,
    choose,
    expect,
)

LENGTH_MAX: Final = 1_000
DEPTH_MAX: Final = 24
"""Of brackets within brackets."""
NESTED_MAX: Final = 2 * DEPTH_MAX
"""Of parts of an expression within each other."""
SCALE_MAX: Final = 120
LOOPS_MAX: Final = 10_000
CODE_MAX: Final = 40_000

type Json = object
"""What a definition holds in an expression's place: a number, yes/no, text or a list of cases."""


class Names(Protocol):
    """The names that an expression may use. None: there is no such name."""

    def find(self, name: str) -> Term | None: ...
    def names(self) -> Iterable[str]: ...
    def table(self, name: str, keys: list[Term]) -> Term | None: ...
    def tables(self) -> Iterable[str]: ...


class Nested:
    """Names of one's own before those outside: a loop's item, a clause's amount."""

    def __init__(self, outer: Names, own: Mapping[str, Term]) -> None:
        self._outer, self._own = outer, own

    def find(self, name: str) -> Term | None:
        return self._own.get(name) or self._outer.find(name)

    def names(self) -> Iterable[str]:
        return [*self._own, *self._outer.names()]

    def table(self, name: str, keys: list[Term]) -> Term | None:
        return self._outer.table(name, keys)

    def tables(self) -> Iterable[str]:
        return self._outer.tables()


def compiled(source: Json, names: Names, path: str) -> Term:
    """An expression as a term: a number or yes/no as it stands, text, or a list of cases.

    Raises:
        InvalidProduct: It is none of these, or cannot be compiled.
    """
    match source:
        case bool():
            return Term(str(source), BOOL)
        case int() | Decimal():
            return constant(bounded_number(source, path))
        case str():
            return Compiler(source, names, path).term()
        case list() | tuple():
            return _cases(source, names, path)
    raise refuse(path, source, "a number, yes/no, an expression or a list of cases")


def mentions(source: object, names: Set[str]) -> bool:
    """Whether an expression speaks of any of the names; of text only, before it is checked."""
    if isinstance(source, str):
        return any(word in names for word in re.findall(r"[a-z_][a-z0-9_]*", source))
    if isinstance(source, list | tuple):
        return any(mentions(case, names) for case in source)
    if isinstance(source, dict):
        return any(mentions(part, names) for part in source.values())
    return False


def _cases(cases: Sequence[object], names: Names, path: str) -> Term:
    """`[{"when": …, "then": …}, …, {"otherwise": …}]`: the first case that holds."""
    if not cases or not isinstance(cases[-1], dict) or set(cases[-1]) != {"otherwise"}:
        raise refuse(
            path,
            "a list of cases without an end",
            'a last case {"otherwise": …}',
            "A case that is not foreseen must not become zero.",
        )
    result = compiled(cases[-1]["otherwise"], names, f"{path}/{len(cases) - 1}/otherwise")
    for place, case in reversed(list(enumerate(cases[:-1]))):
        at = f"{path}/{place}"
        if not isinstance(case, dict) or set(case) != {"when", "then"}:
            raise refuse(at, case, '{"when": …, "then": …}')
        when = expect(compiled(case["when"], names, f"{at}/when"), (Kind.BOOL,), at, "yes or no")
        then = compiled(case["then"], names, f"{at}/then")
        result = choose(when, then, result, partial(refuse, at))
    return result


LITERALS: Final = {"true": "True", "false": "False"}


class Compiler:
    """One expression while it is compiled. Positions in faults are columns, counted from 1."""

    def __init__(self, source: str, names: Names, path: str) -> None:
        self._source, self._names, self.path = source, names, path
        self._given: set[str] = set()
        self._loops = 1
        self._loop_depth = 0

    def term(self) -> Term:
        """The whole expression as one term.

        Raises:
            InvalidProduct: It is not part of the language, or too long.
        """
        term = self.visit(self._parsed())
        if len(term.code) > CODE_MAX:
            raise self.fault(None, "an expression that unfolds without end", "a simpler one")
        return term

    def _parsed(self) -> ast.expr:
        """Bounded before it is parsed: length, depth and characters."""
        source = self._source
        if len(source) > LENGTH_MAX:
            expected = f"at most {LENGTH_MAX}"
            raise self.fault(None, f"an expression of {len(source)} characters", expected)
        if not source.isascii() or not source.isprintable():
            raise self.fault(None, "characters outside plain ASCII", "one line of plain text")
        if sum(map(source.count, "([{")) > DEPTH_MAX:
            self._check_brackets(source)
        try:
            parsed = ast.parse(source.strip() or " ", mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            column = getattr(error, "offset", None) or len(source) + 1
            detail = getattr(error, "msg", "") or "it cannot be read"
            raise refuse(
                f"{self.path} (column {column})", source, "an expression", f"{detail}."
            ) from error
        if len(source) > NESTED_MAX:  # a tree is never deeper than its text is long
            self._bound(parsed, 0)
        return parsed

    def _check_brackets(self, source: str) -> None:
        depth = deepest = 0
        for character in source:
            depth += (character in "([{") - (character in ")]}")
            deepest = max(deepest, depth)
        if deepest > DEPTH_MAX:
            raise self.fault(None, f"{deepest} nested brackets", f"at most {DEPTH_MAX}")

    def _bound(self, node: ast.AST, depth: int) -> None:
        if depth > NESTED_MAX:
            raise self.fault(None, "an expression that nests too deep", f"{DEPTH_MAX} levels")
        for child in ast.iter_child_nodes(node):
            self._bound(child, depth + 1)

    def fault(
        self, node: ast.AST | None, found: object, expected: str, hint: str = ""
    ) -> InvalidProduct:
        column = f" (column {getattr(node, 'col_offset', 0) + 1})" if node is not None else ""
        return refuse(f"{self.path}{column}", found, expected, hint)

    def complain(self, node: ast.AST) -> Complain:
        return lambda found, expected: self.fault(node, found, expected)

    def visit(self, node: ast.expr) -> Term:
        """Any node, by its class.

        Raises:
            InvalidProduct: NODES does not list it, or its value has too many decimal places.
        """
        compile_node = NODES.get(type(node))
        if compile_node is None:
            what = type(node).__name__
            raise self.fault(node, what, "arithmetic, comparison, and/or/not, if/else or a call")
        term = compile_node(self, node)
        if term.type.scale > SCALE_MAX:
            raise self.fault(node, "too many decimal places", "fewer", "Use round(…, places).")
        return term

    def there(self, node: ast.expr, *allowed: Kind, what: str = "") -> Term:
        """A term that is certainly there, of one of the kinds.

        Raises:
            InvalidProduct: It may be missing, or is of another kind.
        """
        term = self.visit(node)
        if term.type.optional:
            raise self.fault(node, f"{ast.unparse(node)}, which may be missing", "it", GUARD_HINT)
        if allowed and term.type.kind not in allowed:
            wanted = what or " or ".join(f"a {kind}" for kind in allowed)
            raise self.fault(node, f"{ast.unparse(node)}, {term.type}", wanted)
        return term

    def numeric(self, node: ast.expr) -> Term:
        return self.there(node, Kind.NUMBER, Kind.MONEY, what="a number or money")

    # Leaves

    def _constant(self, node: ast.Constant) -> Term:
        match node.value:
            case bool():
                raise self.fault(node, node.value, "true or false, in small letters")
            case int() | float():
                return constant(self._literal(node))
            case str():
                return Term(repr(node.value), TEXT._replace(choices=(node.value,)))
        raise self.fault(node, repr(node.value), "a number, 'text', true or false")

    def _literal(self, node: ast.Constant) -> Decimal:
        """The digits as written: a float in between would change them."""
        text = ast.get_source_segment(self._source.strip(), node) or ""
        if not re.fullmatch(r"[0-9][0-9_]*(\.[0-9_]+)?|\.[0-9]+", text):
            raise self.fault(node, text, "a plain decimal number")
        try:
            value = Decimal(text.replace("_", ""))
        except InvalidOperation as error:
            raise self.fault(node, text, "a plain decimal number") from error
        return bounded_number(value, self.path) and value

    def _name(self, node: ast.Name) -> Term:
        if node.id in LITERALS:
            return Term(LITERALS[node.id], BOOL)
        term = self._names.find(node.id)
        if term is None:
            hint = did_you_mean(node.id, self._names.names())
            raise self.fault(node, node.id, "a question, value or look-up", hint)
        return self._narrowed(node, term)

    def _attribute(self, node: ast.Attribute) -> Term:
        record = self.there(node.value, Kind.RECORD)
        field = record.type.fields.get(node.attr)
        if field is None:
            hint = did_you_mean(node.attr, record.type.fields)
            raise self.fault(node, ast.unparse(node), "one of its fields", hint)
        code = f"{record.code}[{node.attr!r}]"
        if record.code == SELECTED:
            code = f"({node.attr!r} in {SELECTED})"
        return self._narrowed(node, Term(code, field))

    def _narrowed(self, node: ast.expr, term: Term) -> Term:
        if term.type.optional and ast.unparse(node) in self._given:
            return Term(term.code, term.type._replace(optional=False))
        return term

    # Logic

    def _boolop(self, node: ast.BoolOp) -> Term:
        word = " and " if isinstance(node.op, ast.And) else " or "
        before = set(self._given)
        codes = []
        for value in node.values:
            codes.append(self.there(value, Kind.BOOL).code)
            self._given |= _facts(value, holds=isinstance(node.op, ast.And))
        self._given = before
        return Term(f"({word.join(codes)})", BOOL)

    def _ifexp(self, node: ast.IfExp) -> Term:
        when = self.there(node.test, Kind.BOOL)
        before = set(self._given)
        self._given = before | _facts(node.test, holds=True)
        then = self.visit(node.body)
        self._given = before | _facts(node.test, holds=False)
        other = self.visit(node.orelse)
        self._given = before
        return choose(when, then, other, self.complain(node))

    # Arithmetic

    # Calls: functions, loops over lists, tables

    def _call(self, node: ast.Call) -> Term:
        if not isinstance(node.func, ast.Name):
            raise self.fault(node, ast.unparse(node.func), "a function or a table")
        name = node.func.id
        loop = len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp)
        if loop and name in AGGREGATES:
            return self._aggregate(node, name)
        if any(keyword.arg != "default" for keyword in node.keywords) or (
            node.keywords and name not in {"min", "max"}
        ):
            raise self.fault(node, ast.unparse(node), "arguments in their order")
        if known := FUNCTIONS.get(name):
            fewest, most, function = known
            if not fewest <= len(node.args) <= most:
                wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
                raise self.fault(node, f"{len(node.args)} arguments", wanted)
            return function(self, node)
        keys = [self.there(argument) for argument in node.args]
        term = self._names.table(name, keys)
        if term is None:
            hint = did_you_mean(name, [*FUNCTIONS, *AGGREGATES, *self._names.tables()])
            raise self.fault(node, f"{name}(…)", "a function or a table", hint)
        return term

    def _aggregate(self, node: ast.Call, name: str) -> Term:
        """`any(driver.age < 17 for driver in drivers)`, and all, count, sum, min, max."""
        loop = node.args[0]
        if not isinstance(loop, ast.GeneratorExp) or len(loop.generators) != 1:
            raise self.fault(node, ast.unparse(node), "one `for … in …`")
        each = loop.generators[0]
        many = self.there(each.iter, Kind.LIST)
        if not isinstance(each.target, ast.Name) or each.is_async:
            raise self.fault(node, ast.unparse(each.target), "one name")
        self._loops *= max(many.type.most, 1)
        if self._loops > LOOPS_MAX:
            raise self.fault(node, "loops in loops", f"at most {LOOPS_MAX} rounds")
        outer, given = self._names, set(self._given)
        self._loop_depth += 1
        variable = f"i{self._loop_depth}_{each.target.id}"
        item = Term(variable, Type(Kind.RECORD, fields=many.type.fields))
        self._names = Nested(outer, {each.target.id: item})
        conditions = []
        for condition in each.ifs:
            conditions.append(self.there(condition, Kind.BOOL).code)
            self._given |= _facts(condition, holds=True)
        filters = "".join(f" if {condition}" for condition in conditions)
        source = f"for {variable} in {many.code}{filters}"
        body = self.there(loop.elt)
        self._names, self._given = outer, given
        self._loops //= max(many.type.most, 1)
        self._loop_depth -= 1
        return aggregated(self, node, name, body, source, sure=many.type.fewest > 0 and not filters)


SELECTED: Final = "selected"
"""The compiled name of the set of covers in force: `covers.windscreen` asks it."""


def _facts(node: ast.expr, *, holds: bool) -> set[str]:
    """The answers that are certainly given where the condition holds (or where it does not)."""
    match node:
        case ast.UnaryOp(op=ast.Not()):
            return _facts(node.operand, holds=not holds)
        case ast.BoolOp(op=ast.And()) if holds:
            return set().union(*(_facts(value, holds=True) for value in node.values))
        case ast.BoolOp(op=ast.Or()) if not holds:
            return set().union(*(_facts(value, holds=False) for value in node.values))
        case ast.Call(func=ast.Name(id="given"), args=[argument]) if holds:
            return {ast.unparse(argument)}
    return set()


NODES: Final[Mapping[type[ast.expr], Callable[[Compiler, Any], Term]]] = {
    ast.Constant: Compiler._constant,
    ast.Name: Compiler._name,
    ast.Attribute: Compiler._attribute,
    ast.BoolOp: Compiler._boolop,
    ast.IfExp: Compiler._ifexp,
    ast.Compare: operators.compare,
    ast.UnaryOp: operators.unary,
    ast.BinOp: operators.binary,
    ast.Call: Compiler._call,
}
"""What the language is made of."""
