"""Sanctions screening of whoever is paid: what a name resembles, and who said that it is not them."""

from typing import NamedTuple

from pydantic import AwareDatetime

from insurance.domain.value import Value


class Resemblance(NamedTuple):
    """An entry of a sanctions list that a name resembles, and how closely: 100 is the same."""

    entry: str
    listed_name: str
    score: int
    list_version: str


class ClearedMatch(Value):
    """A resemblance that a person looked at: it is somebody else. Kept with the reason."""

    name: str
    entry: str
    listed_name: str
    score: int
    list_version: str
    cleared_by: str
    reason: str
    at: AwareDatetime
