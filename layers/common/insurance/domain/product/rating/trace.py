"""How a price came about, step by step: recorded as numbers, told when somebody asks."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from insurance.domain.core.arithmetic import ROUNDING
from insurance.domain.core.money import Currency, Money
from insurance.domain.product.definition.answers import write
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.kinds import Kind, as_decimal
from insurance.domain.product.language.scope import NameScope, RatingInput
from insurance.domain.product.rating.rounding import PremiumRounding

type Inputs = Callable[[str], object]
"""A name's value as people read it."""


class TraceStep(NamedTuple):
    """One step of a price: what went in, what it did, and the running premium after it."""

    code: str
    name: str
    operation: str
    covers: tuple[str, ...]
    inputs: Mapping[str, object]
    operand: Decimal | None
    """None: its condition did not hold, so it did nothing."""
    raw: Decimal
    rounded: Money
    items: "tuple[tuple[TraceStep, ...], ...]" = ()


class Slot(NamedTuple):
    """Where one step's operand and running values are in the record of a rating."""

    code: str
    name: str
    operation: str
    covers: tuple[str, ...]
    inputs: tuple[str, ...]
    operand_scale: int
    totals: tuple[int, ...]
    """The scales of the accounts after it."""
    inner: "tuple[Slot, ...]" = ()


class Working:
    """What a price was made from, kept until somebody asks."""

    def __init__(
        self,
        slots: Sequence[Slot],
        result: tuple[Any, ...],
        rounding: PremiumRounding,
        inputs: Inputs,
    ) -> None:
        self._slots, self._record = slots, result[-1]
        self._rounding, self._inputs = rounding, inputs

    def trace(self) -> tuple[TraceStep, ...]:
        return _rendered(self._slots, self._record, self._rounding, self._inputs)


def _rendered(
    slots: Sequence[Slot], record: Sequence[Any], rounding: PremiumRounding, inputs: Inputs
) -> tuple[TraceStep, ...]:
    steps, place = [], 0
    for slot in slots:
        held = record[place]
        place += 1
        running = record[place : place + len(slot.totals)]
        place += len(slot.totals)
        top = max(rounding.exponent, *slot.totals)
        whole = sum(
            part * 10 ** (top - scale) for part, scale in zip(running, slot.totals, strict=True)
        )
        items: tuple[tuple[TraceStep, ...], ...] = ()
        operand = None
        if slot.inner:
            items = tuple(_rendered(slot.inner, item, rounding, inputs) for item in held)
        elif held is not None:
            operand = as_decimal(held, slot.operand_scale)
        units = ROUNDING[rounding.mode](whole, 10 ** (top - rounding.exponent))
        steps.append(
            TraceStep(
                slot.code,
                slot.name,
                slot.operation,
                slot.covers,
                {name: inputs(name) for name in slot.inputs},
                operand,
                as_decimal(whole, top),
                Money(amount=units, currency=rounding.currency),
                items,
            )
        )
    return tuple(steps)


def inputs_of(scope: NameScope, currency: Currency, given: RatingInput) -> Inputs:
    """What a step read, by the names in its expressions."""

    def find(name: str) -> object:
        if name in scope.questions:
            return write(scope.questions[name], given.answers.get(name))
        if name in scope.looked_up:
            facts, fields = given.looked_up[name], scope.looked_up[name]
            return None if facts is None else {c: write(fields[c], v) for c, v in facts.items()}
        if name in scope.values:
            return _value(name, scope, currency, given)
        value = getattr(given, {"covers": "selected"}.get(name, name), None)
        return sorted(value) if isinstance(value, frozenset) else value

    return find


def _value(name: str, scope: NameScope, currency: Currency, given: RatingInput) -> object:
    builder = FunctionBuilder(scope)
    term = builder.expression(name, f"/values/{name}")
    builder.write(f"return {term.code}")
    held = builder.build()(given)
    if not term.type.numeric or held is None:
        return held
    if term.type.kind is Kind.MONEY and term.type.scale == currency.exponent:
        return Money(amount=held, currency=currency)
    return as_decimal(held, term.type.scale)
