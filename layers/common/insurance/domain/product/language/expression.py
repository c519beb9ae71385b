"""Expressions of a product definition: a small part of Python's grammar, checked and compiled.

Pure, typed, total and bounded: numbers are exact decimals, a missing answer must be guarded by
`given(...)`, a divisor must be provably other than zero, loops run over bounded lists only. What
passes here cannot fail when it is run, except that a rate table may have no row (NoRate).
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Final, Protocol

from insurance.domain.product.faults import InvalidProduct, did_you_mean, refuse
from insurance.domain.product.language import kinds
from insurance.domain.product.language.arithmetic import DIVISION_PLACES, ROUNDING
from insurance.domain.product.language.kinds import (
    BOOL,
    DATE,
    TEXT,
    WIDE,
    Kind,
    Term,
    Type,
    at_scale,
    constant,
)

LENGTH_MAX: Final = 1_000
DEPTH_MAX: Final = 24
DIGITS_MAX: Final = 24
SCALE_MAX: Final = 120
POWER_MAX: Final = 12
LOOPS_MAX: Final = 10_000
CODE_MAX: Final = 40_000

type Json = object
"""What a definition holds in an expression's place: a number, yes/no, text or a list of cases."""


class Scope(Protocol):
    """The names that an expression may use. `find` and `call` say so when there is no such name."""

    def find(self, name: str) -> Term | None: ...
    def names(self) -> Iterable[str]: ...
    def table(self, name: str, keys: list[Term]) -> Term | None: ...
    def tables(self) -> Iterable[str]: ...


class Inner:
    """A scope with names of its own before those outside: a loop's item, a clause's amount."""

    def __init__(self, outer: Scope, own: Mapping[str, Term]) -> None:
        self._outer, self._own = outer, own

    def find(self, name: str) -> Term | None:
        return self._own.get(name) or self._outer.find(name)

    def names(self) -> Iterable[str]:
        return [*self._own, *self._outer.names()]

    def table(self, name: str, keys: list[Term]) -> Term | None:
        return self._outer.table(name, keys)

    def tables(self) -> Iterable[str]:
        return self._outer.tables()


def compiled(source: Json, scope: Scope, path: str) -> Term:
    """An expression as a term: a number or yes/no as it stands, text, or a list of cases."""
    match source:
        case bool():
            return Term(str(source), BOOL)
        case int() | Decimal():
            return constant(_bounded_number(source, path))
        case str():
            return _Expression(source, scope, path).term()
        case list():
            return _cases(source, scope, path)
    raise refuse(path, source, "a number, yes/no, an expression or a list of cases")


def expect(term: Term, kinds_allowed: tuple[Kind, ...], path: str, what: str) -> Term:
    """The term if it is of one of the kinds and certainly there; a refusal otherwise."""
    if term.type.optional:
        raise refuse(path, "an answer that may be missing", what, GUARD_HINT)
    if term.type.kind not in kinds_allowed:
        raise refuse(path, term.type, what)
    return term


def _bounded_number(number: int | Decimal, path: str) -> Decimal:
    value = Decimal(number)
    if not value.is_finite() or len(value.as_tuple().digits) > DIGITS_MAX:
        raise refuse(path, "a number out of bounds", f"at most {DIGITS_MAX} digits")
    if abs(value.adjusted()) > DIGITS_MAX:
        raise refuse(
            path, "a number out of bounds", f"between 10^-{DIGITS_MAX} and 10^{DIGITS_MAX}"
        )
    return value


def _cases(cases: list[object], scope: Scope, path: str) -> Term:
    """`[{"when": …, "then": …}, …, {"otherwise": …}]`: the first case that holds."""
    if not cases or not isinstance(cases[-1], dict) or set(cases[-1]) != {"otherwise"}:
        raise refuse(
            path,
            "a list of cases without an end",
            'a last case {"otherwise": …}',
            "A case that is not foreseen must not become zero.",
        )
    result = compiled(cases[-1]["otherwise"], scope, f"{path}/{len(cases) - 1}/otherwise")
    for place, case in reversed(list(enumerate(cases[:-1]))):
        at = f"{path}/{place}"
        if not isinstance(case, dict) or set(case) != {"when", "then"}:
            raise refuse(at, case, '{"when": …, "then": …}')
        when = expect(compiled(case["when"], scope, f"{at}/when"), (Kind.BOOL,), at, "yes or no")
        then = compiled(case["then"], scope, f"{at}/then")
        result = _choose(when, then, result, partial(refuse, at))
    return result


