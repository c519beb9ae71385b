"""Small products for one purpose each."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from insurance.domain.contract.premium import Premium
from insurance.domain.product import Offer, Product, ProductSource, Risk

NUMBER = {"code": "n", "type": "integer", "min": -1_000_000, "max": 1_000_000, "default": 0}
RATE = {"code": "r", "type": "decimal", "places": 3, "min": 0, "max": 100, "default": 1}
SUM = {"code": "amount", "type": "money", "min": 0, "max": 1_000_000, "default": 100}
WORD = {"code": "colour", "type": "choice", "choices": ["red", "green", "blue"], "default": "red"}
DAY = {"code": "born", "type": "date", "default": "1990-06-15"}
MAYBE = {"code": "maybe", "type": "integer", "required": False}
ITEMS = {
    "code": "items",
    "type": "list",
    "max": 5,
    "fields": [{"code": "value", "type": "money"}, {"code": "kind", "type": "text"}],
}
QUESTIONS = [NUMBER, RATE, SUM, WORD, DAY, MAYBE, ITEMS]
START = date(2026, 3, 1)


def document(**parts: Any) -> dict[str, Any]:
    """A definition that is as small as it can be, with some parts of one's own."""
    plain = {
        "code": "sample",
        "version": "1",
        "name": "Sample",
        "territories": ["GB", "IE"],
        "currency": "GBP",
        "time_zone": "Europe/London",
        "questions": QUESTIONS,
        "covers": [{"code": "main"}],
        "rating": {"steps": [{"step": "base", "base": 100}]},
        **parts,
    }
    exact: dict[str, Any] = json.loads(json.dumps(plain, default=str), parse_float=Decimal)
    return exact


def product(tables: dict[str, str] | None = None, **parts: Any) -> Product:
    return Product(ProductSource(document(**parts), tables or {}))


def risk(sold: Product, covers: tuple[str, ...] = (), **answers: Any) -> Risk:
    return Risk(sold.read_answers(answers), {}, covers, START)


def offer(sold: Product, covers: tuple[str, ...] = (), **answers: Any) -> Offer:
    return sold.offer(risk(sold, covers, **answers))


def price(sold: Product, covers: tuple[str, ...] = (), **answers: Any) -> Premium:
    found = offer(sold, covers, **answers).premium
    assert found is not None
    return found


def worth(expression: object, tables: dict[str, str] | None = None, **answers: Any) -> Decimal:
    """What an expression comes to, read off a trace."""
    steps = [{"step": "base", "base": 1}, {"step": "it", "factor": expression}]
    sold = product(tables, rating={"steps": steps})
    operand = offer(sold, **answers).trace[1].operand
    assert operand is not None
    return operand


def holds(expression: object, **answers: Any) -> bool:
    rule = {"code": "it", "outcome": "inform", "when": expression, "reason": "It holds"}
    return bool(offer(product(underwriting=[rule]), **answers).findings)
