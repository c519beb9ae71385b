"""Premiums for many risks: answers read by compiled checks, no money made, no trace kept.

What the compiled reader does not take at once goes to the reader that explains itself, so a risk
is refused here exactly when it is refused there.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from insurance.domain.errors import FieldFault
from insurance.domain.product.product import Product
from insurance.domain.product.program import Env
from insurance.domain.product.questions import READ, Question
from insurance.domain.product.results import Risk

NONE: frozenset[str] = frozenset()

type Held = dict[str, Any]
type FastReader = Callable[[Mapping[str, Any]], Held | None]


class Premium(NamedTuple):
    """In whole minor units."""

    net: int
    charges: tuple[int, ...]
    total: int


class Bulk:
    """One product, made ready for many risks."""

    def __init__(self, product: Product) -> None:
        self._product = product
        hidden = any(one.visible_when for one in product.questions)
        self._read = None if hidden else reader(product.questions)
        self._read_looked_up = {
            source: reader(tuple(fields.values()), closed=False)
            for source, fields in product.world.looked_up.items()
        }
        self._rating, self._underwriting = product.rating, product.underwriting
        self._loads = any(rule.outcome in {"load", "exclude"} for rule in self._underwriting.rules)
        self._chosen: dict[tuple[Sequence[bool], tuple[str, ...]], frozenset[str]] = {}
        self._ends: dict[date, date] = {}

    def premiums(self, rows: Iterable[bytes | str]) -> list[Premium | None]:
        """A premium for each row of JSON: answers, looked_up, covers and the start of its term.

        What no product takes is refused as ever; a number with a fraction is not money.
        """
        premium, day = self.premium, date.fromisoformat
        return [
            premium(row["answers"], row["looked_up"], row["covers"], day(row["start"]))
            for row in map(orjson.loads, rows)
        ]

    def premium(
        self,
        answers: Mapping[str, Any],
        looked_up: Mapping[str, Any],
        covers: Sequence[str],
        start: date,
    ) -> Premium | None:
        """What the tariff asks; None where a look-up that it needs is missing."""
        held = self._read(answers) if self._read is not None else None
        told: dict[str, Held | None] = {}
        for source, read in self._read_looked_up.items():
            found = looked_up.get(source)
            known = told[source] = read(found) if found else None
            if known is None:
                held = None
        if held is None or self._loads:
            return self._explained(answers, looked_up, covers, start)
        end = self._ends.get(start)
        if end is None:
            end = self._product.last_day(start, held)
            if self._product.in_months:  # then no answer moves it
                self._ends[start] = end
        territory = self._product.territories[0]
        selected = self._selected(Env(held, told, NONE, start, end, territory), tuple(covers))
        env = Env(held, told, selected, start, end, territory)
        net, charges, _, total, *_ = self._rating.run(env, 1, 1)
        return Premium(net, charges, total)

    def _selected(self, env: Env, covers: tuple[str, ...]) -> frozenset[str]:
        """The covers in force, worked out once for each choice among what can be had."""
        available = self._product.covers.can_be_had(env)
        key = (available, covers)
        found = self._chosen.get(key)
        if found is None:
            found = self._chosen[key] = self._product.choose(env, covers)
        return found

    def _explained(
        self,
        answers: Mapping[str, Any],
        looked_up: Mapping[str, Any],
        covers: Sequence[str],
        start: date,
    ) -> Premium | None:
        risk = Risk(self._product.read_answers(answers), looked_up, covers, start)
        price = self._product.tariff_price(risk)
        if price is None:
            return None
        lines = tuple(line.amount.amount for line in price.lines[1:])
        return Premium(price.net.amount, lines, price.total.amount)


def reader(questions: Sequence[Question], *, closed: bool = True) -> FastReader:
    """Straight Python that takes sound answers, and returns None for whatever needs a closer look."""
    space: dict[str, Any] = {"date": date}
    lines = ["def read(raw):", "    g = raw.get"]
    if closed:
        lines.append("    if not raw.keys() <= KEYS: return None")
    space["KEYS"] = frozenset(one.code for one in questions)
    for place, one in enumerate(questions):
        lines += _lines(one, f"x{place}", f"g({one.code!r})", "    ", space)
    fields = ", ".join(f"{one.code!r}: x{place}" for place, one in enumerate(questions))
    lines.append(f"    return {{{fields}}}")
    exec(compile("\n".join(lines), "<reader>", "exec"), space)  # noqa: S102 # nosec B102 - codes are checked names
    read: FastReader = space["read"]
    return read


def _lines(one: Question, local: str, wire: str, indent: str, space: dict[str, Any]) -> list[str]:
    """The checks of one question; each leaves by `return None` when in doubt."""
    missing = _missing(one)
    space[f"D_{local}"] = missing
    absent = f"{local} = D_{local}" if missing is not None or not one.required else "return None"
    if one.type == "list":
        absent = f"{local} = []" if missing == [] else "return None"
    lines = [f"{local} = {wire}", f"if {local} is None: {absent}"]
    if one.type == "list":
        return [indent + line for line in [*lines, "else:", *_items(one, local, space)]]
    checks = _checks(one, local, space)
    return [indent + line for line in [*lines, "else:", *("    " + check for check in checks)]]


def _missing(one: Question) -> Any:
    if one.default is None:
        return None
    faults: list[FieldFault] = []
    return READ[one.type](one, one.default, "", faults)


def _checks(one: Question, local: str, space: dict[str, Any]) -> list[str]:
    low, high = f"L_{local}", f"H_{local}"
    match one.type:
        case "integer":
            space[low], space[high] = one.minimum, one.maximum
            return [f"if type({local}) is not int or not {low} <= {local} <= {high}: return None"]
        case "money":
            scale = 10**one.exponent
            space[low] = math.ceil(Decimal(str(one.minimum)) * scale)
            space[high] = math.floor(Decimal(str(one.maximum)) * scale)
            return [
                f"if type({local}) is not dict or len({local}) != 2: return None",
                f"if {local}.get('currency') != {one.currency!r}: return None",
                f"{local} = {local}.get('amount')",
                f"if type({local}) is not int or not {low} <= {local} <= {high}: return None",
            ]
        case "boolean":
            return [f"if {local} is not True and {local} is not False: return None"]
        case "choice":
            space[f"C_{local}"] = frozenset(choice.code for choice in one.choices)
            return [f"if type({local}) is not str or {local} not in C_{local}: return None"]
        case "text":
            space[f"P_{local}"] = re.compile(one.pattern or ".*").fullmatch
            return [
                f"if type({local}) is not str or not 0 < len({local}) <= {one.maximum}: return None",
                f"if {local}.strip() != {local} or not {local}.isprintable(): return None",
                f"if not P_{local}({local}): return None",
            ]
    space[f"R_{local}"] = lambda wire, one=one: _read(one, wire)
    return [f"{local} = R_{local}({local})", f"if {local} is None: return None"]


def _read(one: Question, wire: object) -> object:
    faults: list[FieldFault] = []
    found = READ[one.type](one, wire, "", faults)
    return None if faults else found


def _items(one: Question, local: str, space: dict[str, Any]) -> list[str]:
    space[f"K_{local}"] = frozenset(field.code for field in one.fields)
    lines = [
        f"    if type({local}) is not list: return None",
        f"    if not {one.minimum} <= len({local}) <= {one.maximum}: return None",
        f"    l_{local} = []",
        f"    for i_{local} in {local}:",
        f"        if type(i_{local}) is not dict or not i_{local}.keys() <= K_{local}: return None",
    ]
    for place, field in enumerate(one.fields):
        name = f"{local}_{place}"
        lines += _lines(field, name, f"i_{local}.get({field.code!r})", "        ", space)
    fields = ", ".join(f"{f.code!r}: {local}_{place}" for place, f in enumerate(one.fields))
    return [*lines, f"        l_{local}.append({{{fields}}})", f"    {local} = l_{local}"]