type Complain = Callable[[object, str], InvalidProduct]


def _choose(when: Term, then: Term, other: Term, complain: Complain) -> Term:
    first, second = _alike(then, other, complain)
    kind = first.type
    if kind.numeric:
        low = _extreme(min, first.type.low, second.type.low)
        high = _extreme(max, first.type.high, second.type.high)
        kind = kind._replace(low=low, high=high, constant=None)
    elif kind.kind is Kind.TEXT:
        kind = kind._replace(choices=_joined(first.type, second.type))
    optional = first.type.optional or second.type.optional
    return Term(
        f"({first.code} if {when.code} else {second.code})", kind._replace(optional=optional)
    )


def _joined(first: Type, second: Type) -> tuple[str, ...]:
    if first.choices and second.choices:
        return tuple(dict.fromkeys([*first.choices, *second.choices]))
    return ()


def _literal_number(kind: Type) -> bool:
    return kind.literal and kind.kind is Kind.NUMBER


def _extreme(
    pick: Callable[[Decimal, Decimal], Decimal], first: Decimal | None, second: Decimal | None
) -> Decimal | None:
    return None if first is None or second is None else pick(first, second)


def _alike(first: Term, second: Term, complain: Complain) -> tuple[Term, Term]:
    """Both terms as one kind and, for numbers, one scale; a literal number may stand for money."""
    one, two = first.type, second.type
    if one.numeric and two.numeric:
        if one.kind is not two.kind and not (_literal_number(one) or _literal_number(two)):
            expected = "two of one kind: money(…) makes a number an amount"
            raise complain(f"{one.kind} beside {two.kind}", expected)
        kind = Kind.MONEY if Kind.MONEY in {one.kind, two.kind} else Kind.NUMBER
        scale = max(one.scale, two.scale)
        return tuple(  # type: ignore[return-value]  # two in, two out
            Term(
                at_scale(term, scale),
                term.type._replace(kind=kind, scale=scale, literal=one.literal and two.literal),
            )
            for term in (first, second)
        )
    if one.kind is not two.kind or one.kind in {Kind.RECORD, Kind.LIST}:
        raise complain(f"{one.kind} beside {two.kind}", "two of one kind")
    return first, second


GUARD_HINT: Final = "Guard it: `given(x) and …`, `… if given(x) else …` or `otherwise(x, 0)`."

OPERATORS: Final = {ast.Add: "+", ast.Sub: "-"}
ORDERS: Final = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
EQUALS: Final = {ast.Eq: "==", ast.NotEq: "!="}
LITERALS: Final = {"true": "True", "false": "False"}


