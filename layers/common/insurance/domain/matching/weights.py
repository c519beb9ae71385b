"""How much each likeness says: log weights after Fellegi and Sunter (1969), as data, and what a pair weighs in all."""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import log2
from typing import Any, Final, NamedTuple, Self

from insurance.domain.matching.details import Details
from insurance.domain.matching.fields import (
    compare_births,
    compare_marks,
    compare_numbers,
    compare_places,
)
from insurance.domain.matching.names import compare_names

TENTHS: Final = 10
"""Weights are whole tenths of a bit: 10 doubles the odds that two records are of one customer."""
FIELDS: Final = ("name", "birth", "place", "email", "phone", "number")


class Otherwise(StrEnum):
    """What two records are if they are not of one customer."""

    STRANGERS = "strangers"
    HOUSEHOLD = "household"
    """They live or work at one address, and share a name or a telephone."""


class MatchVerdict(StrEnum):
    SURE = "sure"
    DOUBTFUL = "doubtful"
    """A person decides."""
    NONE = "none"


class FieldWeight(NamedTuple):
    """What one mark says, and how much: more than 0 for one customer, less for two."""

    field: str
    level: str
    weight: int


class Score(NamedTuple):
    """How alike two records are, mark by mark. Marks that one of them lacks are not in it."""

    weight: int
    verdict: MatchVerdict
    otherwise: Otherwise
    """The likelier of the explanations that the weights compare one customer with."""
    prior: int
    """What the weights of the marks are added to: how rare one customer is among all pairs."""
    fields: tuple[FieldWeight, ...]
    is_contradicted: bool
    """One of the marks says that they are two, whatever the others weigh."""
    version: str
    """Of the weights."""


type _Levels = tuple[str | None, ...]
type _Table = tuple[Mapping[str | None, int], ...]
"""For each field the weight of each level."""


class Weights(NamedTuple):
    """Weights by mark and level against each other explanation, and from which sum on a pair is sure or doubtful."""

    version: str
    sure: int
    doubtful: int
    priors: Mapping[Otherwise, int]
    tables: Mapping[Otherwise, _Table]
    never_sure: frozenset[tuple[str, str]]
    unless: frozenset[tuple[str, str]]
    """What lets a pair be sure all the same."""

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """The weights of a document as `weights.json` is."""
        fields = document["fields"]
        return cls(
            document["version"],
            document["thresholds"]["sure"]["weight"],
            document["thresholds"]["doubtful"]["weight"],
            {otherwise: document["priors"][otherwise]["weight"] for otherwise in Otherwise},
            {
                otherwise: tuple(_weights(fields[field]["levels"], otherwise) for field in FIELDS)
                for otherwise in Otherwise
            },
            frozenset((each["field"], each["level"]) for each in document["never_sure"]),
            frozenset((each["field"], each["level"]) for each in document["unless"]),
        )

    def score(self, one: Details, other: Details) -> Score:
        """What two records weigh, field by field."""
        levels = compare(one, other)
        otherwise, weight = self._weighed(levels)
        fields = tuple(
            FieldWeight(field, level, table[level])
            for field, level, table in zip(FIELDS, levels, self.tables[otherwise], strict=True)
            if level is not None
        )
        contradicted = self._contradicted(levels)
        verdict = self._judged(weight, levels, alike=one.is_person is other.is_person)
        prior = self.priors[otherwise]
        return Score(weight, verdict, otherwise, prior, fields, contradicted, self.version)

    def verdict(self, one: Details, other: Details) -> MatchVerdict:
        """The verdict alone, without its reasons. A person and a firm are never one customer."""
        levels = compare(one, other)
        _, weight = self._weighed(levels)
        return self._judged(weight, levels, alike=one.is_person is other.is_person)

    def _weighed(self, levels: _Levels) -> tuple[Otherwise, int]:
        """The sum against the explanation that speaks most against one customer."""
        closest, least = Otherwise.STRANGERS, 0
        for otherwise, tables in self.tables.items():
            weight = self.priors[otherwise]
            for table, level in zip(tables, levels, strict=True):
                weight += table[level]
            if otherwise is Otherwise.STRANGERS or weight < least:
                closest, least = otherwise, weight
        return closest, least

    def _judged(self, weight: int, levels: _Levels, *, alike: bool) -> MatchVerdict:
        if not alike or weight < self.doubtful:
            return MatchVerdict.NONE
        if weight < self.sure:
            return MatchVerdict.DOUBTFUL
        return MatchVerdict.DOUBTFUL if self._contradicted(levels) else MatchVerdict.SURE

    def _contradicted(self, levels: _Levels) -> bool:
        said = frozenset(zip(FIELDS, levels, strict=True))
        return not said.isdisjoint(self.never_sure) and said.isdisjoint(self.unless)


def compare(one: Details, other: Details) -> _Levels:
    """How far each mark of two records is the same, in the order of `FIELDS`."""
    return (
        compare_names(one.names, other.names),
        compare_births(one.born, other.born),
        compare_places(one.places, other.places),
        compare_marks(one.emails, other.emails),
        compare_marks(one.phones, other.phones),
        compare_numbers(one.number, other.number),
    )


@cache
def bundled_weights() -> Weights:
    """The weights that the platform links customers by."""
    text = files("insurance.domain.matching").joinpath("weights.json").read_text("utf-8")
    return Weights.read(json.loads(text))


def _weights(levels: Mapping[str, Any], otherwise: Otherwise) -> Mapping[str | None, int]:
    weights: dict[str | None, int] = {None: 0}
    for name, share in levels.items():
        weights[name] = round(TENTHS * log2(share["same"] / share[otherwise]))
    return weights
