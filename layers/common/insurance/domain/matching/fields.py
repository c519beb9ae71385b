"""How far the other marks of two records are the same. None: one of the records does not have the mark."""

from datetime import date
from enum import StrEnum

from rapidfuzz.distance.OSA import distance

from insurance.domain.matching.details import Place


class BirthLevel(StrEnum):
    SAME = "same"
    SWAPPED = "swapped"
    """Day and month are exchanged."""
    NEAR = "near"
    """The year, the month or the day alone is another one."""
    DIFFERENT = "different"


class PlaceLevel(StrEnum):
    SAME = "same"
    """Postcode and house."""
    POSTCODE = "postcode"
    NEAR = "near"
    """The house, and all but one sign of the postcode."""
    DIFFERENT = "different"


class MarkLevel(StrEnum):
    SAME = "same"
    NEAR = "near"
    """All but one sign."""
    DIFFERENT = "different"


def compare_births(one: date | None, other: date | None) -> BirthLevel | None:
    if one is None or other is None:
        return None
    if one == other:
        return BirthLevel.SAME
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return BirthLevel.SWAPPED
    apart = (one.year != other.year) + (one.month != other.month) + (one.day != other.day)
    return BirthLevel.NEAR if apart == 1 else BirthLevel.DIFFERENT


def compare_places(one: tuple[Place, ...], other: tuple[Place, ...]) -> PlaceLevel | None:
    """The closest of all pairs of addresses."""
    if not one or not other:
        return None
    levels = [_compared(mine, theirs) for mine in one for theirs in other]
    return min(levels, key=_PLACES.__getitem__)


def compare_marks(one: tuple[str, ...], other: tuple[str, ...]) -> MarkLevel | None:
    """Contacts: one that is the same is enough."""
    if not one or not other:
        return None
    if one[0] == other[0] or not set(one).isdisjoint(other):
        return MarkLevel.SAME
    near = any(distance(mine, theirs, score_cutoff=1) <= 1 for mine in one for theirs in other)
    return MarkLevel.NEAR if near else MarkLevel.DIFFERENT


def compare_numbers(one: str, other: str) -> MarkLevel | None:
    if not one or not other:
        return None
    if one == other:
        return MarkLevel.SAME
    return MarkLevel.NEAR if distance(one, other, score_cutoff=1) <= 1 else MarkLevel.DIFFERENT


_PLACES = {level: rank for rank, level in enumerate(PlaceLevel)}


def _compared(one: Place, other: Place) -> PlaceLevel:
    if one.postcode == other.postcode and one.postcode:
        return PlaceLevel.SAME if one.house == other.house else PlaceLevel.POSTCODE
    if one.house and one.house == other.house:
        if not one.postcode or not other.postcode:
            return PlaceLevel.NEAR if one.line == other.line else PlaceLevel.DIFFERENT
        if distance(one.postcode, other.postcode, score_cutoff=1) <= 1:
            return PlaceLevel.NEAR
    return PlaceLevel.DIFFERENT
