"""How far two names are the same: words in any order, short names, slips of the finger, another family name."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from rapidfuzz.distance.OSA import distance

type Words = tuple[str, ...]

SLIP_FROM: Final = 5
"""Of shorter words one other letter may make another name: Lea and Lee."""
BEGINNING_FROM: Final = 3
ENDING_FROM: Final = 4
"""From these lengths on the beginning and the end of a name are taken for its short form: Sid, Siddharth; Bella, Isabella."""
SLIPS_FROM: Final = 9
"""From this length on two slips are taken for one word."""


class NameLevel(StrEnum):
    SAME = "same"
    """The same words, in any order."""
    WITHIN = "within"
    """All words of the one are in the other, which has more: a middle name, a double name."""
    NEAR = "near"
    """Each word has its counterpart; one of them is a short name or has a slip."""
    SLIGHT = "slight"
    """As before, but of a word so short that it may be another name."""
    INITIAL = "initial"
    """One of them is an initial alone."""
    FAR = "far"
    """Each word has its counterpart, but more than one of them is written otherwise."""
    OTHER_FAMILY = "other_family"
    """The same given name before another family name."""
    OTHER_GIVEN = "other_given"
    """One word is common, and beside it stands another one."""
    DIFFERENT = "different"


def compare_names(one: Sequence[Words], other: Sequence[Words]) -> NameLevel | None:
    """The closest of all pairs of names. None: one of them has none."""
    closest: NameLevel | None = None
    for mine in one:
        for theirs in other:
            level = _compared(mine, theirs)
            if level is NameLevel.SAME:
                return level
            if closest is None or _RANK[level] < _RANK[closest]:
                closest = level
    return closest


_RANK: Final = {level: rank for rank, level in enumerate(NameLevel)}


def _compared(one: Words, other: Words) -> NameLevel:
    if one == other or sorted(one) == sorted(other):
        return NameLevel.SAME
    if len(one) > len(other):
        one, other = other, one
    left = list(other)
    apart = []
    for word in one:
        if word in left:
            left.remove(word)
        else:
            apart.append(word)
    if not apart:
        return NameLevel.WITHIN
    found = [level for word in apart if (level := _take_counterpart(word, left))]
    if len(found) == len(apart):
        return found[0] if len(found) == 1 else NameLevel.FAR
    if not found and len(apart) == len(one):
        return NameLevel.DIFFERENT
    return NameLevel.OTHER_FAMILY if _same_first(one, other) else NameLevel.OTHER_GIVEN


def _take_counterpart(word: str, left: list[str]) -> NameLevel | None:
    """How a word is like one of those that are left, which is taken out."""
    for counterpart in left:
        level = _likeness(word, counterpart)
        if level is not None:
            left.remove(counterpart)
            return level
    return None


def _same_first(one: Words, other: Words) -> bool:
    return one[0] == other[0] or _likeness(one[0], other[0]) is NameLevel.NEAR


def _likeness(one: str, other: str) -> NameLevel | None:
    """Whether both may be one word: an initial, a short name, or a slip."""
    if len(one) > len(other):
        one, other = other, one
    if len(one) == 1:
        return NameLevel.INITIAL if one == other[0] else None
    if _is_short_for(one, other):
        return NameLevel.NEAR
    allowed = 2 if len(one) >= SLIPS_FROM else 1
    if distance(one, other, score_cutoff=allowed) > allowed:
        return None
    return NameLevel.NEAR if len(one) >= SLIP_FROM else NameLevel.SLIGHT


def _is_short_for(one: str, other: str) -> bool:
    if len(one) >= BEGINNING_FROM and other.startswith(one):
        return True
    if len(one) >= ENDING_FROM and other.endswith(one):
        return True
    mine, theirs = _formal().get(one, _NONE), _formal().get(other, _NONE)
    return other in mine or one in theirs or not mine.isdisjoint(theirs)


_NONE: Final[frozenset[str]] = frozenset()


@cache
def _formal() -> Mapping[str, frozenset[str]]:
    """The full names that a short name may stand for."""
    text = files("insurance.domain.matching").joinpath("short_names.json").read_text("utf-8")
    formal: dict[str, set[str]] = {}
    for name, short in json.loads(text)["names"].items():
        for each in short:
            formal.setdefault(each, set()).add(name)
    return {short: frozenset(names) for short, names in formal.items()}
