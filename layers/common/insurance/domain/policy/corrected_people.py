"""What a correction does to a policy that somebody else holds: the details of a joint holder or an interested
party, sealed apart, follow."""

from collections.abc import Callable
from typing import NamedTuple

from insurance.domain.contract.interested_party import InterestedParty
from insurance.domain.core.identity import PartyId
from insurance.domain.core.sealed_apart import seal_apart
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.party.party import Policyholder
from insurance.domain.policy.correction import (
    CorrectedPolicy,
    HolderCorrection,
    corrected_policyholder,
    documents_again,
)
from insurance.domain.policy.holders import JointHolder
from insurance.domain.policy.policy import Policy
from insurance.domain.product import Product

type KeyOf = Callable[[PartyId], PartyKey | None]
"""The key of a customer of whom the policy has data; None: it has none, or it was destroyed."""


class SharedPolicy(NamedTuple):
    """A policy with data of a party or its members beside its holder's, and their keys alone."""

    policy: Stored[Policy]
    key_of: KeyOf


def correct_people(
    policy: Policy, correction: HolderCorrection, product: Product, key_of: KeyOf
) -> CorrectedPolicy:
    """The policy with the corrected details of a joint holder or an interested party; the terms stay.

    Args:
        policy: The policy, which mostly somebody else holds.
        correction: Of the customer.
        product: The version of the contract.
        key_of: The customer's keys, and no other party's.
    """

    def joint(entry: JointHolder) -> JointHolder:
        key = key_of(entry.party_id) if entry.party_id else None
        person = entry.person and corrected_policyholder(entry.person, correction)
        if entry.party_id is None or key is None or person is None or person == entry.person:
            return entry
        details = person.model_dump(mode="json", exclude_defaults=True)
        return JointHolder.of_customer(person, entry.party_id, seal_apart(details, policy.id, key))

    def interested(entry: InterestedParty) -> InterestedParty:
        key = key_of(entry.party_id) if entry.party_id else None
        if key is None or entry.name is None:
            return entry
        told = Policyholder(name=entry.name, email=entry.email, address=entry.address)
        person = corrected_policyholder(told, correction)
        phone = correction.details.phone or entry.phone
        if (person, phone) == (told, entry.phone):
            return entry
        after = entry.replace(
            name=person.name, email=person.email, address=person.address, phone=phone, sealed=None
        )
        return after.replace(sealed=seal_apart(after.details, policy.id, key), sealed_in=policy.id)

    changed = policy.replace(joint_holders=tuple(joint(each) for each in policy.joint_holders))
    if policy.interests is not None:
        parties = tuple(interested(each) for each in policy.interests.parties)
        changed = changed.replace(interests=policy.interests.replace(parties=parties))
    return CorrectedPolicy(
        policy, changed, (), documents_again(product, is_changed=changed != policy)
    )
