"""Compare two versions of a policy: at two instants, or as known at two times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from insurance.domain.policy.difference import PolicyDifference, differences
from insurance.operations.command import Query
from insurance.operations.policy.ports import ReadingPorts
from insurance.operations.policy.read_policy import read_policy


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a policy: the terms in force at an instant, as known at a time."""

    as_at: datetime
    known_at: datetime | None
    """None: as it is known now."""


def compare_policy(
    policy_id: str, first: Version, second: Version, query: Query, ports: ReadingPorts
) -> Sequence[PolicyDifference]:
    """The differences of the second version from the first.

    Raises:
        PolicyNotFound: The policy does not exist, was not known at a time, or belongs to another
            partner.
    """
    before = read_policy(policy_id, query, ports, known_at=first.known_at)
    after = before
    if second.known_at != first.known_at:
        after = read_policy(policy_id, query, ports, known_at=second.known_at)
    return differences(before.record, after.record, (first.as_at, second.as_at))
