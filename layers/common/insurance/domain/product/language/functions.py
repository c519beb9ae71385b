"""The functions of the language, and what `sum`, `any` and the like make of a loop over a list."""

from __future__ import annotations

import ast
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from insurance.domain.core.arithmetic import ROUNDING
from insurance.domain.product.faults import did_you_mean
from insurance.domain.product.language import kinds
from insurance.domain.product.language.kinds import BOOL, DATE, TEXT, Kind, Term, at_scale
from insurance.domain.product.language.operators import date_literal
from insurance.domain.product.language.terms import (
    alike,
    choose,
    extreme,
    positive_or_zero,
    rounded,
)

if TYPE_CHECKING:
    from insurance.domain.product.language.expression import Compiler

AGGREGATES: Final = ("any", "all", "count", "sum", "min", "max")


def _least_or_most(compiler: Compiler, node: ast.Call) -> Term:
    name = node.func.id  # type: ignore[attr-defined]
    if node.keywords:
        raise compiler.fault(node, "default=", "it only with `for … in …`")
    terms = [compiler.there(argument) for argument in node.args]
    for term in terms:
        if not (term.type.numeric or term.type.kind is Kind.DATE):
            raise compiler.fault(node, f"{term.type}", "numbers, money or dates")
    scale = max(term.type.scale for term in terms)
    first = terms[0]
    for term in terms[1:]:
        alike(first, term, compiler.complain(node))
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


def _rounded(compiler: Compiler, node: ast.Call) -> Term:
    """round(x), round(x, 2), round(x, 2, 'down'); places may be negative: whole hundreds."""
    term = compiler.numeric(node.args[0])
    kept = 0
    if len(node.args) > 1:
        wanted = compiler.there(node.args[1], Kind.NUMBER).type.constant
        if wanted is None or wanted != int(wanted) or not -12 <= wanted <= 24:  # noqa: PLR2004
            raise compiler.fault(node.args[1], ast.unparse(node.args[1]), "decimal places")
        kept = int(wanted)
    mode = "half_up"
    if len(node.args) > 2:  # noqa: PLR2004 - the third argument
        last = node.args[2]
        mode = last.value if isinstance(last, ast.Constant) else ""  # type: ignore[assignment]
        if mode not in ROUNDING:
            hint = did_you_mean(str(mode), ROUNDING)
            raise compiler.fault(last, ast.unparse(last), "a way of rounding", hint)
    return rounded(term, kept, mode)


def _floor(compiler: Compiler, node: ast.Call) -> Term:
    return rounded(compiler.numeric(node.args[0]), 0, "floor")


def _ceil(compiler: Compiler, node: ast.Call) -> Term:
    return rounded(compiler.numeric(node.args[0]), 0, "ceiling")


def _truncate(compiler: Compiler, node: ast.Call) -> Term:
    places = [*node.args[1:], ast.Constant(0, col_offset=node.col_offset)][0]
    wanted = Decimal(0) if len(node.args) == 1 else compiler.there(places).type.constant
    if wanted is None or wanted != int(wanted) or not 0 <= wanted <= 24:  # noqa: PLR2004
        raise compiler.fault(places, ast.unparse(places), "decimal places, 0 to 24")
    return rounded(compiler.numeric(node.args[0]), int(wanted), "down")


def _absolute(compiler: Compiler, node: ast.Call) -> Term:
    term = compiler.numeric(node.args[0])
    kind = term.type._replace(low=Decimal(0), high=None, constant=None)
    return Term(f"abs({term.code})", kind)


def _as_money(compiler: Compiler, node: ast.Call) -> Term:
    term = compiler.there(node.args[0], Kind.NUMBER)
    return Term(term.code, term.type._replace(kind=Kind.MONEY, constant=None))


def _as_number(compiler: Compiler, node: ast.Call) -> Term:
    term = compiler.there(node.args[0], Kind.MONEY)
    return Term(term.code, term.type._replace(kind=Kind.NUMBER))


def _is_given(compiler: Compiler, node: ast.Call) -> Term:
    term = compiler.visit(node.args[0])
    return Term(f"({term.code} is not None)", BOOL)


def _otherwise(compiler: Compiler, node: ast.Call) -> Term:
    term = compiler.visit(node.args[0])
    sure = Term(term.code, term.type._replace(optional=False))
    given = Term(f"{term.code} is not None", BOOL)
    return choose(given, sure, compiler.there(node.args[1]), compiler.complain(node))


def _size(compiler: Compiler, node: ast.Call) -> Term:
    """Items of a list, or characters of a text."""
    term = compiler.there(node.args[0], Kind.LIST, Kind.TEXT)
    low = Decimal(term.type.fewest)
    return Term(f"len({term.code})", kinds.number(low=low))


def _date(compiler: Compiler, node: ast.Call) -> Term:
    argument = node.args[0]
    if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
        raise compiler.fault(argument, ast.unparse(argument), "date('2026-07-01')")
    return date_literal(compiler, argument.value, argument)


def _dates_apart(compiler: Compiler, node: ast.Call) -> Term:
    first, second = (compiler.there(argument, Kind.DATE) for argument in node.args)
    name = node.func.id  # type: ignore[attr-defined]
    return Term(f"{name}_between({first.code}, {second.code})", kinds.number())


