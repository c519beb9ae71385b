"""Compare a policy with itself: at another instant, or as it was known another time."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.core.caller import Caller
from insurance.domain.policy.difference import Difference, differences
from insurance.operations.policy.ports import PolicyReads
from insurance.operations.policy.read_policy import read_policy


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of a policy: the terms in force at an instant, as known by a time."""

    as_at: datetime
    known_at: datetime | None
    """None: as it is known now."""


def compare_policy(
    policy_id: str, first: Version, second: Version, *, caller: Caller, policies: PolicyReads
) -> list[Difference]:
    """What the second version says differently from the first."""
    before = read_policy(policy_id, known_at=first.known_at, caller=caller, policies=policies)
    after = before
    if second.known_at != first.known_at:
        after = read_policy(policy_id, known_at=second.known_at, caller=caller, policies=policies)
    return differences(before.record, after.record, (first.as_at, second.as_at))
