"""Mutants of a product: one operator, figure or clause changed. Good scenarios notice each."""

import ast
from collections.abc import Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any, NamedTuple

from insurance.domain.product import InvalidProduct, Product, ProductSource
from insurance.domain.product.publishing.scenarios import Scenarios

SECTIONS = ("values", "covers", "underwriting", "rating", "renewal", "claims")
EXPRESSIONS = {
    "when",
    "then",
    "otherwise",
    "limit",
    "excess",
    "base",
    "factor",
    "add",
    "load",
    "discount",
    "minimum",
    "maximum",
    "rate",
    "amount",
    "insured",
    "value",
    "coinsurance",
    "depreciate",
    "share",
    "up_to",
    "less",
    "counts",
    "reserve",
    "to",
    "commission",
}
REMOVABLE = {
    "steps",
    "charges",
    "underwriting",
    "payout",
    "exclusions",
    "rules",
    "changes",
    "evidence",
}
SWAPS: Mapping[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "sum": "max", "count": "any"}

type Path = tuple[str | int, ...]


class Mutant(NamedTuple):
    what: str
    document: dict[str, Any]


def mutants(made: ProductSource) -> Iterator[Mutant]:
    document = made.document
    for section in SECTIONS:
        if section in document:
            yield from _of(document, (section,), document[section], expression=section == "values")


def survives(made: ProductSource, mutant: Mutant) -> bool | None:
    """True if no scenario notices; None if the compiler itself refuses the mutant."""
    try:
        product = Product(ProductSource(mutant.document, made.tables))
        product.compile()
        scenarios = Scenarios(made.scenarios or {})
        return all(outcome.passed for outcome in scenarios.run(product))
    except InvalidProduct:
        return None


def _of(  # noqa: C901 - one case for each kind of JSON
    document: Mapping[str, Any], path: Path, part: Any, *, expression: bool
) -> Iterator[Mutant]:
    match part:
        case dict():
            for name, inner in part.items():
                if name in {"authority", "fraud", "fraud_bands"}:
                    continue  # read by the claims part, which has scenarios of its own
                asks = expression if path == ("values",) else name in EXPRESSIONS
                yield from _of(document, (*path, name), inner, expression=asks)
            if "outcome" in part and part["outcome"] == "decline":
                yield _mutant(document, (*path, "outcome"), "refer")
        case list():
            for place, inner in enumerate(part):
                if path[-1] in REMOVABLE and isinstance(inner, dict):
                    yield _without(document, (*path, place))
                yield from _of(document, (*path, place), inner, expression=False)
        case bool() if expression:
            yield _mutant(document, path, not part)
        case int() | Decimal() if expression and not isinstance(part, bool):
            yield _mutant(document, path, Decimal(part) * Decimal("1.1") + Decimal("0.01"))
        case str() if expression:
            for text in _texts(part):
                yield _mutant(document, path, text)


def _mutant(document: Mapping[str, Any], path: Path, value: object) -> Mutant:
    changed = deepcopy(dict(document))
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    old = inner[path[-1]]
    inner[path[-1]] = value
    return Mutant(f"/{'/'.join(map(str, path))}: {old} → {value}", changed)


def _without(document: Mapping[str, Any], path: Path) -> Mutant:
    changed = deepcopy(dict(document))
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return Mutant(f"/{'/'.join(map(str, path))}: left out", changed)


def _texts(source: str) -> Iterator[str]:
    """The expression with one thing changed at a time."""
    count = sum(1 for _ in ast.walk(ast.parse(source, mode="eval")))
    for place in range(count):
        tree = ast.parse(source, mode="eval")
        node = list(ast.walk(tree))[place]
        if _changed(node):
            text = ast.unparse(tree)
            if text != ast.unparse(ast.parse(source, mode="eval")):
                yield text


def _changed(node: ast.AST) -> bool:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in SWAPS:
            node.ops = [SWAPS[type(operator)]()]  # type: ignore[list-item]
        case ast.BinOp(op=operator) | ast.BoolOp(op=operator) if type(operator) in SWAPS:
            node.op = SWAPS[type(operator)]()  # type: ignore[assignment]
        case ast.UnaryOp(op=ast.Not()):
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            node.value = value + 1 if isinstance(value, int) else float(f"{value * 1.1:.6g}")
        case ast.Call(func=ast.Name() as function) if function.id in CALLS:
            function.id = CALLS[function.id]
        case ast.IfExp():
            node.body, node.orelse = node.orelse, node.body
        case _:
            return False
    return True
