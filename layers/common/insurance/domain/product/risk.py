"""A risk, and what is known of it beside its answers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from insurance.domain.product.definition.answers import Answers


class LookUp(NamedTuple):
    """Something to be looked up elsewhere: which source, by which key."""

    source: str
    key: str


class Risk(NamedTuple):
    """What is to be insured: answers, what was looked up (None: it was unavailable), the choice."""

    answers: Answers
    looked_up: Mapping[str, Mapping[str, object] | None]
    covers: Sequence[str]
    start: date
    territory: str = ""
    """Where it is; the product's first territory where none is said."""
    end: date | None = None
    """Of a risk that was sold: where its term ends. None: as the product says."""


def fault_of(told: object) -> str:
    """A claim's fault as rules see it: what was told, in a word."""
    if isinstance(told, bool):
        return "yes" if told else "no"
    return told if isinstance(told, str) else ""
