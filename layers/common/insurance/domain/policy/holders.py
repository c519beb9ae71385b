"""Holders: how a policy is held, and by whom it was held before."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field

from insurance.domain.core.identity import PartyId
from insurance.domain.core.value import Value
from insurance.domain.party.names import is_same_name
from insurance.domain.party.party import Policyholder


class Holding(StrEnum):
    """How a policy is held."""

    HOLDER = "holder"
    """By the person or organisation that it names."""
    ESTATE = "estate"
    """By the estate of a holder who died."""


class JointHolder(Policyholder):
    """Who holds a policy together with the policyholder."""

    party_id: PartyId | None = None
    """The customer that they are; None: nobody said so."""

    @classmethod
    def of(cls, person: Policyholder, party_id: PartyId | None) -> Self:
        return cls(**dict(person), party_id=party_id)


def is_holder(name: str, holder: Policyholder | None, joint: Sequence[JointHolder]) -> bool:
    """Whether the name is that of somebody who holds the policy. It goes by the name that the policy
    has: what a caller says of a payee is no proof."""
    return any(is_same_name(name, each.name) for each in (holder, *joint) if each)


class FormerHolder(Value):
    """A party that held the policy before; its details are in the events of that time."""

    party_id: PartyId
    until: AwareDatetime


class FormerPartner(Value):
    """A partner whose business the policy was before."""

    partner: str
    until: AwareDatetime


JOINT_HOLDERS_MAX = 10
FORMER_HOLDERS_MAX = 20


ENDORSEMENTS_MAX = 20
"""How many transactions of corrections are remembered until their letters are made."""


class LastCorrection(Value):
    """When a detail of the holder was corrected last."""

    revision: int
    """Of the policy, which the correction made."""
    corrected_at: AwareDatetime
    endorsements: Annotated[tuple[int, ...], Field(max_length=ENDORSEMENTS_MAX)] = ()
    """The numbers of the latest transactions by which corrections of this holder changed the terms: of this one,
    and of those before it, whose letters may not be made yet."""
