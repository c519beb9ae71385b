"""Arithmetic and comparison in expressions: each checked, and its scale and bounds worked out."""

from __future__ import annotations

import ast
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from insurance.domain.core.arithmetic import DIVISION_PLACES
from insurance.domain.product.faults import did_you_mean
from insurance.domain.product.language import kinds
from insurance.domain.product.language.kinds import BOOL, DATE, WIDE, Kind, Term, Type, constant
from insurance.domain.product.language.terms import alike, bounded_number, extreme, positive_or_zero

if TYPE_CHECKING:
    from insurance.domain.product.language.expression import Compiler

POWER_MAX: Final = 12

OPERATORS: Final = {ast.Add: "+", ast.Sub: "-"}
ORDERS: Final = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
EQUALS: Final = {ast.Eq: "==", ast.NotEq: "!="}


def compare(compiler: Compiler, node: ast.Compare) -> Term:
    parts = []
    left = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        parts.append(_comparison(compiler, node, left, operator, right))
        left = right
    return Term(f"({' and '.join(parts)})", BOOL)


def _comparison(
    compiler: Compiler, node: ast.Compare, left: ast.expr, operator: ast.cmpop, right: ast.expr
) -> str:
    if isinstance(operator, ast.In | ast.NotIn):
        return _membership(compiler, left, operator, right)
    first, second = compiler.there(left), compiler.there(right)
    symbol = EQUALS.get(type(operator)) or ORDERS.get(type(operator))
    if symbol is None:
        raise compiler.fault(node, "is", "==, !=, <, <=, >, >= or in")
    first, second = _dated(compiler, first, second, right), _dated(compiler, second, first, left)
    one, two = alike(first, second, compiler.complain(node))
    ordered = type(operator) in ORDERS
    if ordered and not (one.type.numeric or one.type.kind is Kind.DATE):
        raise compiler.fault(node, f"{one.type.kind} in an order", "numbers, money or dates")
    _among(compiler, right, one.type)
    _among(compiler, left, two.type)
    return f"{one.code} {symbol} {two.code}"


def _membership(
    compiler: Compiler, left: ast.expr, operator: ast.In | ast.NotIn, right: ast.expr
) -> str:
    if not isinstance(right, ast.Tuple | ast.List) or not right.elts:
        raise compiler.fault(right, ast.unparse(right), "choices in brackets: ('a', 'b')")
    first = compiler.there(left)
    codes = []
    for element in right.elts:
        one, two = alike(first, compiler.there(element), compiler.complain(element))
        _among(compiler, element, one.type)
        # Each comparison stands alone: elements may need different scales.
        codes.append(f"{one.code} == {two.code}")
    joined = f"({' or '.join(codes)})"
    return joined if isinstance(operator, ast.In) else f"(not {joined})"


def _among(compiler: Compiler, node: ast.expr, other: Type) -> None:
    """A word beside a choice must be one of its choices."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return
    if other.kind is Kind.TEXT and other.choices and node.value not in other.choices:
        hint = did_you_mean(node.value, other.choices)
        raise compiler.fault(node, repr(node.value), "one of the choices", hint)


def _dated(compiler: Compiler, term: Term, other: Term, node: ast.expr) -> Term:
    """A literal '2026-07-01' beside a date is a date."""
    literal = len(term.type.choices) == 1 and term.code == repr(term.type.choices[0])
    if other.type.kind is Kind.DATE and term.type.kind is Kind.TEXT and literal:
        return date_literal(compiler, term.type.choices[0], node)
    return term


def date_literal(compiler: Compiler, text: str, node: ast.expr) -> Term:
    """A text such as '2026-07-01' as a date.

    Raises:
        InvalidProduct: It is not a date.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise compiler.fault(node, text, "a date such as '2026-07-01'") from error
    return Term(f"date({day.year}, {day.month}, {day.day})", DATE)


def unary(compiler: Compiler, node: ast.UnaryOp) -> Term:
    """A minus, a plus or a `not` before a term.

    Raises:
        InvalidProduct: It is another operator, or its operand is of the wrong kind.
    """
    if isinstance(node.op, ast.Not):
        return Term(f"(not {compiler.there(node.operand, Kind.BOOL).code})", BOOL)
    term = compiler.numeric(node.operand)
    if isinstance(node.op, ast.UAdd):
        return term
    if not isinstance(node.op, ast.USub):
        raise compiler.fault(node, "~", "-")
    if term.type.constant is not None:
        return constant(-term.type.constant)
    low, high = term.type.low, term.type.high
    swapped = term.type._replace(
        low=None if high is None else -high, high=None if low is None else -low
    )
    return Term(f"(-{term.code})", swapped)


