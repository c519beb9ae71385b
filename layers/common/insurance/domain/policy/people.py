"""Who is on a policy beside its policyholder, and who of them is on the next term."""

from insurance.domain.core.identity import PartyId
from insurance.domain.policy.policy import Policy


def customers_on(policy: Policy) -> tuple[PartyId, ...]:
    """Those beside the policyholder whose details are sealed with their own key."""
    joint = (each.party_id for each in policy.joint_holders if each.party_id)
    interested = policy.interests.customers if policy.interests else ()
    return tuple(dict.fromkeys((*joint, *interested)))


def with_people_of(ending: Policy, policy: Policy) -> Policy:
    """The policy of the next term with the people of the one that ends, as they are by now. It has none of them
    where that one has another holder by now."""
    if ending.party != policy.party:
        return policy
    return policy.replace(
        holding=ending.holding,
        joint_holders=tuple(each.carried(ending.id) for each in ending.joint_holders),
        interests=ending.interests,
    )