class _Expression:
    """One expression while it is compiled. Positions in faults are columns, counted from 1."""

    def __init__(self, source: str, scope: Scope, path: str) -> None:
        self._source, self._scope, self._path = source, scope, path
        self._given: set[str] = set()
        self._loops = 1
        self._loop_depth = 0

    def term(self) -> Term:
        term = self._visit(self._parsed())
        if len(term.code) > CODE_MAX:
            raise self._fault(None, "an expression that unfolds without end", "a simpler one")
        return term

    def _parsed(self) -> ast.expr:
        """Bounded before it is parsed: length, depth and characters."""
        source = self._source
        if len(source) > LENGTH_MAX:
            expected = f"at most {LENGTH_MAX}"
            raise self._fault(None, f"an expression of {len(source)} characters", expected)
        if not source.isascii() or not source.isprintable():
            raise self._fault(None, "characters outside plain ASCII", "one line of plain text")
        depth = deepest = 0
        for character in source:
            depth += (character in "([{") - (character in ")]}")
            deepest = max(deepest, depth)
        if deepest > DEPTH_MAX:
            raise self._fault(None, f"{deepest} nested brackets", f"at most {DEPTH_MAX}")
        try:
            parsed = ast.parse(source.strip() or " ", mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            column = getattr(error, "offset", None) or len(source) + 1
            detail = getattr(error, "msg", "") or "it cannot be read"
            raise refuse(
                f"{self._path} (column {column})", source, "an expression", f"{detail}."
            ) from error
        self._bound(parsed, 0)
        return parsed

    def _bound(self, node: ast.AST, depth: int) -> None:
        if depth > 2 * DEPTH_MAX:
            raise self._fault(None, "an expression that nests too deep", f"{DEPTH_MAX} levels")
        for child in ast.iter_child_nodes(node):
            self._bound(child, depth + 1)

    def _fault(
        self, node: ast.AST | None, found: object, expected: str, hint: str = ""
    ) -> InvalidProduct:
        column = f" (column {getattr(node, 'col_offset', 0) + 1})" if node is not None else ""
        return refuse(f"{self._path}{column}", found, expected, hint)

    def _complain(self, node: ast.AST) -> Complain:
        return lambda found, expected: self._fault(node, found, expected)

    def _visit(self, node: ast.expr) -> Term:
        """Any node, by its class: what has no method here is not part of the language."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            what = type(node).__name__
            raise self._fault(node, what, "arithmetic, comparison, and/or/not, if/else or a call")
        term: Term = method(node)
        if term.type.scale > SCALE_MAX:
            raise self._fault(node, "too many decimal places", "fewer", "Use round(…, places).")
        return term

    def _there(self, node: ast.expr, *allowed: Kind, what: str = "") -> Term:
        """A term that is certainly there, of one of the kinds."""
        term = self._visit(node)
        if term.type.optional:
            raise self._fault(node, f"{ast.unparse(node)}, which may be missing", "it", GUARD_HINT)
        if allowed and term.type.kind not in allowed:
            wanted = what or " or ".join(f"a {kind}" for kind in allowed)
            raise self._fault(node, f"{ast.unparse(node)}, {term.type}", wanted)
        return term

    def _numeric(self, node: ast.expr) -> Term:
        return self._there(node, Kind.NUMBER, Kind.MONEY, what="a number or money")

    # Leaves

    def _constant(self, node: ast.Constant) -> Term:
        match node.value:
            case bool():
                raise self._fault(node, node.value, "true or false, in small letters")
            case int() | float():
                return constant(self._literal(node))
            case str():
                return Term(repr(node.value), TEXT._replace(choices=(node.value,)))
        raise self._fault(node, repr(node.value), "a number, 'text', true or false")

    def _literal(self, node: ast.Constant) -> Decimal:
        """The digits as written: a float in between would change them."""
        text = ast.get_source_segment(self._source.strip(), node) or ""
        if not re.fullmatch(r"[0-9][0-9_]*(\.[0-9_]+)?|\.[0-9]+", text):
            raise self._fault(node, text, "a plain decimal number")
        try:
            value = Decimal(text.replace("_", ""))
        except InvalidOperation as error:
            raise self._fault(node, text, "a plain decimal number") from error
        return _bounded_number(value, self._path) and value

    def _name(self, node: ast.Name) -> Term:
        if node.id in LITERALS:
            return Term(LITERALS[node.id], BOOL)
        term = self._scope.find(node.id)
        if term is None:
            hint = did_you_mean(node.id, self._scope.names())
            raise self._fault(node, node.id, "a question, value or look-up", hint)
        return self._narrowed(node, term)

    def _attribute(self, node: ast.Attribute) -> Term:
        record = self._there(node.value, Kind.RECORD)
        field = record.type.fields.get(node.attr)
        if field is None:
            hint = did_you_mean(node.attr, record.type.fields)
            raise self._fault(node, ast.unparse(node), "one of its fields", hint)
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
            codes.append(self._there(value, Kind.BOOL).code)
            self._given |= _facts(value, holds=isinstance(node.op, ast.And))
        self._given = before
        return Term(f"({word.join(codes)})", BOOL)

    def _ifexp(self, node: ast.IfExp) -> Term:
        when = self._there(node.test, Kind.BOOL)
        before = set(self._given)
        self._given = before | _facts(node.test, holds=True)
        then = self._visit(node.body)
        self._given = before | _facts(node.test, holds=False)
        other = self._visit(node.orelse)
        self._given = before
        return _choose(when, then, other, self._complain(node))

    def _compare(self, node: ast.Compare) -> Term:
        parts = []
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            parts.append(self._comparison(node, left, operator, right))
            left = right
        return Term(f"({' and '.join(parts)})", BOOL)

    def _comparison(
        self, node: ast.Compare, left: ast.expr, operator: ast.cmpop, right: ast.expr
    ) -> str:
        if isinstance(operator, ast.In | ast.NotIn):
            return self._membership(left, operator, right)
        first, second = self._there(left), self._there(right)
        symbol = EQUALS.get(type(operator)) or ORDERS.get(type(operator))
        if symbol is None:
            raise self._fault(node, "is", "==, !=, <, <=, >, >= or in")
        first, second = self._dated(first, second, right), self._dated(second, first, left)
        one, two = _alike(first, second, self._complain(node))
        ordered = type(operator) in ORDERS
        if ordered and not (one.type.numeric or one.type.kind is Kind.DATE):
            raise self._fault(node, f"{one.type.kind} in an order", "numbers, money or dates")
        self._among(right, one.type)
        self._among(left, two.type)
        return f"{one.code} {symbol} {two.code}"

    def _membership(self, left: ast.expr, operator: ast.In | ast.NotIn, right: ast.expr) -> str:
        if not isinstance(right, ast.Tuple | ast.List) or not right.elts:
            raise self._fault(right, ast.unparse(right), "choices in brackets: ('a', 'b')")
        first = self._there(left)
        codes = []
        for element in right.elts:
            one, two = _alike(first, self._there(element), self._complain(element))
            self._among(element, one.type)
            # Each comparison stands alone: elements may need different scales.
            codes.append(f"{one.code} == {two.code}")
        joined = f"({' or '.join(codes)})"
        return joined if isinstance(operator, ast.In) else f"(not {joined})"

    def _among(self, node: ast.expr, other: Type) -> None:
        """A word beside a choice must be one of its choices."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return
        if other.kind is Kind.TEXT and other.choices and node.value not in other.choices:
            hint = did_you_mean(node.value, other.choices)
            raise self._fault(node, repr(node.value), "one of the choices", hint)

    def _dated(self, term: Term, other: Term, node: ast.expr) -> Term:
        """A literal '2026-07-01' beside a date is a date."""
        literal = len(term.type.choices) == 1 and term.code == repr(term.type.choices[0])
        if other.type.kind is Kind.DATE and term.type.kind is Kind.TEXT and literal:
            return self._date_literal(term.type.choices[0], node)
        return term

    def _date_literal(self, text: str, node: ast.expr) -> Term:
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise self._fault(node, text, "a date such as '2026-07-01'") from error
        return Term(f"date({day.year}, {day.month}, {day.day})", DATE)

    # Arithmetic

    def _unaryop(self, node: ast.UnaryOp) -> Term:
        if isinstance(node.op, ast.Not):
            return Term(f"(not {self._there(node.operand, Kind.BOOL).code})", BOOL)
        term = self._numeric(node.operand)
        if isinstance(node.op, ast.UAdd):
            return term
        if not isinstance(node.op, ast.USub):
            raise self._fault(node, "~", "-")
        if term.type.constant is not None:
            return constant(-term.type.constant)
        low, high = term.type.low, term.type.high
        swapped = term.type._replace(
            low=None if high is None else -high, high=None if low is None else -low
        )
        return Term(f"(-{term.code})", swapped)

    def _binop(self, node: ast.BinOp) -> Term:
        match node.op:
            case ast.Add() | ast.Sub():
                return self._sum(node)
            case ast.Mult():
                return self._product(node)
            case ast.Div():
                return self._quotient(node)
            case ast.FloorDiv() | ast.Mod():
                return self._whole_quotient(node)
            case ast.Pow():
                return self._power(node)
        raise self._fault(node, type(node.op).__name__, "+ - * / // % **")

    def _sum(self, node: ast.BinOp) -> Term:
        one, two = _alike(self._numeric(node.left), self._numeric(node.right), self._complain(node))
        symbol = OPERATORS[type(node.op)]
        if one.type.constant is not None and two.type.constant is not None:
            operate = WIDE.add if symbol == "+" else WIDE.subtract
            return constant(operate(one.type.constant, two.type.constant))
        lows, highs = (two.type.low, two.type.high)
        if symbol == "-":
            lows, highs = (
                None if highs is None else -highs,
                None if lows is None else -lows,
            )
        kind = one.type._replace(
            low=_extreme(Decimal.__add__, one.type.low, lows),
            high=_extreme(Decimal.__add__, one.type.high, highs),
            constant=None,
        )
        return Term(f"({one.code} {symbol} {two.code})", kind)

    def _product(self, node: ast.BinOp) -> Term:
        one, two = self._numeric(node.left), self._numeric(node.right)
        if one.type.kind is Kind.MONEY and two.type.kind is Kind.MONEY:
            raise self._fault(node, "money times money", "money times a number")
        if one.type.constant is not None and two.type.constant is not None:
            return constant(WIDE.multiply(one.type.constant, two.type.constant))
        kind = Kind.MONEY if Kind.MONEY in {one.type.kind, two.type.kind} else Kind.NUMBER
        low, high = None, None
        if _positive_or_zero(one.type) and _positive_or_zero(two.type):
            low = _extreme(Decimal.__mul__, one.type.low, two.type.low)
            high = _extreme(Decimal.__mul__, one.type.high, two.type.high)
        scale = one.type.scale + two.type.scale
        literal = one.type.literal and two.type.literal
        return Term(f"({one.code} * {two.code})", Type(kind, scale, low, high, literal=literal))

    def _divisor(self, node: ast.BinOp) -> Term:
        divisor = self._numeric(node.right)
        kind = divisor.type
        if not (
            (kind.low is not None and kind.low > 0) or (kind.high is not None and kind.high < 0)
        ):
            hint = f"Write max({ast.unparse(node.right)}, 1), or give the question a min above 0."
            raise self._fault(node.right, "a divisor that may be zero", "one that cannot", hint)
        return divisor

    def _quotient(self, node: ast.BinOp) -> Term:
        one, two = self._numeric(node.left), self._divisor(node)
        if two.type.kind is Kind.MONEY and one.type.kind is not Kind.MONEY:
            raise self._fault(node, "a number divided by money", "money divided by either")
        kind = Kind.NUMBER if one.type.kind is two.type.kind else Kind.MONEY
        raised = 10 ** max(DIVISION_PLACES + two.type.scale - one.type.scale, 0)
        excess = 10 ** max(one.type.scale - two.type.scale - DIVISION_PLACES, 0)
        divisor = f"({two.code} * {excess})" if excess > 1 else two.code
        low = Decimal(0) if _positive_or_zero(one.type) and _positive_or_zero(two.type) else None
        return Term(
            f"divide({one.code} * {raised}, {divisor})", Type(kind, DIVISION_PLACES, low=low)
        )

    def _whole_quotient(self, node: ast.BinOp) -> Term:
        one, two = _alike(self._numeric(node.left), self._divisor(node), self._complain(node))
        low = Decimal(0) if _positive_or_zero(one.type) else None
        if isinstance(node.op, ast.FloorDiv):
            return Term(f"({one.code} // {two.code})", kinds.number(low=low))
        return Term(
            f"({one.code} % {two.code})", one.type._replace(low=low, high=None, constant=None)
        )

    def _power(self, node: ast.BinOp) -> Term:
        base, power = self._there(node.left, Kind.NUMBER), self._there(node.right, Kind.NUMBER)
        exponent = power.type.constant
        if exponent is None or exponent != int(exponent) or not 0 <= exponent <= POWER_MAX:
            expected = f"a whole number from 0 to {POWER_MAX}"
            raise self._fault(node.right, ast.unparse(node.right), expected)
        if base.type.constant is not None:
            return constant(
                _bounded_number(WIDE.power(base.type.constant, int(exponent)), self._path)
            )
        scale = base.type.scale * int(exponent)
        return Term(f"({base.code} ** {int(exponent)})", kinds.number(scale))

    # Calls: functions, loops over lists, tables

    def _call(self, node: ast.Call) -> Term:
        if not isinstance(node.func, ast.Name):
            raise self._fault(node, ast.unparse(node.func), "a function or a table")
        name = node.func.id
        loop = len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp)
        if loop and name in AGGREGATES:
            return self._aggregate(node, name)
        if any(keyword.arg != "default" for keyword in node.keywords) or (
            node.keywords and name not in {"min", "max"}
        ):
            raise self._fault(node, ast.unparse(node), "arguments in their order")
        if function := FUNCTIONS.get(name):
            fewest, most, method = function
            if not fewest <= len(node.args) <= most:
                wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
                raise self._fault(node, f"{len(node.args)} arguments", wanted)
            return method(self, node)
        keys = [self._there(argument) for argument in node.args]
        term = self._scope.table(name, keys)
        if term is None:
            hint = did_you_mean(name, [*FUNCTIONS, *AGGREGATES, *self._scope.tables()])
            raise self._fault(node, f"{name}(…)", "a function or a table", hint)
        return term

    def _aggregate(self, node: ast.Call, name: str) -> Term:
        """`any(driver.age < 17 for driver in drivers)`, and all, count, sum, min, max."""
        loop = node.args[0]
        if not isinstance(loop, ast.GeneratorExp) or len(loop.generators) != 1:
            raise self._fault(node, ast.unparse(node), "one `for … in …`")
        each = loop.generators[0]
        many = self._there(each.iter, Kind.LIST)
        if not isinstance(each.target, ast.Name) or each.is_async:
            raise self._fault(node, ast.unparse(each.target), "one name")
        self._loops *= max(many.type.most, 1)
        if self._loops > LOOPS_MAX:
            raise self._fault(node, "loops in loops", f"at most {LOOPS_MAX} rounds")
        outer, given = self._scope, set(self._given)
        self._loop_depth += 1
        variable = f"i{self._loop_depth}_{each.target.id}"
        item = Term(variable, Type(Kind.RECORD, fields=many.type.fields))
        self._scope = Inner(outer, {each.target.id: item})
        conditions = []
        for condition in each.ifs:
            conditions.append(self._there(condition, Kind.BOOL).code)
            self._given |= _facts(condition, holds=True)
        filters = "".join(f" if {condition}" for condition in conditions)
        source = f"for {variable} in {many.code}{filters}"
        body = self._there(loop.elt)
        self._scope, self._given = outer, given
        self._loops //= max(many.type.most, 1)
        self._loop_depth -= 1
        return self._aggregated(node, name, body, source, sure=many.type.fewest > 0 and not filters)

    def _aggregated(
        self, node: ast.Call, name: str, body: Term, source: str, *, sure: bool
    ) -> Term:
        if name == "count" and body.type.kind is Kind.RECORD:  # `count(x for x in items if …)`
            return Term(f"sum(1 {source})", kinds.number(low=Decimal(0)))
        if name in {"any", "all", "count"}:
            if body.type.kind is not Kind.BOOL:
                raise self._fault(node, f"{body.type}", "a condition for each item")
            if name == "count":
                return Term(f"sum(1 {source} if {body.code})", kinds.number(low=Decimal(0)))
            return Term(f"{name}([{body.code} {source}])", BOOL)
        if name == "sum":
            if not body.type.numeric:
                raise self._fault(node, f"{body.type}", "a number or money for each item")
            low = Decimal(0) if _positive_or_zero(body.type) else None
            kind = body.type._replace(low=low, high=None, constant=None)
            return Term(f"sum([{body.code} {source}])", kind)
        if not (body.type.numeric or body.type.kind is Kind.DATE):
            raise self._fault(node, f"{body.type}", "numbers, money or dates")
        kind = body.type._replace(constant=None)
        if sure:
            return Term(f"{name}([{body.code} {source}])", kind)
        if not node.keywords:
            raise self._fault(
                node, f"{name} of a list that may be empty", "a default", f"{name}(…, default=0)"
            )
        default = self._there(node.keywords[0].value)
        one, two = _alike(Term(body.code, kind), default, self._complain(node))
        bounds = kind._replace(
            scale=one.type.scale,
            kind=one.type.kind,
            low=_extreme(min, kind.low, default.type.low),
            high=_extreme(max, kind.high, default.type.high),
        )
        return Term(f"{name}([{one.code} {source}], default={two.code})", bounds)

    def _least_or_most(self, node: ast.Call) -> Term:
        name = node.func.id  # type: ignore[attr-defined]
        if node.keywords:
            raise self._fault(node, "default=", "it only with `for … in …`")
        terms = [self._there(argument) for argument in node.args]
        for term in terms:
            if not (term.type.numeric or term.type.kind is Kind.DATE):
                raise self._fault(node, f"{term.type}", "numbers, money or dates")
        scale = max(term.type.scale for term in terms)
        first = terms[0]
        for term in terms[1:]:
            _alike(first, term, self._complain(node))
            first = term if first.type.literal else first
        known = [term.type for term in terms]
        lows = [kind.low for kind in known]
        highs = [kind.high for kind in known]
        sure_lows = [low for low in lows if low is not None]
        sure_highs = [high for high in highs if high is not None]
        if name == "max":
            low = max(sure_lows, default=None)
            high = max(sure_highs, default=None) if len(sure_highs) == len(highs) else None
        else:
            low = min(sure_lows, default=None) if len(sure_lows) == len(lows) else None
            high = min(sure_highs, default=None)
        codes = ", ".join(at_scale(term, scale) for term in terms)
        literal = all(term.type.literal for term in terms)
        kind = first.type._replace(scale=scale, low=low, high=high, constant=None, literal=literal)
        return Term(f"{name}({codes})", kind)

    def _rounded(self, node: ast.Call) -> Term:
        """round(x), round(x, 2), round(x, 2, 'down'); places may be negative: whole hundreds."""
        term = self._numeric(node.args[0])
        kept = 0
        if len(node.args) > 1:
            wanted = self._there(node.args[1], Kind.NUMBER).type.constant
            if wanted is None or wanted != int(wanted) or not -12 <= wanted <= 24:  # noqa: PLR2004
                raise self._fault(node.args[1], ast.unparse(node.args[1]), "decimal places")
            kept = int(wanted)
        mode = "half_up"
        if len(node.args) > 2:  # noqa: PLR2004 - the third argument
            last = node.args[2]
            mode = last.value if isinstance(last, ast.Constant) else ""  # type: ignore[assignment]
            if mode not in ROUNDING:
                hint = did_you_mean(str(mode), ROUNDING)
                raise self._fault(last, ast.unparse(last), "a way of rounding", hint)
        return rounded(term, kept, mode)

    def _floor(self, node: ast.Call) -> Term:
        return rounded(self._numeric(node.args[0]), 0, "floor")

    def _ceil(self, node: ast.Call) -> Term:
        return rounded(self._numeric(node.args[0]), 0, "ceiling")

    def _truncate(self, node: ast.Call) -> Term:
        places = [*node.args[1:], ast.Constant(0, col_offset=node.col_offset)][0]
        wanted = Decimal(0) if len(node.args) == 1 else self._there(places).type.constant
        if wanted is None or wanted != int(wanted) or not 0 <= wanted <= 24:  # noqa: PLR2004
            raise self._fault(places, ast.unparse(places), "decimal places, 0 to 24")
        return rounded(self._numeric(node.args[0]), int(wanted), "down")

    def _absolute(self, node: ast.Call) -> Term:
        term = self._numeric(node.args[0])
        kind = term.type._replace(low=Decimal(0), high=None, constant=None)
        return Term(f"abs({term.code})", kind)

    def _as_money(self, node: ast.Call) -> Term:
        term = self._there(node.args[0], Kind.NUMBER)
        return Term(term.code, term.type._replace(kind=Kind.MONEY, constant=None))

    def _as_number(self, node: ast.Call) -> Term:
        term = self._there(node.args[0], Kind.MONEY)
        return Term(term.code, term.type._replace(kind=Kind.NUMBER))

    def _is_given(self, node: ast.Call) -> Term:
        term = self._visit(node.args[0])
        return Term(f"({term.code} is not None)", BOOL)

    def _otherwise(self, node: ast.Call) -> Term:
        term = self._visit(node.args[0])
        sure = Term(term.code, term.type._replace(optional=False))
        given = Term(f"{term.code} is not None", BOOL)
        return _choose(given, sure, self._there(node.args[1]), self._complain(node))

    def _size(self, node: ast.Call) -> Term:
        """Items of a list, or characters of a text."""
        term = self._there(node.args[0], Kind.LIST, Kind.TEXT)
        low = Decimal(term.type.fewest)
        return Term(f"len({term.code})", kinds.number(low=low))

    def _date(self, node: ast.Call) -> Term:
        argument = node.args[0]
        if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
            raise self._fault(argument, ast.unparse(argument), "date('2026-07-01')")
        return self._date_literal(argument.value, argument)

    def _dates_apart(self, node: ast.Call) -> Term:
        first, second = (self._there(argument, Kind.DATE) for argument in node.args)
        name = node.func.id  # type: ignore[attr-defined]
        return Term(f"{name}_between({first.code}, {second.code})", kinds.number())

    def _later(self, node: ast.Call) -> Term:
        day, count = self._there(node.args[0], Kind.DATE), self._whole(node.args[1])
        return Term(f"{node.func.id}({day.code}, {count.code})", DATE)  # type: ignore[attr-defined]

    def _whole(self, node: ast.expr) -> Term:
        term = self._there(node, Kind.NUMBER)
        if term.type.scale:
            raise self._fault(node, ast.unparse(node), "a whole number", "Use floor(…).")
        return term

    def _part_of_date(self, node: ast.Call) -> Term:
        name = node.func.id  # type: ignore[attr-defined]
        day = self._there(node.args[0], Kind.DATE)
        return Term(f"{day.code}.{name}", kinds.number(low=Decimal(1)))

    def _text_test(self, node: ast.Call) -> Term:
        text, part = (self._there(argument, Kind.TEXT) for argument in node.args)
        name = node.func.id  # type: ignore[attr-defined]
        if name == "contains":
            return Term(f"({part.code} in {text.code})", BOOL)
        return Term(f"{text.code}.{name.replace('_', '')}({part.code})", BOOL)

    def _left(self, node: ast.Call) -> Term:
        text, count = self._there(node.args[0], Kind.TEXT), self._whole(node.args[1])
        return Term(f"{text.code}[:max({count.code}, 0)]", TEXT)

    def _before(self, node: ast.Call) -> Term:
        """The part of a text before a mark: `before(postcode, ' ')`."""
        text, mark = (self._there(argument, Kind.TEXT) for argument in node.args)
        return Term(f"{text.code}.partition({mark.code} or ' ')[0]", TEXT)

    def _upper(self, node: ast.Call) -> Term:
        return Term(f"{self._there(node.args[0], Kind.TEXT).code}.upper()", TEXT)


