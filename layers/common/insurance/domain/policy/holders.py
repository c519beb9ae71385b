"""Holders: how a policy is held, and by whom it was held before."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, SerializerFunctionWrapHandler, model_serializer

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.identity import PartyId, PolicyId
from insurance.domain.core.sealed_apart import PARTY, SEALED, SEALED_IN
from insurance.domain.core.value import Value
from insurance.domain.party.names import is_same_name
from insurance.domain.party.party import Address, Email, Name, Policyholder


class Holding(StrEnum):
    """How a policy is held."""

    HOLDER = "holder"
    """By the person or organisation that it names."""
    ESTATE = "estate"
    """By the estate of a holder who died."""


class JointHolder(Value):
    """Who holds a policy together with the policyholder.

    The details of a customer are sealed with the customer's own key (`domain/core/sealed_apart.py`), and
    those of somebody else with the policyholder's, as are those that were stored before each had their own.
    """

    name: Name | None = None
    """None: they were erased."""
    email: Email | None = None
    date_of_birth: date | None = None
    address: Address | None = None
    party_id: PartyId | None = None
    """The customer that they are; None: nobody said so."""
    sealed: str | None = None
    """What is stored of a customer's details: the ciphertext."""
    sealed_in: PolicyId | None = None
    """The policy for which it was made, where that is one of an earlier term."""

    @classmethod
    def of(cls, person: Policyholder) -> Self:
        """Somebody who is no customer of their own."""
        return cls(**dict(person))

    @classmethod
    def of_customer(cls, person: Policyholder, party_id: PartyId, sealed: str) -> Self:
        """A customer, with their details as they are sealed."""
        return cls(**dict(person), party_id=party_id, sealed=sealed)

    @property
    def person(self) -> Policyholder | None:
        """Who it is; None: they were erased."""
        if self.name is None:
            return None
        return Policyholder(
            name=self.name,
            email=self.email,
            date_of_birth=self.date_of_birth,
            address=self.address,
        )

    def told(self) -> Self:
        """Somebody who is nobody's customer from now on: what is known of them is the policyholder's to tell.
        One who was erased stays as they are."""
        if self.name is None:
            return self
        return self.replace(party_id=None, sealed=None, sealed_in=None)

    def carried(self, policy_id: PolicyId) -> Self:
        """The same in the next term; `policy_id`: of the one that ends."""
        return self if self.sealed is None else self.replace(sealed_in=self.sealed_in or policy_id)

    def unreadable(self) -> Self:
        """The joint holder after the erasure of the customer that they are."""
        return type(self)(party_id=self.party_id, sealed=self.sealed, sealed_in=self.sealed_in)

    @model_serializer(mode="wrap")
    def _sealed_alone(self, dump: SerializerFunctionWrapHandler) -> JsonObject:
        """Details that are sealed are stored as ciphertext alone."""
        if self.sealed is not None:
            carried = {SEALED_IN: self.sealed_in} if self.sealed_in else {}
            return {PARTY: self.party_id, SEALED: self.sealed, **carried}
        dumped: JsonObject = dump(self)
        return dumped


def is_holder(name: str, holder: Policyholder | None, joint: Sequence[JointHolder]) -> bool:
    """Whether the name is that of somebody who holds the policy. It goes by the name that the policy
    has: what a caller says of a payee is no proof."""
    return any(is_same_name(name, each.name) for each in (holder, *joint) if each and each.name)


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
