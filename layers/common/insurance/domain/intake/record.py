"""The record of a row: values at their places in objects and lists."""

from collections.abc import Callable, Sequence
from string import digits
from typing import Any

type Build = Callable[[Sequence[Any]], dict[str, Any]]


def builder_of(paths: Sequence[str | None]) -> Build:
    """Puts each value at its path: `answers.drivers.0.age`. None is no place, and no value.

    What holds nothing is left out, so an item of a list without a value closes up.
    """
    tops: list[tuple[str, int]] = []
    deep: list[tuple[tuple[str, ...], int]] = []
    for place, path in enumerate(paths):
        if path is None:
            continue
        steps = tuple(path.split("."))
        if len(steps) == 1:
            tops.append((steps[0], place))
        else:
            deep.append((steps, place))

    def build(values: Sequence[Any]) -> dict[str, Any]:
        record = {name: values[place] for name, place in tops if values[place] is not None}
        nested = False
        for steps, place in deep:
            value = values[place]
            if value is None:
                continue
            holder = record
            for step in steps[:-1]:
                nested = nested or step[0] in digits
                holder = holder.setdefault(step, {})
            holder[steps[-1]] = value
        return {key: _listed(value) for key, value in record.items()} if nested else record

    return build


def _listed(value: Any) -> Any:
    """Objects whose members are numbered, as lists in that order."""
    if not isinstance(value, dict) or value.keys() == {"amount", "currency"}:
        return value
    if value and all(key[0] in digits for key in value):
        return [_listed(value[key]) for key in sorted(value, key=int)]
    return {key: _listed(one) for key, one in value.items()}