SELECTED: Final = "selected"
"""The compiled name of the set of covers in force: `covers.windscreen` asks it."""

AGGREGATES: Final = ("any", "all", "count", "sum", "min", "max")

FUNCTIONS: Final[dict[str, tuple[int, int, Callable[[_Expression, ast.Call], Term]]]] = {
    "min": (2, 12, _Expression._least_or_most),
    "max": (2, 12, _Expression._least_or_most),
    "round": (1, 3, _Expression._rounded),
    "floor": (1, 1, _Expression._floor),
    "ceil": (1, 1, _Expression._ceil),
    "truncate": (1, 2, _Expression._truncate),
    "abs": (1, 1, _Expression._absolute),
    "money": (1, 1, _Expression._as_money),
    "number": (1, 1, _Expression._as_number),
    "given": (1, 1, _Expression._is_given),
    "otherwise": (2, 2, _Expression._otherwise),
    "size": (1, 1, _Expression._size),
    "date": (1, 1, _Expression._date),
    "days": (2, 2, _Expression._dates_apart),
    "months": (2, 2, _Expression._dates_apart),
    "years": (2, 2, _Expression._dates_apart),
    "add_days": (2, 2, _Expression._later),
    "add_months": (2, 2, _Expression._later),
    "year": (1, 1, _Expression._part_of_date),
    "month": (1, 1, _Expression._part_of_date),
    "day": (1, 1, _Expression._part_of_date),
    "starts_with": (2, 2, _Expression._text_test),
    "ends_with": (2, 2, _Expression._text_test),
    "contains": (2, 2, _Expression._text_test),
    "left": (2, 2, _Expression._left),
    "before": (2, 2, _Expression._before),
    "upper": (1, 1, _Expression._upper),
}


def rounded(term: Term, places: int, mode: str) -> Term:
    """The term rounded to decimal places; a term that has no more of them stays as it is."""
    if places >= term.type.scale:
        return term
    unit = 10 ** (term.type.scale - places)
    raise_again = f" * {10**-places}" if places < 0 else ""
    low = term.type.low
    if low is not None:
        low = Decimal(0) if low >= 0 else None
    if term.type.low is not None and term.type.low >= 1 and places >= 0:
        low = Decimal(1)
    kind = term.type._replace(scale=max(places, 0), constant=None, low=low, high=None)
    return Term(f"({mode}({term.code}, {unit}){raise_again})", kind)


def _positive_or_zero(kind: Type) -> bool:
    return kind.low is not None and kind.low >= 0


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
