"""A loss, and what a product says of it: its rules, and what is payable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from insurance.domain.contract.payee_signs import NO_SIGNS, PayeeSigns
from insurance.domain.contract.rule import Judgement
from insurance.domain.contract.terms import ProRata
from insurance.domain.core.money import Money

NO_FACTS: Mapping[str, object] = MappingProxyType({})


class Loss(NamedTuple):
    """What is claimed. `used` is how much of each aggregate earlier claims have used up."""

    cover: str
    claimed: Money
    facts: Mapping[str, object] = NO_FACTS
    cause: str | None = None
    item: Mapping[str, object] | None = None
    occurred_at: datetime | None = None
    reported_at: datetime | None = None
    covered_since: datetime | None = None
    """Since when the cover has been held without a gap; None: since the term began."""
    insured_since: datetime | None = None
    """When the policy's first term began; None: this is the first."""
    used: Mapping[str, Money] = MappingProxyType({})
    payee: PayeeSigns = NO_SIGNS


class Reinstating(NamedTuple):
    """On what terms a limit stands again after a claim has used it."""

    code: str
    name: str
    limit: Money
    repeats: int
    rate: Decimal
    pro_rata: ProRata
    cover: str | None
    """Whose limit it is; None: covers share it."""


@dataclass(frozen=True, slots=True)
class Assessment(Judgement):
    """What a product says of a loss."""

    recoverable: Money
    """Withheld until the loss is made good."""
    uses: Mapping[str, Money]
    """What this claim takes of each aggregate."""
    wholes: Mapping[str, Money] = field(default_factory=dict)
    """All that there is of each aggregate that this claim takes from, reinstatements included."""
    aggregate_kinds: Mapping[str, str] = field(default_factory=dict)
    """Limit or deductible, by the aggregate's code."""
    for_life: frozenset[str] = frozenset()
    """Of those, the ones that are left over from term to term."""
    reinstated: tuple[Reinstating, ...] = ()
    """Of those, the limits that stand again for a premium."""
