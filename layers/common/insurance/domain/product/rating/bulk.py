"""Premiums for many risks: answers read by compiled checks, no money made, no trace kept.

What the compiled reader does not take at once goes to the reader that explains itself, so a risk
is refused here exactly when it is refused there.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from insurance.domain.core.errors import FieldFault
from insurance.domain.product.definition.answers import READ
from insurance.domain.product.definition.questions import Question
from insurance.domain.product.language.scope import RatingInput
from insurance.domain.product.risk import Risk

if TYPE_CHECKING:
    from insurance.domain.product.product import Product

NONE: frozenset[str] = frozenset()
AS_SENT = frozenset({"integer", "boolean", "choice", "text"})
NEW_BUSINESS = tuple(RatingInput._field_defaults.values())
"""What a compiled function may read besides, of a risk that was not insured here."""
new: Any = tuple.__new__
"""A named tuple of values that are in its order: its own constructor takes twice as long."""

type ReadAnswers = dict[str, Any]
type FastReader = Callable[[Mapping[str, Any]], ReadAnswers | None]


class BulkPremium(NamedTuple):
    """In whole minor units."""

    net: int
    charges: tuple[int, ...]
    total: int


class Bulk:
    """One product, made ready for many risks."""

    def __init__(self, product: "Product") -> None:
        self._product = product
        hidden = any(question.visible_when for question in product.questions)
        rules = product.underwriting.rules
        loads = any(rule.finding.outcome in {"load", "exclude"} for rule in rules)
        self._read = leave if hidden or loads else reader(product.questions)
        self._read_looked_up = looked_up_reader(product.scope.looked_up)
        self._territory = product.territories[0]
        self._run, self._can_be_had = product.rating.run, product.covers.can_be_had
        self._choose = product.covers.choose
        self._chosen: dict[tuple[object, ...], frozenset[str]] = {}
        self._ends: dict[date, date] = {}

    def premiums(self, rows: Iterable[bytes | str]) -> list[BulkPremium | None]:
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
    ) -> BulkPremium | None:
        """What the tariff asks; None where a look-up that it needs is missing."""
        held, facts = self._read(answers), self._read_looked_up(looked_up)
        if held is None or facts is None:
            return self._explained(answers, looked_up, covers, start)
        end = self._ends.get(start)
        if end is None:
            end = self._product.last_day(start, held)
            if self._product.term.in_months:  # then no answer moves it
                self._ends[start] = end
        territory = self._territory
        given = new(RatingInput, (held, facts, NONE, start, end, territory, *NEW_BUSINESS))
        choice = (self._can_be_had(given), *covers)
        selected = self._chosen.get(choice)
        if selected is None:  # worked out once for each choice among what can be had
            selected = self._chosen[choice] = self._choose(given, tuple(covers), lenient=False)
        given = new(RatingInput, (held, facts, selected, start, end, territory, *NEW_BUSINESS))
        priced = self._run(given, 1, 1)
        premium: BulkPremium = new(BulkPremium, (priced[0], priced[1], priced[3]))
        return premium

    def _explained(
        self,
        answers: Mapping[str, Any],
        looked_up: Mapping[str, Any],
        covers: Sequence[str],
        start: date,
    ) -> BulkPremium | None:
        risk = Risk(self._product.read_answers(answers), looked_up, covers, start)
        price = self._product.tariff_price(risk)
        if price is None:
            return None
        lines = tuple(line.amount.amount for line in price.lines)
        return BulkPremium(price.net.amount, lines, price.total.amount)


def leave(_raw: Mapping[str, Any]) -> None:
    """Every risk needs a closer look."""


def reader(questions: Sequence[Question]) -> FastReader:
    """Straight Python that takes sound answers, and returns None for whatever needs a closer look."""
    space: dict[str, Any] = {}
    lines = _fields(questions, "x", "raw", "        ", space, closed=True)
    return _compiled(lines, _record(questions, "x"), space)


def looked_up_reader(sources: Mapping[str, Mapping[str, Question]]) -> FastReader:
    """The same of what was looked up: all of it is there, and may say more than was asked."""
    space: dict[str, Any] = {}
    lines, records = [], []
    for place, (source, fields) in enumerate(sources.items()):
        facts, stem, questions = f"t{place}", f"s{place}_", tuple(fields.values())
        lines += [f"        {facts} = raw[{source!r}]", f"        if not {facts}: return None"]
        lines += _fields(questions, stem, facts, "        ", space, closed=False)
        record = facts if _taken_as_sent(questions) else _record(questions, stem)
        records.append(f"{source!r}: {record}")
    return _compiled(lines, f"{{{', '.join(records)}}}", space)


def _compiled(checks: Sequence[str], record: str, space: dict[str, Any]) -> FastReader:
    lines = ["def read(raw):", "    try:", *checks, f"        return {record}"]
    lines.append("    except KeyError: return None")
    exec(compile("\n".join(lines), "<reader>", "exec"), space)  # noqa: S102 # nosec B102 - codes are checked names
    read: FastReader = space["read"]
    return read


def _fields(
    questions: Sequence[Question],
    stem: str,
    wire: str,
    indent: str,
    space: dict[str, Any],
    *,
    closed: bool,
) -> list[str]:
    """All of a record into locals, `stem` and a number each. What must be there is taken first: when
    nothing else may be, a record of as many fields has no other."""
    lines: list[str] = []
    for place, question in enumerate(questions):
        lines += _lines(question, f"{stem}{place}", wire, indent, space)
    if closed and all(_must_be_there(question) for question in questions):
        lines.append(f"{indent}if len({wire}) != {len(questions)}: return None")
    elif closed:
        space[f"KEYS_{stem}"] = frozenset(question.code for question in questions)
        lines.append(f"{indent}if not {wire}.keys() <= KEYS_{stem}: return None")
    return lines


def _record(questions: Sequence[Question], stem: str) -> str:
    fields = ", ".join(
        f"{question.code!r}: {stem}{place}" for place, question in enumerate(questions)
    )
    return f"{{{fields}}}"


def _must_be_there(one: Question) -> bool:
    return one.required and one.default is None


def _lines(one: Question, local: str, wire: str, indent: str, space: dict[str, Any]) -> list[str]:
    """The checks of one question; each leaves by `return None` when in doubt."""
    check = _items if one.type == "list" else _checks
    checks = check(one, local, space)
    if _must_be_there(one):  # null passes no check
        return [indent + line for line in [f"{local} = {wire}[{one.code!r}]", *checks]]
    space[f"D_{local}"] = missing = _missing(one)
    absent = f"{local} = D_{local}"
    if one.type == "list":
        absent = f"{local} = []" if missing == [] else "return None"
    return [
        indent + line
        for line in (
            f"{local} = {wire}.get({one.code!r})",
            f"if {local} is None: {absent}",
            "else:",
            *("    " + check for check in checks),
        )
    ]


def _missing(one: Question) -> Any:
    if one.default is None:
        return None
    faults: list[FieldFault] = []
    return READ[one.type](one, one.default, "", faults)


def _checks(one: Question, local: str, space: dict[str, Any]) -> list[str]:
    match one.type:
        case "integer":
            return [_within(local, one.minimum, one.maximum)]
        case "money":
            scale = 10**one.exponent
            low = math.ceil(Decimal(str(one.minimum)) * scale)
            high = math.floor(Decimal(str(one.maximum)) * scale)
            return [
                f"if type({local}) is not dict or len({local}) != 2: return None",
                f"if {local}['currency'] != {one.currency!r}: return None",
                f"{local} = {local}['amount']",
                _within(local, low, high),
            ]
        case "boolean":
            return [f"if {local} is not True and {local} is not False: return None"]
        case "choice":
            space[f"C_{local}"] = frozenset(choice.code for choice in one.choices)
            return [f"if type({local}) is not str or {local} not in C_{local}: return None"]
        case "text":
            checks = [
                f"if type({local}) is not str or not 0 < len({local}) <= {one.maximum}: return None",
                f"if {local}.strip() != {local} or not {local}.isprintable(): return None",
            ]
            if one.pattern:
                space[f"P_{local}"] = re.compile(one.pattern).fullmatch
                checks.append(f"if not P_{local}({local}): return None")
            return checks
    space[f"R_{local}"] = lambda wire, one=one: _read(one, wire)
    return [f"{local} = R_{local}({local})", f"if {local} is None: return None"]


def _within(local: str, low: object, high: object) -> str:
    return f"if type({local}) is not int or not {low!r} <= {local} <= {high!r}: return None"


def _read(one: Question, wire: object) -> object:
    faults: list[FieldFault] = []
    value = READ[one.type](one, wire, "", faults)
    return None if faults else value


def _items(one: Question, local: str, space: dict[str, Any]) -> list[str]:
    item, taken = f"i_{local}", f"l_{local}"
    checks = [
        f"    if type({item}) is not dict: return None",
        *_fields(one.fields, f"{local}_", item, "    ", space, closed=True),
    ]
    sized = [
        f"if type({local}) is not list: return None",
        f"if not {one.minimum} <= len({local}) <= {one.maximum}: return None",
    ]
    if _taken_as_sent(one.fields):
        return [*sized, f"for {item} in {local}:", *checks]
    return [
        *sized,
        f"{taken} = []",
        f"for {item} in {local}:",
        *checks,
        f"    {taken}.append({_record(one.fields, f'{local}_')})",
        f"{local} = {taken}",
    ]


def _taken_as_sent(questions: Sequence[Question]) -> bool:
    """A record that passed its checks is what is read of it: nothing is made of any field."""
    return all(_must_be_there(question) and question.type in AS_SENT for question in questions)
