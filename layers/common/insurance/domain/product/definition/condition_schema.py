"""Conditions on answers as JSON Schema: those that compare answers with what is written.

A missing answer is its default, so a condition that the default meets holds without the answer.
"""

import ast
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from operator import eq, ge, gt, le, lt
from typing import Any, Final

from insurance.domain.product.definition.number_schema import day_schema, number_schema
from insurance.domain.product.definition.questions import Question

type Json = dict[str, Any]

DAY: Final = timedelta(days=1)
EXACT_MAX: Final = 15
"""So many digits pass Python's own reading of an expression as they were written."""
_COMPARED: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Eq: eq,
    ast.Lt: lt,
    ast.LtE: le,
    ast.Gt: gt,
    ast.GtE: ge,
}
_TURNED: Final[Mapping[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}


class _NotExpressible(Exception):
    """The condition is about more than answers beside what is written: no schema can ask it."""


class ConditionSchema:
    """Conditions on these questions, and on values that are themselves such conditions."""

    def __init__(self, questions: Mapping[str, Question], values: Mapping[str, object]) -> None:
        self._questions, self._values = questions, values

    def of(self, condition: object) -> Json | None:
        """The schema of the answers for which it holds; None where no schema can ask it."""
        try:
            return self._condition(condition)
        except _NotExpressible:
            return None

    def _condition(self, condition: object) -> Json:
        if isinstance(condition, bool):
            return {} if condition else {"not": {}}
        if not isinstance(condition, str):
            raise _NotExpressible
        return self._node(ast.parse(condition.strip(), mode="eval").body)

    def _node(self, node: ast.expr) -> Json:  # noqa: PLR0911 - one for each form
        match node:
            case ast.Name(id="true"):
                return {}
            case ast.Name(id="false"):
                return {"not": {}}
            case ast.Name(id=name) if name in self._values:
                return self._condition(self._values[name])
            case ast.Name():
                return self._is(self._question(node), eq, True)  # noqa: FBT003 - a value
            case ast.UnaryOp(op=ast.Not()):
                return {"not": self._node(node.operand)}
            case ast.BoolOp():
                word = "allOf" if isinstance(node.op, ast.And) else "anyOf"
                return {word: [self._node(each) for each in node.values]}
            case ast.Compare():
                sides = [node.left, *node.comparators]
                pairs = zip(sides, node.ops, sides[1:], strict=False)
                found = [self._comparison(*each) for each in pairs]
                return found[0] if len(found) == 1 else {"allOf": found}
            case ast.Call(func=ast.Name(id="given"), args=[argument]):
                return self._given(self._question(argument))
        raise _NotExpressible

    def _comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Json:
        if isinstance(operator, ast.In | ast.NotIn):
            elements = right.elts if isinstance(right, ast.Tuple | ast.List) else []
            one_of = {"anyOf": [self._comparison(left, ast.Eq(), each) for each in elements]}
            return one_of if isinstance(operator, ast.In) else {"not": one_of}
        if isinstance(operator, ast.NotEq):
            return {"not": self._comparison(left, ast.Eq(), right)}
        if not isinstance(left, ast.Name):
            left, right = right, left
            operator = _TURNED.get(type(operator), type(operator))()
        question = self._question(left)
        return self._is(question, _COMPARED[type(operator)], _literal(right, question))

    def _question(self, node: ast.expr) -> Question:
        question = self._questions.get(node.id) if isinstance(node, ast.Name) else None
        if question is None:
            raise _NotExpressible
        return question

    def _given(self, one: Question) -> Json:
        if one.default is not None:
            return {}
        return {"required": [one.code], "properties": {one.code: {"not": {"type": "null"}}}}

    def _is(self, one: Question, compared: Callable[[Any, Any], bool], with_: Any) -> Json:
        """The answers in which this one compares so; without the answer its default does."""
        answered = {"properties": {one.code: _answer(one, compared, with_)}, "required": [one.code]}
        if one.default is None or not compared(_held(one, one.default), with_):
            return answered
        missing = {"properties": {one.code: {"type": "null"}}}
        return {"anyOf": [answered, missing]}


def _answer(one: Question, compared: Callable[[Any, Any], bool], with_: Any) -> Json:
    """What the answer itself must be."""
    if one.type in {"boolean", "choice", "text"} and compared is eq:
        return {"const": with_}
    low = with_ if compared in {eq, ge, gt} else None
    high = with_ if compared in {eq, le, lt} else None
    if one.type == "date":
        first = low + DAY if low and compared is gt else low
        last = high - DAY if high and compared is lt else high
        return day_schema(one, first, last)
    if one.type in {"integer", "decimal", "money"}:
        step = Decimal(1).scaleb(-_places(one))
        if compared is gt:
            low = with_.quantize(step, ROUND_FLOOR) + step
        if compared is lt:
            high = with_.quantize(step, ROUND_CEILING) - step
        return number_schema(one, low, high)
    raise _NotExpressible


def _places(one: Question) -> int:
    return {"integer": 0, "decimal": one.places, "money": one.exponent}[one.type]


def _literal(node: ast.expr, one: Question) -> Any:
    """What is written beside a question, as its answers compare with it."""
    minus = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    written = node.operand if isinstance(node, ast.UnaryOp) and minus else node
    if isinstance(written, ast.Name) and written.id in {"true", "false"} and not minus:
        return written.id == "true"
    if not isinstance(written, ast.Constant) or isinstance(written.value, bool):
        raise _NotExpressible
    if isinstance(written.value, str):
        return date.fromisoformat(written.value) if one.type == "date" else written.value
    digits = ast.unparse(written)
    if len(digits) > EXACT_MAX:
        raise _NotExpressible
    value = Decimal(digits)
    return -value if minus else value


def _held(one: Question, wire: Any) -> Any:
    """An answer as it compares."""
    match one.type:
        case "money":
            return Decimal(wire["amount"]).scaleb(-one.exponent)
        case "integer" | "decimal":
            return Decimal(wire)
        case "date":
            return date.fromisoformat(wire)
    return wire
