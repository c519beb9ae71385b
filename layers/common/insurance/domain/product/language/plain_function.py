"""A checked expression as a function, and what the language's functions become in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from insurance.domain.core import arithmetic

SPACE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **arithmetic.ROUNDING,
        "divide": arithmetic.divide,
        "years_between": arithmetic.years_between,
        "months_between": arithmetic.months_between,
        "days_between": arithmetic.days_between,
        "add_days": arithmetic.add_days,
        "add_months": arithmetic.add_months,
        "date": date,
    }
)
"""What the language's functions become."""


def plain_function(
    source: str, parameter: str = "e", first: Sequence[str] = ()
) -> Callable[[Any], Any]:
    """A function of one parameter. Its source, and what is done first, are codes of terms: nothing else may be given."""
    space = dict(SPACE)
    text = "".join(
        [f"def run({parameter}):\n", *(f" {line}\n" for line in first), f" return {source}"]
    )
    exec(compile(text, "<expression>", "exec"), space)  # noqa: S102 # nosec B102 - every token comes from the checked compiler
    run: Callable[[Any], Any] = space.pop("run")
    return run
