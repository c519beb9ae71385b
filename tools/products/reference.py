"""A second opinion: a plain interpreter of tariffs in decimals, that shares nothing with the compiler.

It walks each expression's tree for every risk, in the obvious way, and is slow. It exists to be
compared with: an import contract keeps it apart from `insurance`. It takes checked definitions.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import (
    Context,
    Decimal,
    localcontext,
)
from typing import Any, NamedTuple

from tools.products.reference_functions import (
    CALLS,
    COMPARE,
    WAYS,
    arithmetic,
    comparable,
    months_later,
)
from tools.products.reference_tables import read_table

EXPONENTS = {"JPY": 0, "KRW": 0, "BHD": 3, "KWD": 3, "TND": 3}
PRECISE = Context(prec=160)

type Names = Mapping[str, Any]


class Price(NamedTuple):
    net: Decimal
    charges: dict[str, Decimal]
    total: Decimal


class Tariff:
    """The rating part of a definition."""

    def __init__(self, document: Mapping[str, Any], tables: Mapping[str, str]) -> None:
        self._document = document
        self._values: Mapping[str, Any] = document.get("values", {})
        declared = document.get("tables", {})
        self._tables = {
            name: read_table(text, declared.get(name, {}).get("values"))
            for name, text in tables.items()
        }
        self._exponent = EXPONENTS.get(document["currency"], 2)
        self._trees: dict[str, ast.expr] = {}

    def price(
        self,
        answers: Mapping[str, Any],
        looked_up: Mapping[str, Any],
        covers: Sequence[str],
        start: date,
        *,
        load: Decimal = Decimal(0),
    ) -> Price:
        """Net premium, charges and total in major units. Answers as JSON has them."""
        with localcontext(PRECISE):
            names = self._names(answers, looked_up, start)
            names["covers"] = self._in_force(covers, names)
            return self._priced(names, load)

    def _names(
        self, answers: Mapping[str, Any], looked_up: Mapping[str, Any], start: date
    ) -> dict[str, Any]:
        questions = {one["code"]: one for one in self._document["questions"]}
        names: dict[str, Any] = {
            code: self._number(one, answers.get(code)) for code, one in questions.items()
        }
        for source in self._document.get("look_ups", ()):
            told = looked_up.get(source["source"])
            fields = {one["code"]: one for one in source["fields"]}
            names[source["source"]] = told and {
                code: self._number(one, told.get(code)) for code, one in fields.items()
            }
        names |= {
            "start": start,
            "renewal": False,
            "claims": [],
            "territory": self._document["territories"][0],
            "last": {"net": Decimal(0), "total": Decimal(0)},
        }
        term = self._document.get("term", {})
        names["end"] = (
            start + timedelta(int(self._worth(term["days"], {**names, "end": start})))
            if "days" in term
            else months_later(start, term.get("months", 12))
        )
        return names

    def _number(self, question: Mapping[str, Any], wire: Any) -> Any:
        match question["type"], wire:
            case _, None:
                return [] if question["type"] == "list" else None
            case "money", dict():
                return Decimal(wire["amount"]).scaleb(-self._exponent)
            case "integer" | "decimal", _:
                return Decimal(wire)
            case "date", str():
                return date.fromisoformat(wire)
            case "list", list():
                fields = {one["code"]: one for one in question["fields"]}
                return [
                    {code: self._number(one, item.get(code)) for code, one in fields.items()}
                    for item in wire
                ]
        return wire

    def _in_force(self, chosen: Sequence[str], names: Names) -> dict[str, bool]:
        found = {}
        for cover in self._document["covers"]:
            can = self._worth(cover.get("when", True), names)
            wanted = not cover.get("optional", False) or cover["code"] in chosen
            found[cover["code"]] = bool(can and wanted)
        out = {
            cover
            for rule in self._document.get("underwriting", ())
            if rule["outcome"] == "exclude"
            and self._worth(rule["when"], {**names, "covers": found})
            for cover in rule["covers"]
        }
        return {code: held and code not in out for code, held in found.items()}

    # Rating

    def _priced(self, names: dict[str, Any], load: Decimal) -> Price:
        rating = self._document["rating"]
        accounts: dict[str, Decimal] = {}
        for step in rating["steps"]:
            self._step(step, names, accounts, shared="shared_by" in rating)
        factor = 1 + load
        for rule in self._document.get("underwriting", ()):
            if rule["outcome"] == "load" and self._worth(rule["when"], names):
                factor *= 1 + self._worth(rule["load"], names)
        rounding = self._document.get("rounding", {})
        if rounding.get("place") == "cover":
            net = sum((self._rounded(part * factor) for part in accounts.values()), Decimal(0))
        else:
            net = self._rounded(sum(accounts.values(), Decimal(0)) * factor)
        lines: dict[str, Decimal] = {"net": net}
        for charge in rating.get("charges", ()):
            amount = Decimal(0)
            if self._worth(charge.get("when", True), names):
                if "amount" in charge:
                    unit = Decimal(1).scaleb(-self._exponent)
                    way = WAYS[rounding.get("mode", "half_up")]
                    amount = Decimal(self._worth(charge["amount"], names)).quantize(unit, way)
                else:
                    rate = self._worth(charge["rate"], names)
                    base = sum((lines[on] for on in charge.get("on", ["net"])), Decimal(0))
                    whole = 1 + rate if charge.get("included") else Decimal(1)
                    amount = self._rounded(base * rate / whole)
                if charge.get("included"):
                    lines["net"] -= amount
            lines[charge["code"]] = amount
        charges = {code: amount for code, amount in lines.items() if code != "net"}
        return Price(lines["net"], charges, sum(lines.values(), Decimal(0)))

    def _rounded(self, amount: Decimal) -> Decimal:
        rounding = self._document.get("rounding", {})
        unit = Decimal(rounding.get("unit_minor", 1)).scaleb(-self._exponent)
        way = WAYS[rounding.get("mode", "half_up")]
        return (amount / unit).quantize(Decimal(1), way) * unit

    def _step(
        self,
        step: Mapping[str, Any],
        names: dict[str, Any],
        accounts: dict[str, Decimal],
        *,
        shared: bool,
    ) -> None:
        named = [step["cover"]] if "cover" in step else step.get("covers", [])
        creates = {"base", "add", "for_each"} & set(step)
        if not named and creates:
            named = ["" if shared else self._document["covers"][0]["code"]]
        targets = named or list(accounts)
        if "cover" in step and not names["covers"][step["cover"]]:
            applies = False
        else:
            applies = self._worth(step.get("when", True), names)
        for target in targets:
            accounts.setdefault(target, Decimal(0))
        if step.get("into"):
            accounts.setdefault(step["into"], Decimal(0))
        if applies:
            self._apply(step, names, accounts, targets)

    def _apply(  # noqa: C901, PLR0912 - one branch for each operation
        self,
        step: Mapping[str, Any],
        names: dict[str, Any],
        accounts: dict[str, Decimal],
        targets: Sequence[str],
    ) -> None:
        def worth(operation: str) -> Decimal:
            return Decimal(self._worth(step[operation], names))

        if "base" in step:
            accounts.update(dict.fromkeys(targets, worth("base")))
        elif "add" in step:
            added = worth("add")
            for target in targets:
                accounts[target] += added
        elif "load" in step and "into" in step:
            whole = sum((accounts[target] for target in targets), Decimal(0))
            accounts[step["into"]] += whole * worth("load")
        elif "factor" in step or "load" in step or "discount" in step:
            factor = (
                worth("factor")
                if "factor" in step
                else 1 + worth("load")
                if "load" in step
                else 1 - worth("discount")
            )
            for target in targets:
                accounts[target] *= factor
        elif "minimum" in step or "maximum" in step:
            self._bound(step, worth, accounts, targets)
        elif "round" in step:
            unit = Decimal(1).scaleb(-step["round"])
            for target in targets:
                held = (accounts[target] / unit).quantize(
                    Decimal(1), WAYS[step.get("mode", "half_up")]
                )
                accounts[target] = held * unit
        elif "for_each" in step:
            for item in names[step["for_each"]]:
                inner = {"": Decimal(0)}
                with_item = {**names, step.get("as", "item"): item}
                for part in step["steps"]:
                    if self._worth(part.get("when", True), with_item):
                        self._apply(part, with_item, inner, [""])
                accounts[targets[0]] += inner[""]

    def _bound(
        self,
        step: Mapping[str, Any],
        worth: Callable[[str], Decimal],
        accounts: dict[str, Decimal],
        targets: Sequence[str],
    ) -> None:
        whole = sum((accounts[target] for target in targets), Decimal(0))
        operation = "minimum" if "minimum" in step else "maximum"
        bound = worth(operation)
        beyond = whole < bound if operation == "minimum" else whole > bound
        if not beyond:
            return
        if whole <= 0:
            accounts.update(dict.fromkeys(targets, Decimal(0)))
            accounts[targets[0]] = bound
            return
        for target in targets:
            accounts[target] = accounts[target] * bound / whole

    # Expressions

    def _worth(self, source: Any, names: Names) -> Any:
        match source:
            case bool():
                return source
            case int() | Decimal():
                return Decimal(source)
            case list():
                for case in source[:-1]:
                    if self._worth(case["when"], names):
                        return self._worth(case["then"], names)
                return self._worth(source[-1]["otherwise"], names)
        if source not in self._trees:
            self._trees[source] = ast.parse(source.strip(), mode="eval").body
        return self._eval(self._trees[source], names, source.strip())

    def _eval(self, node: ast.expr, names: Names, source: str) -> Any:  # noqa: C901, PLR0911, PLR0912
        def of(inner: ast.expr) -> Any:
            return self._eval(inner, names, source)

        match node:
            case ast.Constant(value=str() as text):
                return text
            case ast.Constant():
                return Decimal((ast.get_source_segment(source, node) or "").replace("_", ""))
            case ast.Name(id="true" | "false" as word):
                return word == "true"
            case ast.Name(id=name) if name in names:
                return names[name]
            case ast.Name(id=name):
                return self._worth(self._values[name], names)
            case ast.Attribute(value=record, attr=field):
                return of(record)[field]
            case ast.BoolOp(op=ast.And()):
                return all(of(value) for value in node.values)
            case ast.BoolOp():
                return any(of(value) for value in node.values)
            case ast.UnaryOp(op=ast.Not()):
                return not of(node.operand)
            case ast.UnaryOp(op=ast.USub()):
                return -of(node.operand)
            case ast.UnaryOp():
                return of(node.operand)
            case ast.IfExp():
                return of(node.body) if of(node.test) else of(node.orelse)
            case ast.Compare():
                return self._compare(node, of)
            case ast.BinOp():
                return arithmetic(node.op, of(node.left), of(node.right))
            case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() as loop]):
                default = of(node.keywords[0].value) if node.keywords else None
                return self._aggregate(name, loop, names, source, default)
            case ast.Call(func=ast.Name(id=name)):
                return self._call(name, [of(argument) for argument in node.args])
        raise TypeError(ast.dump(node))

    def _compare(self, node: ast.Compare, of: Callable[[ast.expr], Any]) -> bool:
        left = of(node.left)
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.In | ast.NotIn):
                among = [of(one) for one in right_node.elts]  # type: ignore[attr-defined]
                held = (left in among) is isinstance(operator, ast.In)
                right: Any = None
            else:
                right = of(right_node)
                one, two = comparable(left, right), comparable(right, left)
                held = COMPARE[type(operator)](one, two)
            if not held:
                return False
            left = right
        return True

    def _aggregate(
        self, name: str, loop: ast.GeneratorExp, names: Names, source: str, default: Any
    ) -> Any:
        each = loop.generators[0]
        found = []
        for item in self._eval(each.iter, names, source):
            inner = {**names, each.target.id: item}  # type: ignore[attr-defined]
            if all(self._eval(condition, inner, source) for condition in each.ifs):
                found.append(self._eval(loop.elt, inner, source))
        match name:
            case "any":
                return any(found)
            case "all":
                return all(found)
            case "count":
                return Decimal(sum(1 for one in found if one))
            case "sum":
                return sum(found, Decimal(0))
        return (min if name == "min" else max)(found) if found else default

    def _call(self, name: str, values: list[Any]) -> Any:
        if name in CALLS:
            return CALLS[name](*values)
        table, _, column = name.partition("__")
        return self._tables[table].find(values, column)