def binary(compiler: Compiler, node: ast.BinOp) -> Term:
    """Arithmetic with two terms.

    Raises:
        InvalidProduct: It is another operator, or an operand is of the wrong kind.
    """
    match node.op:
        case ast.Add() | ast.Sub():
            return _sum(compiler, node)
        case ast.Mult():
            return _product(compiler, node)
        case ast.Div():
            return _quotient(compiler, node)
        case ast.FloorDiv() | ast.Mod():
            return _whole_quotient(compiler, node)
        case ast.Pow():
            return _power(compiler, node)
    raise compiler.fault(node, type(node.op).__name__, "+ - * / // % **")


def _sum(compiler: Compiler, node: ast.BinOp) -> Term:
    one, two = alike(
        compiler.numeric(node.left), compiler.numeric(node.right), compiler.complain(node)
    )
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
        low=extreme(Decimal.__add__, one.type.low, lows),
        high=extreme(Decimal.__add__, one.type.high, highs),
        constant=None,
    )
    return Term(f"({one.code} {symbol} {two.code})", kind)


def _product(compiler: Compiler, node: ast.BinOp) -> Term:
    one, two = compiler.numeric(node.left), compiler.numeric(node.right)
    if one.type.kind is Kind.MONEY and two.type.kind is Kind.MONEY:
        raise compiler.fault(node, "money times money", "money times a number")
    if one.type.constant is not None and two.type.constant is not None:
        return constant(WIDE.multiply(one.type.constant, two.type.constant))
    kind = Kind.MONEY if Kind.MONEY in {one.type.kind, two.type.kind} else Kind.NUMBER
    low, high = None, None
    if positive_or_zero(one.type) and positive_or_zero(two.type):
        low = extreme(Decimal.__mul__, one.type.low, two.type.low)
        high = extreme(Decimal.__mul__, one.type.high, two.type.high)
    scale = one.type.scale + two.type.scale
    literal = one.type.literal and two.type.literal
    return Term(f"({one.code} * {two.code})", Type(kind, scale, low, high, literal=literal))


def _divisor(compiler: Compiler, node: ast.BinOp) -> Term:
    divisor = compiler.numeric(node.right)
    kind = divisor.type
    if not ((kind.low is not None and kind.low > 0) or (kind.high is not None and kind.high < 0)):
        hint = f"Write max({ast.unparse(node.right)}, 1), or give the question a min above 0."
        raise compiler.fault(node.right, "a divisor that may be zero", "one that cannot", hint)
    return divisor


def _quotient(compiler: Compiler, node: ast.BinOp) -> Term:
    one, two = compiler.numeric(node.left), _divisor(compiler, node)
    if two.type.kind is Kind.MONEY and one.type.kind is not Kind.MONEY:
        raise compiler.fault(node, "a number divided by money", "money divided by either")
    kind = Kind.NUMBER if one.type.kind is two.type.kind else Kind.MONEY
    raised = 10 ** max(DIVISION_PLACES + two.type.scale - one.type.scale, 0)
    excess = 10 ** max(one.type.scale - two.type.scale - DIVISION_PLACES, 0)
    divisor = f"({two.code} * {excess})" if excess > 1 else two.code
    low = Decimal(0) if positive_or_zero(one.type) and positive_or_zero(two.type) else None
    return Term(f"divide({one.code} * {raised}, {divisor})", Type(kind, DIVISION_PLACES, low=low))


def _whole_quotient(compiler: Compiler, node: ast.BinOp) -> Term:
    one, two = alike(compiler.numeric(node.left), _divisor(compiler, node), compiler.complain(node))
    low = Decimal(0) if positive_or_zero(one.type) else None
    if isinstance(node.op, ast.FloorDiv):
        return Term(f"({one.code} // {two.code})", kinds.number(low=low))
    return Term(f"({one.code} % {two.code})", one.type._replace(low=low, high=None, constant=None))


def _power(compiler: Compiler, node: ast.BinOp) -> Term:
    base, power = compiler.there(node.left, Kind.NUMBER), compiler.there(node.right, Kind.NUMBER)
    exponent = power.type.constant
    if exponent is None or exponent != int(exponent) or not 0 <= exponent <= POWER_MAX:
        expected = f"a whole number from 0 to {POWER_MAX}"
        raise compiler.fault(node.right, ast.unparse(node.right), expected)
    if base.type.constant is not None:
        return constant(
            bounded_number(WIDE.power(base.type.constant, int(exponent)), compiler.path)
        )
    scale = base.type.scale * int(exponent)
    return Term(f"({base.code} ** {int(exponent)})", kinds.number(scale))
