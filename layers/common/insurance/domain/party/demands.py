"""Demands: what a person may ask of those who process their data, and what commands may not do then."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from insurance.domain.core.errors import ProcessingRestricted
from insurance.domain.core.identity import PartyId


class RestrictionKind(StrEnum):
    """What a person may demand of those who process their data (GDPR, articles 18, 21 and 22)."""

    RESTRICTION = "restriction"
    """Their data are stored, and used for nothing new."""
    OBJECTION = "objection"
    """Nothing is done with their data beyond what the contracts need, and no decision about them is made
    by rules alone."""


type Demands = frozenset[RestrictionKind]
"""Those of one party that stand."""

NO_DEMANDS: Final[Demands] = frozenset()


class Use(StrEnum):
    """What a command does with the data of a party, where the law lets the party stop it."""

    OFFER = "offer"
    """A new contract or another term is offered, or a policy passes to them."""
    AUTOMATIC_DECISION = "automatic_decision"
    """Rules alone accept or decline a risk, or settle a claim."""


STOPPED: Final[Mapping[RestrictionKind, frozenset[Use]]] = MappingProxyType(
    {
        # Restricted data may be used for legal claims (article 18 (2)), so that a contract that there is
        # is carried out: claims, payments, cancellations, letters that the law asks for.
        RestrictionKind.RESTRICTION: frozenset({Use.OFFER}),
        # A person decides instead, at the person's wish (article 22 (3)).
        RestrictionKind.OBJECTION: frozenset({Use.AUTOMATIC_DECISION}),
    }
)
"""What each demand stops. All else goes on: it is what the contract or the law requires."""


def stops(demands: Demands, use: Use) -> bool:
    """Whether one of the demands stops this use."""
    return any(use in STOPPED[kind] for kind in demands)


def check_offer(party_id: PartyId, demands: Demands) -> None:
    """Check that the party may be offered something.

    Raises:
        ProcessingRestricted: The party demanded that their data are used for nothing new.
    """
    if stops(demands, Use.OFFER):
        raise ProcessingRestricted(party_id)