def _later(compiler: Compiler, node: ast.Call) -> Term:
    day, count = compiler.there(node.args[0], Kind.DATE), _whole(compiler, node.args[1])
    return Term(f"{node.func.id}({day.code}, {count.code})", DATE)  # type: ignore[attr-defined]


def _whole(compiler: Compiler, node: ast.expr) -> Term:
    term = compiler.there(node, Kind.NUMBER)
    if term.type.scale:
        raise compiler.fault(node, ast.unparse(node), "a whole number", "Use floor(…).")
    return term


def _part_of_date(compiler: Compiler, node: ast.Call) -> Term:
    name = node.func.id  # type: ignore[attr-defined]
    day = compiler.there(node.args[0], Kind.DATE)
    return Term(f"{day.code}.{name}", kinds.number(low=Decimal(1)))


def _text_test(compiler: Compiler, node: ast.Call) -> Term:
    text, part = (compiler.there(argument, Kind.TEXT) for argument in node.args)
    name = node.func.id  # type: ignore[attr-defined]
    if name == "contains":
        return Term(f"({part.code} in {text.code})", BOOL)
    return Term(f"{text.code}.{name.replace('_', '')}({part.code})", BOOL)


def _left(compiler: Compiler, node: ast.Call) -> Term:
    text, count = compiler.there(node.args[0], Kind.TEXT), _whole(compiler, node.args[1])
    return Term(f"{text.code}[:max({count.code}, 0)]", TEXT)


def _before(compiler: Compiler, node: ast.Call) -> Term:
    """The part of a text before a mark: `before(postcode, ' ')`."""
    text, mark = (compiler.there(argument, Kind.TEXT) for argument in node.args)
    return Term(f"{text.code}.partition({mark.code} or ' ')[0]", TEXT)


def _upper(compiler: Compiler, node: ast.Call) -> Term:
    return Term(f"{compiler.there(node.args[0], Kind.TEXT).code}.upper()", TEXT)


def aggregated(
    compiler: Compiler, node: ast.Call, name: str, body: Term, source: str, *, sure: bool
) -> Term:
    """A count, sum, least, greatest, any or all of `body`, taken over the items of `source`.

    Args:
        source: The loop as Python code, such as `for x in items`.
        sure: Whether the list has at least one item.

    Raises:
        InvalidProduct: The body is of the wrong kind, or the list may be empty and no default is given.
    """
    if name == "count" and body.type.kind is Kind.RECORD:  # `count(x for x in items if …)`
        return Term(f"sum(1 {source})", kinds.number(low=Decimal(0)))
    if name in {"any", "all", "count"}:
        if body.type.kind is not Kind.BOOL:
            raise compiler.fault(node, f"{body.type}", "a condition for each item")
        if name == "count":
            return Term(f"sum(1 {source} if {body.code})", kinds.number(low=Decimal(0)))
        return Term(f"{name}([{body.code} {source}])", BOOL)
    if name == "sum":
        if not body.type.numeric:
            raise compiler.fault(node, f"{body.type}", "a number or money for each item")
        low = Decimal(0) if positive_or_zero(body.type) else None
        kind = body.type._replace(low=low, high=None, constant=None)
        return Term(f"sum([{body.code} {source}])", kind)
    if not (body.type.numeric or body.type.kind is Kind.DATE):
        raise compiler.fault(node, f"{body.type}", "numbers, money or dates")
    kind = body.type._replace(constant=None)
    if sure:
        return Term(f"{name}([{body.code} {source}])", kind)
    if not node.keywords:
        raise compiler.fault(
            node, f"{name} of a list that may be empty", "a default", f"{name}(…, default=0)"
        )
    default = compiler.there(node.keywords[0].value)
    one, two = alike(Term(body.code, kind), default, compiler.complain(node))
    bounds = kind._replace(
        scale=one.type.scale,
        kind=one.type.kind,
        low=extreme(min, kind.low, default.type.low),
        high=extreme(max, kind.high, default.type.high),
    )
    return Term(f"{name}([{one.code} {source}], default={two.code})", bounds)


type Function = Callable[[Compiler, ast.Call], Term]

FUNCTIONS: Final[dict[str, tuple[int, int, Function]]] = {
    "min": (2, 12, _least_or_most),
    "max": (2, 12, _least_or_most),
    "round": (1, 3, _rounded),
    "floor": (1, 1, _floor),
    "ceil": (1, 1, _ceil),
    "truncate": (1, 2, _truncate),
    "abs": (1, 1, _absolute),
    "money": (1, 1, _as_money),
    "number": (1, 1, _as_number),
    "given": (1, 1, _is_given),
    "otherwise": (2, 2, _otherwise),
    "size": (1, 1, _size),
    "date": (1, 1, _date),
    "days": (2, 2, _dates_apart),
    "months": (2, 2, _dates_apart),
    "years": (2, 2, _dates_apart),
    "add_days": (2, 2, _later),
    "add_months": (2, 2, _later),
    "year": (1, 1, _part_of_date),
    "month": (1, 1, _part_of_date),
    "day": (1, 1, _part_of_date),
    "starts_with": (2, 2, _text_test),
    "ends_with": (2, 2, _text_test),
    "contains": (2, 2, _text_test),
    "left": (2, 2, _left),
    "before": (2, 2, _before),
    "upper": (1, 1, _upper),
}
