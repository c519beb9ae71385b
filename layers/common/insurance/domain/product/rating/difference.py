"""Two traces compared: why did my premium change?"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from insurance.domain.product.rating.trace import TraceStep


class TraceDifference(NamedTuple):
    """One step that is not the same in both. None: the step is not there, or did nothing."""

    code: str
    name: str
    inputs: dict[str, tuple[object, object]]
    operand: tuple[Decimal | None, Decimal | None]
    running: tuple[Decimal | None, Decimal | None]


def differences(
    before: Sequence[TraceStep], after: Sequence[TraceStep]
) -> tuple[TraceDifference, ...]:
    """The steps whose own operand or inputs changed, in the order of the later trace.

    A step that only passes an earlier change on is left out: its factor is what it was.
    """
    old = {step.code: step for step in before}
    new = {step.code: step for step in after}
    order = [*new, *(code for code in old if code not in new)]
    differences = []
    for code in order:
        one, two = old.get(code), new.get(code)
        inputs = _inputs(one, two)
        operands = (one.operand if one else None, two.operand if two else None)
        items = (one.items if one else ()) != (two.items if two else ())
        if inputs or operands[0] != operands[1] or items:
            running = (one.raw if one else None, two.raw if two else None)
            name = (two or one).name  # type: ignore[union-attr]  # the code came from one of them
            differences.append(TraceDifference(code, name, inputs, operands, running))
    return tuple(differences)


def _inputs(one: TraceStep | None, two: TraceStep | None) -> dict[str, tuple[object, object]]:
    before, after = (step.inputs if step else {} for step in (one, two))
    return {
        name: (before.get(name), after.get(name))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }
